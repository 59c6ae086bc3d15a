import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { gunzipSync } from 'node:zlib';
import { parseManifest, sha256 } from '../../../src/release/manifest.ts';
import { packRelease } from '../../../src/release/pack.ts';
import { judgeSeal, keyFromText, keyText, SEAL_BYTES } from '../../../src/release/seal.ts';
import { readTar, TAR_END, TarError, type TarFile, tarEntry } from '../../../src/release/tar.ts';
import { scratch } from '../../peers/scratch.ts';

const BOUNDS = { maxFiles: 100, maxBytes: 1_000_000 };
const LONG = `node_modules/${'deep/'.repeat(25)}index.js`;
const FILES: readonly TarFile[] = [
  { path: 'dist/main.js', bytes: Buffer.from('x'.repeat(1_000)), executable: false },
  { path: 'install.sh', bytes: Buffer.from('#!/bin/sh\n'), executable: true },
  { path: LONG, bytes: Buffer.alloc(0), executable: false },
];
const RELEASE = { version: '1.2.3', node: '20.19.0', files: FILES, time: 1_790_000_000 };

/** In pieces of an odd size, as a network brings them. */
async function* pieces(bytes: Buffer): AsyncGenerator<Buffer> {
  for (let at = 0; at < bytes.length; at += 700) yield bytes.subarray(at, at + 700);
}

async function all(bytes: Buffer, bounds = BOUNDS): Promise<TarFile[]> {
  const files: TarFile[] = [];
  for await (const file of readTar(pieces(bytes), bounds)) files.push(file);
  return files;
}

test('the same files give the same archive, in whatever order they come', () => {
  const turned = { ...RELEASE, files: [...FILES].reverse() };
  assert.ok(packRelease(RELEASE).equals(packRelease(turned)));
});

test('an archive that is sealed is one that tar unpacks, with its modes', async (t) => {
  const { privateKey } = generateKeyPairSync('ed25519');
  const folder = await scratch(t);
  writeFileSync(join(folder, 'release.tar.gz'), packRelease(RELEASE, privateKey));
  const said = execFileSync('tar', ['xvzf', 'release.tar.gz'], { cwd: folder, encoding: 'utf8', stdio: 'pipe' });
  assert.equal(said.trim().split('\n').length, 4);
  execFileSync(join(folder, 'ovd-gateway-1.2.3/install.sh'));
  assert.equal(readFileSync(join(folder, 'ovd-gateway-1.2.3', LONG), 'utf8'), '');
});

test('what was packed comes out again, the manifest first', async () => {
  const [first, ...files] = await all(gunzipSync(packRelease(RELEASE)));
  const inside = FILES.map((file) => ({ ...file, path: `ovd-gateway-1.2.3/${file.path}` }));
  assert.deepEqual(
    files,
    [...inside].sort((a, b) => (a.path < b.path ? -1 : 1)),
  );
  assert.equal(first?.path, 'ovd-gateway-1.2.3/release.json');
  const manifest = parseManifest(first?.bytes.toString() ?? '');
  assert.equal(manifest?.files['install.sh']?.sha256, sha256(Buffer.from('#!/bin/sh\n')));
});

/** A header of a kind or with a name that the writer would not write. */
function odd(change: (header: Buffer) => void): Buffer {
  const entry = tarEntry({ path: 'a', bytes: Buffer.alloc(0), executable: false }, 0);
  change(entry);
  entry.write('        ', 148);
  const sum = entry.subarray(0, 512).reduce((total, byte) => total + byte, 0);
  entry.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return Buffer.concat([entry, TAR_END]);
}

test('an archive that could do harm is refused', async () => {
  const whole = Buffer.concat([...FILES.map((file) => tarEntry(file, 0)), TAR_END]);
  const cases: ReadonlyArray<readonly [string, Buffer, typeof BOUNDS?]> = [
    ['a link', odd((header) => header.write('2', 156))],
    ['a hard link', odd((header) => header.write('1', 156))],
    ['a device', odd((header) => header.write('3', 156))],
    ['an extended header', odd((header) => header.write('x', 156))],
    ['a name that leads up', odd((header) => header.write('a/../../b', 0))],
    ['an absolute name', odd((header) => header.write('/etc/passwd', 0))],
    ['a name with a control character', odd((header) => header.write('a\n', 0))],
    ['a prefix that leads up', odd((header) => header.write('..', 345))],
    ['a negative size', odd((header) => header.write('-0000000001', 124))],
    ['a size of millions that are not there', odd((header) => header.write('00077777777', 124))],
    ['a damaged header', Buffer.concat([Buffer.from('z'), whole.subarray(1)])],
    ['a cut in a file', whole.subarray(0, 700)],
    ['a cut before the end', whole.subarray(0, -1_024)],
    ['more files than allowed', whole, { ...BOUNDS, maxFiles: 2 }],
    ['more bytes than allowed', whole, { ...BOUNDS, maxBytes: 1_000 }],
  ];
  for (const [name, bytes, bounds] of cases) await assert.rejects(all(bytes, bounds), TarError, name);
});

test('a seal is good for the bytes and the key it was made for, and for nothing else', () => {
  const ours = generateKeyPairSync('ed25519');
  const other = generateKeyPairSync('ed25519');
  const archive = packRelease(RELEASE, ours.privateKey);
  const seal = archive.subarray(-SEAL_BYTES);
  const digest = sha256(archive.subarray(0, -SEAL_BYTES));
  const forged = Buffer.from(seal);
  forged.writeUInt8(seal.readUInt8(40) ^ 1, 40);

  assert.equal(judgeSeal(seal, digest, [other.publicKey, ours.publicKey]), 'good');
  assert.equal(judgeSeal(seal, digest, [other.publicKey]), 'unknown key');
  assert.equal(judgeSeal(seal, digest, []), 'unknown key');
  assert.equal(judgeSeal(seal, sha256(archive), [ours.publicKey]), 'bad signature');
  assert.equal(judgeSeal(forged, digest, [ours.publicKey]), 'bad signature');
  assert.equal(judgeSeal(packRelease(RELEASE).subarray(-SEAL_BYTES), digest, [ours.publicKey]), 'no seal');
});

test('a key is written in one line and read again', () => {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  assert.ok(keyFromText(keyText(publicKey))?.equals(createPublicKey(privateKey)));
  assert.equal(keyFromText('secret'), undefined);
  assert.equal(keyFromText(''), undefined);
});
