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
