import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { assemble } from './assemble.ts';
import { releaseFolder, sha256 } from './manifest.ts';
import { packRelease } from './pack.ts';
import { keyText } from './seal.ts';

/** `npm run release`: makes the archive of this commit, its checksum and its signature; or a new key to sign with. */

const USAGE = `npm run release -- [--key FILE] [--out DIR]   the archive; the key may stand in OVD_RELEASE_KEY instead
npm run release -- --new-key FILE              writes a new key, and prints what goes into upgrade.keys
`;
const ROOT = join(import.meta.dirname, '..', '..');

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      key: { type: 'string' },
      out: { type: 'string', default: 'releases' },
      'new-key': { type: 'string' },
      help: { type: 'boolean', short: 'h' },
    },
  });
  if (values.help) return said(USAGE);
  if (values['new-key'] !== undefined) return newKey(values['new-key']);
  return release(values.out, await signingKey(values.key));
}

async function release(out: string, key: KeyObject | undefined): Promise<number> {
  const made = await assemble(ROOT);
  const archive = packRelease(made, key);
  const name = `${releaseFolder(made.version)}.tar.gz`;
  const sums = Buffer.from(`${sha256(archive)}  ${name}\n`);
  await mkdir(out, { recursive: true });
  await writeFile(join(out, name), archive);
  await writeFile(join(out, 'SHA256SUMS'), sums);
  if (key) await writeFile(join(out, 'SHA256SUMS.sig'), sign(null, sums, key));
  const mebibytes = (archive.length / 1024 / 1024).toFixed(1);
  said(`${join(out, name)}: ${made.files.length} files, ${mebibytes} MiB\n`);
  return said(
    key
      ? `signed; boxes need this in upgrade.keys: ${keyText(createPublicKey(key))}\n`
      : 'not signed (no --key): install.sh takes it, UpgradeFirmware does not\n',
  );
}

async function signingKey(file: string | undefined): Promise<KeyObject | undefined> {
  const { OVD_RELEASE_KEY: text, OVD_RELEASE_KEY_FILE: named } = process.env;
  const path = file ?? named;
  const pem = path === undefined ? text : await readFile(path, 'utf8');
  if (pem === undefined || pem === '') return undefined;
  const key = createPrivateKey(pem);
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('the key is not an ed25519 key; make one with --new-key');
  return key;
}

/** Never over a file that is there: whoever loses a key can upgrade no box from afar any more. */
async function newKey(file: string): Promise<number> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const pem = privateKey.export({ format: 'pem', type: 'pkcs8' });
  await writeFile(file, pem, { mode: 0o600, flag: 'wx' });
  return said(
    `${file} is the key to sign with: keep it secret, and keep a copy.\nupgrade.keys: ["${keyText(publicKey)}"]\n`,
  );
}

function said(text: string): number {
  process.stdout.write(text);
  return 0;
}

process.exitCode = await main().catch((err: unknown) => {
  process.stderr.write(`release: ${err instanceof Error ? err.message : String(err)}\n`);
  return 1;
});
