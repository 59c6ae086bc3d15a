import assert from 'node:assert/strict';
import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, copyFile, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Store } from '../../src/store/store.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { readableLog } from '../peers/readable-log.ts';
import { rememberedRecording } from '../peers/remembered.ts';
import { scratch } from '../peers/scratch.ts';
import { seeded } from '../peers/seeded.ts';

/** What a power cut, a full disk and a memory card that turns read-only leave of the state. */

const CUTS = 200;
const KILLS = 2;
const WRITER = join(import.meta.dirname, '..', 'peers', 'state-writer.ts');

async function opened(directory: string) {
  const { log, lines } = readableLog();
  return { store: await Store.open({ directory, clock: new FakeClock(), log }), lines };
}

const remembered = ({ recordings }: Store): number => Object.keys(recordings).length;

async function grow(directory: string, count: number): Promise<void> {
  const { store } = await opened(directory);
  store.remember(`r${count}`, rememberedRecording(count));
  await store.flush();
  assert.equal(store.writable, true);
}

/** What may be on the medium when the power goes while version `to` replaces the one before it. */
type Cut = (place: { file: string; next: Buffer; random: () => number }) => Promise<void>;

const torn = (next: Buffer, random: () => number): Buffer => next.subarray(0, Math.floor(random() * next.length));

const CUT_AT: readonly Cut[] = [
  // Before anything was moved, or with the new one begun beside it.
  async ({ file, next, random }) => writeFile(`${file}.part`, torn(next, random)),
  // The old one is moved away, the new one is not whole.
  async ({ file, next, random }) => {
    await rename(file, `${file}.bak`);
    await writeFile(`${file}.part`, torn(next, random));
  },
  // The old one is moved away, the new one whole and not yet in its place.
  async ({ file, next }) => {
    await rename(file, `${file}.bak`);
    await writeFile(`${file}.part`, next);
  },
  // A file system that keeps the name and loses the end.
  async ({ file, next, random }) => {
    await copyFile(file, `${file}.bak`);
    await writeFile(file, torn(next, random));
  },
  // One that fills what it lost with zeros.
  async ({ file, next, random }) => {
    await copyFile(file, `${file}.bak`);
    const whole = torn(next, random).length;
    await writeFile(file, Buffer.concat([next.subarray(0, whole), Buffer.alloc(next.length - whole)]));
  },
];

test(`after ${CUTS} cuts the state is always the last one or the one before, and goes on`, async (t) => {
  const random = seeded(20_261_122);
  const directory = await scratch(t);
  const elsewhere = await scratch(t);
  const file = join(directory, 'state.json');
  await grow(directory, 1);
  let count = 1;
  for (let cut = 0; cut < CUTS; cut++) {
    await copyFile(file, join(elsewhere, 'state.json'));
    await grow(elsewhere, count + 1);
    const next = await readFile(join(elsewhere, 'state.json'));
    const how = Math.floor(random() * CUT_AT.length);
    await CUT_AT[how]?.({ file, next, random });
    const { store } = await opened(directory);
    assert.ok(
      [count, count + 1].includes(remembered(store)),
      `cut ${cut}, way ${how}: ${remembered(store)} of ${count}`,
    );
    count = remembered(store) + 1;
    store.remember(`r${count}`, rememberedRecording(count));
    await store.flush();
    // Small enough to stay quick.
    if (count > 20) {
      await rm(file);
      await rm(`${file}.bak`, { force: true });
      await grow(directory, 1);
      count = 1;
    }
  }
});

/** Runs the writer, with a limit on the size of files (KiB) where one is given; tells the last number it called safe. */
async function written(directory: string, { limitKiB, killAfter }: { limitKiB?: number; killAfter?: number }) {
  const limit = limitKiB === undefined ? '' : `ulimit -f ${limitKiB}; `;
  const line = `${limit}exec "$0" --import tsx "$1" "$2"`;
  const child = spawn('bash', ['-c', line, process.execPath, WRITER, directory], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let last = 0;
  child.stdout.setEncoding('utf8');
  for await (const text of child.stdout) {
    last = Number(String(text).trim().split('\n').at(-1));
    if (killAfter !== undefined && last >= killAfter) child.kill('SIGKILL');
  }
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return last;
}

test('a writer killed at any moment leaves all that it called safe', async (t) => {
  const random = seeded(7);
  for (let kill = 0; kill < KILLS; kill++) {
    const directory = await scratch(t);
    const last = await written(directory, { killAfter: 1 + Math.floor(random() * 30) });
    const { store } = await opened(directory);
    assert.ok(remembered(store) >= last, `${remembered(store)} of ${last}`);
    assert.ok(remembered(store) <= last + 1);
  }
});

test('a state that has grown too large for the disk stays as it was before', async (t) => {
  const directory = await scratch(t);
  const last = await written(directory, { limitKiB: 8 });
  assert.ok(last > 2);
  const { store, lines } = await opened(directory);
  assert.deepEqual([remembered(store), lines], [last, []]);
});

/** A disk of the test's own; only root may have one. */
async function smallDisk(t: TestContext): Promise<{ directory: string; remount(how: 'ro' | 'rw'): void } | undefined> {
  const directory = await mkdtemp(join(tmpdir(), 'ovd-disk-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', directory], { stdio: 'ignore' });
  } catch {
    await rm(directory, { recursive: true });
    return undefined;
  }
  t.after(async () => {
    execFileSync('umount', [directory]);
    await rm(directory, { recursive: true });
  });
  const remount = (how: 'ro' | 'rw'): void => void execFileSync('mount', ['-o', `remount,${how}`, directory]);
  return { directory, remount };
}

test('a full disk and one that turns read-only are told once, and found mended', async (t) => {
  const disk = await smallDisk(t);
  if (!disk) return t.skip('only root may mount a small disk');
  const { directory, remount } = disk;
  const { store, lines } = await opened(directory);
  store.remember('one', rememberedRecording(1));
  await store.flush();
  await writeFile(join(directory, 'ballast'), Buffer.alloc(64 * 1024)).catch(() => undefined);
  for (const name of ['two', 'three']) {
    store.remember(name, rememberedRecording(2));
    await store.flush();
    assert.equal(store.writable, false);
  }
  assert.deepEqual(Object.keys((await opened(directory)).store.recordings), ['one']);
  await rm(join(directory, 'ballast'));
  await store.flush();
  assert.equal(store.writable, true);
  remount('ro');
  store.remember('four', rememberedRecording(4));
  await store.flush();
  assert.equal(store.writable, false);
  assert.equal(Object.keys((await opened(directory)).store.recordings).length, 3);
  remount('rw');
  await store.flush();
  assert.equal(Object.keys((await opened(directory)).store.recordings).length, 4);
  assert.deepEqual(
    lines.map(({ msg }) => msg),
    ['the state cannot be written', 'the state cannot be written'],
  );
  await access(join(directory, 'state.json'));
});
