import { generateKeyPairSync } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { assemble } from '../../src/release/assemble.ts';
import { packRelease, type Release } from '../../src/release/pack.ts';
import { keyText } from '../../src/release/seal.ts';

/** The true release of this repository, and others made of it: later ones, and such as are of no use. */

const ROOT = join(import.meta.dirname, '..', '..');
const CRASH = "console.log('this release crashes'); process.exit(9);\n";
const IDLE = "console.log('this release does nothing'); setInterval(() => {}, 1_000);\n";

export interface Archives {
  readonly folder: string;
  /** What goes into upgrade.keys. */
  readonly key: string;
  /** The version of the repository. */
  readonly first: string;
}

export const LATER = { good: '99.0.0', crashes: '99.0.1', idles: '99.0.2', unsigned: '99.0.3', byHand: '99.1.0' };

/** Builds them all into a folder: `<version>.tar.gz`. */
export async function buildArchives(folder: string): Promise<Archives> {
  mkdirSync(folder, { recursive: true });
  const { privateKey, publicKey } = generateKeyPairSync('ed25519');
  const true_ = await assemble(ROOT);
  const put = (release: Release, key = privateKey): void =>
    writeFileSync(join(folder, `${release.version}.tar.gz`), packRelease(release, key));
  put(true_);
  put(renamed(true_, LATER.good));
  put(renamed(true_, LATER.byHand));
  put(renamed(true_, LATER.unsigned), generateKeyPairSync('ed25519').privateKey);
  put(withProgram(renamed(true_, LATER.crashes), CRASH));
  put(withProgram(renamed(true_, LATER.idles), IDLE));
  return { folder, key: keyText(publicKey), first: true_.version };
}

/** The same release under another number, which the program reads from package.json. */
function renamed(release: Release, version: string): Release {
  const change = (bytes: Buffer): Buffer =>
    Buffer.from(bytes.toString('utf8').replace(`"version": "${release.version}"`, `"version": "${version}"`));
  const files = release.files.map((file) =>
    file.path === 'package.json' ? { ...file, bytes: change(file.bytes) } : file,
  );
  return { ...release, version, files };
}

function withProgram(release: Release, program: string): Release {
  const files = release.files.map((file) =>
    file.path === 'dist/main.js' ? { ...file, bytes: Buffer.from(program) } : file,
  );
  return { ...release, files };
}
