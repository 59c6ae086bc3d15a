import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from './program.ts';

export interface CertificateCheck {
  /** In DER: the server's own, then those that lead to a root. */
  readonly certificates: readonly Buffer[];
  /** The host that was meant: a name or an address. */
  readonly name: string;
  readonly moment: Date;
  /** PEM texts of the authorities that are trusted. */
  readonly roots: string | Buffer | ReadonlyArray<string | Buffer>;
}

/**
 * True when the certificate was good for that host at that moment. The verification is OpenSSL's own, by its program,
 * because Node has no way to name another time; without that program the answer is no.
 */
export async function certificateHolds(
  { certificates, name, moment, roots }: CertificateCheck,
  signal: AbortSignal,
): Promise<boolean> {
  const folder = await mkdtemp(join(tmpdir(), 'ovd-certificate-'));
  try {
    const file = async (called: string, text: string): Promise<string> => {
      const path = join(folder, called);
      await writeFile(path, text, { mode: 0o600 });
      return path;
    };
    const [leaf = '', ...others] = certificates.map(pem);
    const trusted = (Array.isArray(roots) ? roots : [roots]).map(String).join('\n');
    const host = isIP(name) ? ['-verify_ip', name] : ['-verify_hostname', name];
    await runProgram(
      [
        ...['openssl', 'verify', '-attime', String(Math.floor(moment.getTime() / 1000))],
        ...['-purpose', 'sslserver', '-auth_level', '1', '-no-CApath', '-no-CAstore', ...host],
        ...['-CAfile', await file('roots.pem', trusted), '-untrusted', await file('others.pem', others.join('\n'))],
        await file('leaf.pem', leaf),
      ],
      signal,
    );
    return true;
  } catch {
    // Refused, or not to be asked: both mean that nobody vouches for it.
    return false;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function pem(der: Buffer): string {
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
}
