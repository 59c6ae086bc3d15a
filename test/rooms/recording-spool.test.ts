import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Spool, type SpoolParts } from '../../src/recording/spool.ts';
import { parseSpoolName } from '../../src/recording/spool-file.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { type LogLine, readableLog } from '../peers/readable-log.ts';
import { scratch } from '../peers/scratch.ts';
import { seeded } from '../peers/seeded.ts';
import { segmentOf } from '../peers/segments.ts';

const NOBODY = 65_534;
const unheard = (): void => undefined;

function spoolIn(
  directory: string,
  bounds: Partial<SpoolParts> = {},
): { spool: Spool; clock: FakeClock; lines: LogLine[] } {
  const clock = new FakeClock(new Date().toISOString());
  const { log, lines } = readableLog();
  return { spool: new Spool({ directory, maxBytes: 1e9, maxAgeMs: 1e9, clock, log, ...bounds }), clock, lines };
}

async function recovered(directory: string): Promise<Spool> {
  const { spool } = spoolIn(directory);
  await spool.recover();
  return spool;
}

const numbers = (spool: Spool): number[] =>
  spool.take('session', unheard).map(({ startUs }) => (startUs / 1e6 - 1_500_000_000) / 10);

test('segments are found again after a restart, whole and in order', async (t) => {
  const directory = await scratch(t);
  const { spool } = spoolIn(directory);
  for (const number of [1, 2, 3]) await spool.keep('session', segmentOf(number), unheard);
  const found = (await recovered(directory)).take('session', unheard);
  assert.deepEqual(
    found.map(({ sequence }) => sequence),
    [1, 2, 3],
  );
  for (const [index, segment] of found.entries()) {
    const { parts, ...facts } = segmentOf(index + 1);
    assert.deepEqual(await spool.read(segment), Buffer.concat(parts));
    for (const [name, value] of Object.entries(facts)) assert.equal(segment[name as keyof typeof facts], value);
  }
  const modes = await Promise.all(found.map(async ({ path }) => (await stat(path)).mode & 0o777));
  assert.deepEqual(new Set(modes), new Set([0o600]));
});

test('a removed segment is not found again, and numbers go on after a restart', async (t) => {
  const directory = await scratch(t);
  const { spool } = spoolIn(directory);
  const first = await spool.keep('session', segmentOf(1), unheard);
  await spool.keep('session', segmentOf(2), unheard);
  await spool.remove(first);
  const after = await recovered(directory);
  assert.deepEqual(numbers(after), [2]);
  assert.equal((await after.keep('session', segmentOf(3), unheard)).sequence, 3);
  assert.equal(after.bytes, 2 * 1880);
});

test('of a session that is over nothing stays, neither on disk nor in memory, but what was not sent', async (t) => {
  const directory = await scratch(t);
  const { spool } = spoolIn(directory);
  for (const session of ['over', 'left']) {
    const kept = await spool.keep(session, segmentOf(1), unheard);
    if (session === 'over') await spool.remove(kept);
  }
  for (const session of ['over', 'left', 'never']) await spool.forget(session);
  assert.deepEqual(await readdir(directory), ['left']);
  assert.equal((await spool.keep('over', segmentOf(2), unheard)).sequence, 1);
  assert.equal((await spool.keep('left', segmentOf(2), unheard)).sequence, 2);
});

test('a file torn at any byte is never taken for a segment', async (t) => {
  const directory = await scratch(t);
  const random = seeded(7);
  const { spool } = spoolIn(directory);
  const bytes = 2_000;
  for (let round = 0; round < 40; round++) {
    const kept = await spool.keep(`s${round}`, segmentOf(round, bytes), unheard);
    await truncate(kept.path, Math.floor(random() * bytes));
    assert.equal(await spool.read(kept), undefined);
  }
  const after = await recovered(directory);
  assert.equal(after.bytes, 0);
  assert.deepEqual(await readdir(directory), []);
});

test('a file of the right length with a wrong byte is never taken for a segment', async (t) => {
  const directory = await scratch(t);
  const { spool } = spoolIn(directory);
  const kept = await spool.keep('session', segmentOf(1), unheard);
  const content = await readFile(kept.path);
  content.writeUInt8(content.readUInt8(1000) ^ 1, 1000);
  await writeFile(kept.path, content);
  const [found] = (await recovered(directory)).take('session', unheard);
  assert.ok(found);
  assert.equal(await spool.read(found), undefined);
});

test('what is no segment is cleared away: unfinished files and strangers', async (t) => {
  const directory = await scratch(t);
  const { spool } = spoolIn(directory);
  const kept = await spool.keep('session', segmentOf(1), unheard);
  await writeFile(`${kept.path.replace('0000000001', '0000000002')}.part`, 'half');
  await writeFile(join(directory, 'session', 'notes.txt'), 'x');
  await mkdir(join(directory, 'session', 'folder'));
  await writeFile(join(directory, 'stray'), 'x');
  assert.deepEqual(numbers(await recovered(directory)), [1]);
  assert.equal((await readdir(join(directory, 'session'))).length, 1);
});

test('the oldest of any session are pushed out by bytes, and their owners hear of it', async (t) => {
  const { spool } = spoolIn(await scratch(t), { maxBytes: 3 * 1880 });
  const lost: number[] = [];
  for (const number of [1, 2, 3, 4, 5]) await spool.keep(`s${number % 2}`, segmentOf(number), () => lost.push(number));
  assert.deepEqual(lost, [1, 2]);
  assert.equal(spool.bytes, 3 * 1880);
});

