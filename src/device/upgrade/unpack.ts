import { createHash, type KeyObject } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, stat, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { MANIFEST_FILE, type Manifest, parseManifest, releaseFolder, sha256 } from '../../release/manifest.ts';
import { judgeSeal, SEAL_BYTES } from '../../release/seal.ts';
import { readTar, type TarBounds, TarError, type TarFile } from '../../release/tar.ts';
import { GatewayError } from '../../runtime/errors.ts';

/** Judges an archive that has been downloaded, and takes it apart. What is wrong with it is `upgrade-refused`. */

/** Resolves when one of the keys has signed exactly these bytes. @throws GatewayError `upgrade-refused` */
export async function checkSignature(file: string, keys: readonly KeyObject[]): Promise<void> {
  const { size } = await stat(file);
  if (size <= SEAL_BYTES) throw refusal('it is not whole');
  const hash = createHash('sha256');
  for await (const chunk of createReadStream(file, { end: size - SEAL_BYTES - 1 })) hash.update(chunk as Buffer); // Without an encoding a stream gives bytes.
  const verdict = judgeSeal(await lastBytes(file, size - SEAL_BYTES), hash.digest('hex'), keys);
  if (verdict !== 'good') throw refusal(WORDS[verdict]);
}

const WORDS = {
  'no seal': 'it carries no signature, or is not whole',
  'unknown key': 'it is signed with a key that is not in upgrade.keys',
  'bad signature': 'its signature is wrong',
} as const;

/**
 * Unpacks into `folder`, which is new. `accept` sees the manifest before anything is written, and throws when the
 * release is not wanted.
 * @throws GatewayError `upgrade-refused` when the archive is not a release, or what it holds is not what it says
 */
export async function unpack(
  file: string,
  folder: string,
  { bounds, accept }: { readonly bounds: TarBounds; readonly accept: (manifest: Manifest) => void },
): Promise<Manifest> {
  let manifest: Manifest | undefined;
  const missing = new Set<string>();
  const take = async (entry: TarFile): Promise<void> => {
    if (!manifest) {
      manifest = manifestOf(entry);
      accept(manifest);
      for (const path of Object.keys(manifest.files)) missing.add(path);
    }
    const folderOfAll = `${releaseFolder(manifest.version)}/`;
    if (!entry.path.startsWith(folderOfAll)) throw refusal('it holds a file outside of its folder');
    const path = entry.path.slice(folderOfAll.length);
    if (path !== MANIFEST_FILE) checkFile({ ...entry, path }, manifest, missing);
    missing.delete(path);
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), entry.bytes, { flag: 'wx', mode: entry.executable ? 0o755 : 0o644 });
  };
  try {
    await pipeline(createReadStream(file), createGunzip(), async (source: AsyncIterable<Buffer>) => {
      for await (const entry of readTar(source, bounds)) await take(entry);
    });
  } catch (cause) {
    if (cause instanceof TarError) throw refusal(cause.message);
    if (cause instanceof Error && 'code' in cause && String(cause.code).startsWith('Z_'))
      throw refusal('it is damaged');
    throw cause;
  }
  if (!manifest) throw refusal('it is empty');
  if (missing.size > 0) throw refusal('files are missing in it');
  return manifest;
}

function manifestOf({ path, bytes }: TarFile): Manifest {
  const manifest = path.endsWith(`/${MANIFEST_FILE}`) ? parseManifest(bytes.toString('utf8')) : undefined;
  if (!manifest || path !== `${releaseFolder(manifest.version)}/${MANIFEST_FILE}`) throw refusal('it is no release');
  return manifest;
}

/** A file is wanted once, by its name and content. */
function checkFile({ path, bytes }: TarFile, { files }: Manifest, missing: ReadonlySet<string>): void {
  const expected = Object.hasOwn(files, path) ? files[path] : undefined;
  if (!expected || !missing.has(path)) throw refusal('it holds a file that is not in its list');
  if (expected.bytes !== bytes.length || expected.sha256 !== sha256(bytes)) throw refusal('a file in it is damaged');
}

async function lastBytes(file: string, from: number): Promise<Buffer> {
  const handle = await open(file, 'r');
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(SEAL_BYTES), 0, SEAL_BYTES, from);
    return buffer.subarray(0, bytesRead);
  } finally {
    await handle.close();
  }
}

function refusal(reason: string): GatewayError {
  return new GatewayError('upgrade-refused', 'the release is not fit', { reason });
}
