import assert from 'node:assert/strict';
import { readdir, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Spool } from '../../src/recording/spool.ts';
import { parseSpoolName, spoolName } from '../../src/recording/spool-file.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { delivering, range } from '../peers/delivering.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { lostTime } from '../peers/lost-clock.ts';
import { readableLog } from '../peers/readable-log.ts';
import { scratch } from '../peers/scratch.ts';
import { segmentOf } from '../peers/segments.ts';
import { UploadPlatform } from '../peers/upload-platform.ts';

/** Segments from a time for which nobody vouched. */

const unheard = (): void => undefined;
const SECONDS = 20;

test('what was recorded before the time was known is uploaded with its true time', async (t) => {
  const time = lostTime(systemClock);
  const { platform, delivery } = await delivering(t, { time }, systemClock);
  const startUs = time.now().getTime() * 1000;
  delivery.add({ ...segmentOf(1), startUs, era: time.era });
  const before = Date.now() / 1000;
  await platform.until(() => platform.stored.length === 1);
  const { start } = platform.stored[0] ?? { start: '0' };
  // The platform's web server tells whole seconds.
  assert.ok(Math.abs(Number(start) - before) < SECONDS, start);
  assert.equal(time.by, 'platform');
});

test('it is mended also when it has been on disk, and the process has begun anew since', async (t) => {
  const directory = await scratch(t);
  const platform = await UploadPlatform.listen();
  const time = lostTime(systemClock);
  const { log } = readableLog();
  const spool = new Spool({ directory, maxBytes: 1e9, maxAgeMs: 1e9, clock: systemClock, stamps: time, log });
  const startUs = Math.round(time.now().getTime() * 1000);
  await spool.keep('session', { ...segmentOf(1), startUs, era: time.era }, unheard);
  const before = Date.now() / 1000;
  await delivering(t, { time: lostTime(systemClock), spoolDirectory: directory, platform }, systemClock);
  t.after(() => platform.close());
  await platform.until(() => platform.stored.length === 1);
  assert.ok(Math.abs(Number(platform.stored[0]?.start) - before) < SECONDS);
});

test('the time of a store is not heard: its clock is its own, and over http anybody could name the store', async (t) => {
  const time = lostTime(systemClock);
  const { platform, delivery } = await delivering(t, { time }, systemClock);
  const elsewhen = { date: 'Tue, 01 Jan 2030 00:00:00 GMT' };
  platform.fault = (step) => (step === 'put' ? { kind: 'answer', status: 200, headers: elsewhen } : undefined);
  for (const number of range(1, 3)) delivery.add(segmentOf(number));
  await platform.until(({ heard }) => heard.filter(({ step }) => step === 'create').length > 2);
  assert.ok(Math.abs(time.now().getTime() - Date.now()) < SECONDS * 1000, time.now().toISOString());
});

test('the name of a spooled segment tells what its time leans on, also before 1970', () => {
  for (const era of [undefined, { boot: 'abc123', bootedMs: 1_700_000_000_000 }, { boot: '0', bootedMs: -12 }]) {
    const segment = { ...segmentOf(1), ...(era && { era }) };
    assert.deepEqual(parseSpoolName(spoolName(1, segment))?.era, era);
  }
});

test('a clock that jumps by weeks makes no segment old', async (t) => {
  const directory = await scratch(t);
  const clock = new FakeClock('2026-11-01T00:00:00Z');
  const time = lostTime(clock, { bootedMs: Date.parse('2026-11-01T00:00:00Z') });
  const { log } = readableLog();
  const bounds = { maxBytes: 1e9, maxAgeMs: 7 * 86_400_000 };
  const spool = new Spool({ directory, ...bounds, clock: time.clock, stamps: time, log });
  await spool.keep('session', { ...segmentOf(1), era: time.era }, unheard);
  const [name = ''] = await readdir(join(directory, 'session'));
  const then = time.now();
  await utimes(join(directory, 'session', name), then, then);
  time.heard(new Date('2026-11-22T00:00:00Z'), 'date');
  const again = new Spool({ directory, ...bounds, clock: time.clock, stamps: time, log });
  await again.recover();
  for (const each of [spool, again]) {
    await each.keep('session', segmentOf(2), unheard);
    assert.equal(each.take('session', unheard).length, 2);
  }
  await clock.advance(8 * 86_400_000);
  await spool.keep('session', segmentOf(3), unheard);
  assert.deepEqual(
    spool.take('session', unheard).map(({ startUs }) => startUs),
    [segmentOf(3).startUs],
  );
});

test('while nobody knows the time nothing is too old', async (t) => {
  const directory = await scratch(t);
  const clock = new FakeClock();
  const time = lostTime(clock);
  const spool = new Spool({ directory, maxBytes: 1e9, maxAgeMs: 1000, clock, stamps: time, log: readableLog().log });
  await spool.keep('session', segmentOf(1), unheard);
  await clock.advance(86_400_000);
  await spool.keep('session', segmentOf(2), unheard);
  assert.equal(spool.take('session', unheard).length, 2);
});

const WEEK_MS = 7 * 86_400_000;

for (const [clockWas, thinks] of [
  ['a year ahead', '2027-11-22T00:00:00Z'],
  ['in 1970', '1970-01-01T00:00:00Z'],
] as const) {
  test(`a session that began while the clock was ${clockWas} has segments as old as they are, once time is known`, async (t) => {
    const clock = new FakeClock('2026-11-22T00:00:00Z');
    const time = lostTime(clock, { bootedMs: Date.parse(thinks) });
    const { era } = time;
    time.heard(new Date('2026-11-22T00:00:10Z'), 'date');
    const bounds = { directory: await scratch(t), maxBytes: 1e9, maxAgeMs: WEEK_MS };
    const spool = new Spool({ ...bounds, clock: time.clock, stamps: time, log: readableLog().log });
    const lost: number[] = [];
    const keep = (number: number) => spool.keep('session', { ...segmentOf(number), era }, () => lost.push(number));
    await keep(1);
    await clock.advance(WEEK_MS - 1_000);
    await keep(2);
    assert.deepEqual(lost, []);
    await clock.advance(2_000);
    await keep(3);
    assert.deepEqual(lost, [1]);
    const again = new Spool({ ...bounds, clock: time.clock, stamps: time, log: readableLog().log });
    await again.recover();
    await clock.advance(WEEK_MS - 1_500);
    await again.keep('session', segmentOf(4), unheard);
    assert.deepEqual(
      again.take('session', unheard).map(({ sequence }) => sequence),
      [3, 4],
    );
  });
}

test('after a power cut the oldest make room first, though the clock has gone back to 1970 since', async (t) => {
  const bounds = { directory: await scratch(t), maxBytes: 3 * 1880, maxAgeMs: 1e12, log: readableLog().log };
  await new Spool({ ...bounds, clock: systemClock }).keep('session', segmentOf(1), unheard);
  const time = lostTime(new FakeClock());
  const lostNow = { ...bounds, clock: systemClock, stamps: time };
  const { path } = await new Spool(lostNow).keep('other', { ...segmentOf(2), era: time.era }, unheard);
  await utimes(path, 10, 10);
  const spool = new Spool(lostNow);
  await spool.recover();
  for (const number of [3, 4]) await spool.keep('other', { ...segmentOf(number), era: time.era }, unheard);
  assert.deepEqual([spool.take('session', unheard).length, spool.take('other', unheard).length], [0, 3]);
});