test('a segment that is larger than the bounds is refused, and pushes nothing out', async (t) => {
  const { spool } = spoolIn(await scratch(t), { maxBytes: segmentOf(1).bytes * 1.5 });
  await spool.keep('session', segmentOf(1), unheard);
  const { parts, ...facts } = segmentOf(2);
  const large = { ...facts, bytes: facts.bytes * 2, parts: [...parts, ...parts] };
  await assert.rejects(spool.keep('session', large, unheard), { kind: 'state-unwritable' });
  assert.deepEqual(numbers(spool), [1]);
  assert.equal(spool.degraded, false);
});

test('a spool that may hold nothing is none: nothing is written, and no disk is at fault', async (t) => {
  const directory = await scratch(t);
  const { spool, lines } = spoolIn(join(directory, 'spool'), { maxBytes: 0 });
  await assert.rejects(spool.keep('session', segmentOf(1), unheard), { kind: 'state-unwritable' });
  await spool.check();
  assert.equal(spool.degraded, false);
  assert.deepEqual([await readdir(directory), lines], [[], []]);
});

test('segments are pushed out by age, but not by a clock that was set from 1970 to now', async (t) => {
  const { spool, clock } = spoolIn(await scratch(t), { maxAgeMs: 60_000 });
  const lost: number[] = [];
  const keep = (number: number) => spool.keep('session', segmentOf(number), () => lost.push(number));
  await keep(1);
  await clock.advance(61_000);
  await keep(2);
  assert.deepEqual(lost, [1]);
  await clock.advance(61_000);
  await spool.check();
  assert.deepEqual(lost, [1, 2], 'also when nothing is kept any more');
  await keep(3);
  await clock.advance(56 * 365 * 86_400_000);
  await keep(4);
  assert.deepEqual(lost, [1, 2]);
});

async function unwritable(t: TestContext) {
  const directory = await scratch(t);
  // A file where a directory is due refuses writes to everybody, root included.
  const place = join(directory, 'spool');
  await writeFile(place, '');
  const { spool, lines } = spoolIn(place);
  const mend = (): Promise<void> => rm(place);
  const told = (message: string): number => lines.filter(({ msg }) => msg === message).length;
  return { spool, place, mend, told };
}

test('a disk that takes nothing is told once, shown, and found mended by the next segment', async (t) => {
  const { spool, mend, told } = await unwritable(t);
  for (const number of [1, 2]) {
    await assert.rejects(spool.keep('session', segmentOf(number), unheard), { kind: 'state-unwritable' });
  }
  assert.equal(spool.degraded, true);
  assert.equal(told('the disk takes no segments'), 1);
  await mend();
  await spool.keep('session', segmentOf(3), unheard);
  assert.equal(spool.degraded, false);
});

test('a disk that took nothing is found mended also when nothing has to be kept any more', async (t) => {
  const { spool, place, mend, told } = await unwritable(t);
  await spool.check();
  assert.equal(spool.degraded, false);
  await assert.rejects(spool.keep('session', segmentOf(1), unheard));
  await spool.check();
  assert.equal(spool.degraded, true);
  await mend();
  await spool.check();
  assert.equal(spool.degraded, false);
  assert.equal(told('the disk takes segments again'), 1);
  assert.deepEqual(await readdir(place), []);
});

test('a segment whose name could not be made safe leaves no file', async (t) => {
  const directory = await scratch(t);
  const { spool } = spoolIn(directory);
  const session = join(directory, 'session');
  await mkdir(session);
  // Names may be given in it, but it cannot be opened to be synced; root may do all, so somebody else tries.
  await Promise.all([chmod(directory, 0o777), chmod(session, 0o333)]);
  const root = process.geteuid?.() === 0;
  if (root) process.seteuid?.(NOBODY);
  try {
    await assert.rejects(spool.keep('session', segmentOf(1), unheard), { kind: 'state-unwritable' });
  } finally {
    if (root) process.seteuid?.(0);
  }
  await chmod(session, 0o700);
  assert.deepEqual(await readdir(session), []);
});

test('a writer killed at any moment leaves every segment that it called safe, and no half one', async (t) => {
  const random = seeded(11);
  for (let round = 0; round < 3; round++) {
    const directory = await scratch(t);
    const program = join(import.meta.dirname, '..', 'peers', 'spool-writer.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', program, directory], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    t.after(() => child.kill('SIGKILL'));
    let said = '';
    for await (const chunk of child.stdout) {
      said += String(chunk);
      if (said.split('\n').length <= 5 + round * 4) continue;
      // Somewhere in the next write, wherever that is.
      const spin = random() * 200_000;
      for (let turn = 0; turn < spin; turn++) Math.sqrt(turn);
      break;
    }
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
    const safe = said
      .split('\n')
      .filter((line) => line !== '')
      .map(Number);
    const after = await recovered(directory);
    const found = after.take('session', unheard);
    assert.deepEqual(
      found.slice(0, safe.length).map(({ sequence }) => sequence),
      safe,
    );
    for (const segment of found) {
      assert.deepEqual(await after.read(segment), Buffer.concat(segmentOf(segment.sequence, 300_000).parts));
    }
  }
});

test('names of other forms are not ours', () => {
  for (const name of ['', 'x.ts', '0000000001_1_1_1_1_00000000.ts.part', '1_1_1_1_1_00000000.ts']) {
    assert.equal(parseSpoolName(name), undefined, name);
  }
});
