import { once } from 'node:events';
import { connect, isIP, type Socket } from 'node:net';
import { rootCertificates, connect as tlsConnect } from 'node:tls';
import { GatewayError } from '../../runtime/errors.ts';
import type { RtmpAddress } from './address.ts';

const KEEP_ALIVE_MS = 15_000;
/** Node gives each address of a name a quarter of a second, less than a round trip over a satellite. */
const ATTEMPT_MS = 2000;

/** What an operating system or TLS calls it, in words for a person. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EPIPE', 'connection reset'],
  ['ERR_STREAM_PREMATURE_CLOSE', 'connection lost'],
  ['ETIMEDOUT', 'connection timed out'],
  ['EHOSTUNREACH', 'host cannot be reached'],
  ['ENETUNREACH', 'network cannot be reached'],
  ['ENOTFOUND', 'host name not known'],
  ['EAI_AGAIN', 'host name lookup failed'],
  ['CERT_HAS_EXPIRED', 'certificate has expired'],
  ['CERT_NOT_YET_VALID', 'certificate is not valid yet; is the clock right?'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'certificate is not trusted'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'certificate is not trusted'],
  ['UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'certificate is not trusted'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'certificate is not trusted'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'certificate is for another host'],
  ['EPROTO', 'server does not speak TLS'],
  ['ERR_SSL_WRONG_VERSION_NUMBER', 'server does not speak TLS'],
]);

/** Words for a socket's error; its code where there are none, which says no more than is public. */
export function socketReason(err: unknown): string {
  const code = err instanceof Error && 'code' in err ? String(err.code) : '';
  return REASONS.get(code) ?? (code === '' ? 'connection lost' : code);
}

/**
 * Opens the connection, with TLS where the address asks for it; `ca` (PEM) is trusted beside the public authorities.
 * @throws GatewayError `publish-failed`
 */
export async function dial(
  { tls, host, port }: RtmpAddress,
  ca: string | undefined,
  signal: AbortSignal,
): Promise<Socket> {
  const to = { host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS };
  const patient = { ...to, autoSelectFamilyAttemptTimeout: ATTEMPT_MS };
  const socket = tls
    ? tlsConnect({
        ...patient,
        ...(isIP(host) ? {} : { servername: host }),
        ...(ca === undefined ? {} : { ca: [...rootCertificates, ca] }),
      })
    : connect(patient);
  try {
    await once(socket, tls ? 'secureConnect' : 'connect', { signal });
  } catch (cause) {
    // Destroyed at once, it may still have an error to tell, which nobody listens for any more.
    socket.on('error', () => undefined).destroy();
    throw new GatewayError('publish-failed', 'the media server cannot be reached', {
      reason: socketReason(cause),
      cause,
    });
  }
  return socket;
}
