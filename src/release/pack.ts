import type { KeyObject } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { LAUNCHER_AGREEMENT, MANIFEST_FILE, type Manifest, PRODUCT, releaseFolder, sha256 } from './manifest.ts';
import { makeSeal } from './seal.ts';
import { TAR_END, type TarFile, tarEntry } from './tar.ts';

/** What becomes a release. */
export interface Release {
  readonly version: string;
  /** The oldest Node it runs on. */
  readonly node: string;
  readonly files: readonly TarFile[];
  /** Unix seconds that every file carries. */
  readonly time: number;
}

/** The archive of a release: the same files give the same bytes. Without a key it stays unsigned. */
export function packRelease({ version, node, files, time }: Release, key?: KeyObject): Buffer {
  const sorted = [...files].sort((a, b) => (a.path < b.path ? -1 : 1));
  const manifest: Manifest = {
    name: PRODUCT,
    version,
    node,
    launcher: LAUNCHER_AGREEMENT,
    files: Object.fromEntries(sorted.map(({ path, bytes }) => [path, { bytes: bytes.length, sha256: sha256(bytes) }])),
  };
  const text = Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`);
  const first: TarFile = { path: MANIFEST_FILE, bytes: text, executable: false };
  const folder = releaseFolder(version);
  const entries = [first, ...sorted].map((file) => tarEntry({ ...file, path: `${folder}/${file.path}` }, time));
  const archive = gzipSync(Buffer.concat([...entries, TAR_END]), { level: 9 });
  return key === undefined ? archive : Buffer.concat([archive, makeSeal(sha256(archive), key)]);
}
