import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../../src/runtime/clock.ts';
import { type KnownTime, TrustedTime } from '../../../src/runtime/trusted-time.ts';
import { readableLog } from '../../peers/readable-log.ts';

const NOTHING: KnownTime = { latestMs: 0, earlierMs: 0, boots: {} };
const TRUE_BOOT = Date.parse('2026-11-22T08:00:00Z');
const MINUTE = 60_000;

/** A box whose clock says `shown` a minute after the boot; its memory outlives it. */
function box({ shown = '1970-01-01T00:01:00Z', boot = 'b007', memory = { known: NOTHING } } = {}) {
  let passedMs = MINUTE;
  let stepMs = 0;
  const startedMs = Date.parse(shown) - MINUTE;
  const clock: Clock = {
    now: () => passedMs,
    wall: () => new Date(startedMs + passedMs + stepMs),
    sleep: async () => undefined,
  };
  const { log, lines } = readableLog();
  const book = {
    read: () => memory.known,
    write: (known: KnownTime) => {
      memory.known = known;
    },
  };
  const time = new TrustedTime({ clock, uptimeMs: () => passedMs, boot, memory: book, log });
  return {
    ...{ time, lines, memory },
    pass: (ms: number) => {
      passedMs += ms;
    },
    step: (ms: number) => {
      stepMs += ms;
    },
    /** What a right clock would show. */
    truth: () => new Date(TRUE_BOOT + passedMs),
  };
}

test('a clock for which nobody vouches is not trusted, and is used all the same', () => {
  const { time } = box();
  assert.deepEqual(time.status, { now: new Date(MINUTE), trusted: false, by: 'nobody' });
  assert.deepEqual(time.era, { boot: 'b007', bootedMs: 0 });
});

test('the platform’s time is used where the clock is wrong, and stamps of before are mended', () => {
  const { time, truth, pass, lines } = box();
  const { era } = time;
  const stamp = time.now().getTime();
  pass(10 * MINUTE);
  time.heard(truth(), 'date');
  assert.deepEqual(time.status, { now: truth(), trusted: true, by: 'platform' });
  assert.equal(time.era, undefined);
  assert.equal(stamp + time.correctionMs(era), TRUE_BOOT + MINUTE);
  pass(60 * MINUTE);
  assert.deepEqual(time.now(), truth());
  assert.deepEqual(
    lines.map(({ level }) => level),
    [40],
  );
});

test('a clock that the platform finds right is left as it is, stamps too', () => {
  const { time, truth, lines } = box({ shown: '2026-11-22T08:01:02Z' });
  const { era } = time;
  time.heard(truth(), 'date');
  assert.equal(time.by, 'platform');
  assert.equal(time.now().toISOString(), '2026-11-22T08:01:02.000Z');
  assert.equal(time.correctionMs(era), 0);
  assert.deepEqual(
    lines.map(({ level }) => level),
    [30],
  );
});

test('once a time server has set the clock, the clock itself counts, and stamps of before are mended', () => {
  const { time, pass, step, truth } = box();
  const { era } = time;
  pass(MINUTE);
  step(TRUE_BOOT);
  time.hostIsRight('ntp');
  assert.deepEqual(time.status, { now: truth(), trusted: true, by: 'ntp' });
  assert.equal(time.correctionMs(era), TRUE_BOOT);
  time.heard(new Date(0), 'date');
  time.heard(new Date('2030-01-01'), 'secure_date');
  assert.equal(time.by, 'ntp');
});

test('a better word replaces a lesser one, a lesser one is not heard', () => {
  const { time, truth } = box();
  time.heard(new Date(truth().getTime() - 3_600_000), 'start_ts');
  time.heard(truth(), 'date');
  assert.deepEqual(time.now(), truth());
  time.heard(new Date(truth().getTime() + 8 * 3_600_000), 'sync_time');
  assert.deepEqual(time.now(), truth());
});

test('answers that were long under way move nothing, a clock that has drifted for weeks is followed', () => {
  const { time, truth, pass, lines } = box();
  time.heard(truth(), 'date');
  time.heard(new Date(truth().getTime() - 30_000), 'date');
  assert.deepEqual(time.now(), truth());
  assert.equal(lines.length, 1);
  const drifted = (): Date => new Date(truth().getTime() + 120_000);
  time.heard(drifted(), 'date');
  assert.deepEqual(time.now(), truth(), 'once said is not said');
  pass(MINUTE);
  time.heard(drifted(), 'date');
  assert.deepEqual(time.now(), drifted());
});

test('of two servers whose clocks differ the one that was heard first counts', () => {
  const { time, truth, lines, memory } = box();
  time.heard(truth(), 'date');
  const { known } = memory;
  for (let answers = 0; answers < 10; answers++) {
    time.heard(new Date(truth().getTime() + 300_000), 'date');
    time.heard(truth(), 'date');
  }
  assert.deepEqual(time.now(), truth());
  assert.equal(lines.length, 1);
  assert.equal(memory.known, known, 'nothing is written');
});

for (const [name, shown] of Object.entries({
  'ahead by minutes': '2026-11-22T08:05:00Z',
  'behind by minutes': '2026-11-22T07:57:00Z',
  'of 1970': '1970-01-01T00:01:00Z',
})) {
  test(`a clock ${name} stays corrected when the process starts again`, () => {
    const first = box({ shown });
    const { era } = first.time;
    const stamp = first.time.now().getTime();
    first.time.heard(first.truth(), 'date');
    const { memory } = first;
    const { time, truth, pass } = box({ shown, memory });
    pass(10 * MINUTE);
    assert.deepEqual(time.status, { now: truth(), trusted: true, by: 'platform' });
    assert.equal(stamp + time.correctionMs(era), TRUE_BOOT + MINUTE);
  });
}

test('a clock that its time server has set again counts as it is when the process starts again', () => {
  const memory = { known: NOTHING };
  const first = box({ shown: '2026-11-22T08:01:00Z', memory });
  first.time.hostIsRight('ntp');
  first.step(MINUTE);
  first.time.remember();
  const again = box({ shown: '2026-11-22T08:02:00Z', memory });
  assert.equal(again.time.clockIsRight, true);
  const { known } = memory;
  again.time.remember();
  assert.equal(memory.known, known, 'a clock that runs on costs no write');
});

test('a time before this was written is nobody’s', () => {
  const { time } = box();
  time.heard(new Date('2001-02-03'), 'secure_date');
  time.hostIsRight('rtc');
  assert.equal(time.by, 'nobody');
});

test('a clock chip is believed unless it shows less than was known before', () => {
  const shown = '2026-11-22T08:01:00Z';
  const fresh = box({ shown });
  fresh.time.hostIsRight('rtc');
  assert.equal(fresh.time.by, 'rtc');
  const later = box({ shown, memory: { known: { ...NOTHING, latestMs: Date.parse('2026-12-01') } } });
  later.time.hostIsRight('rtc');
  assert.equal(later.time.by, 'nobody');
});

test('stamps of an earlier process or boot are mended by when that boot is known to have begun', () => {
  const first = box({ boot: 'aaaa' });
  const { era } = first.time;
  first.time.heard(first.truth(), 'date');
  const { memory } = first;
  const restarted = box({ boot: 'aaaa', memory });
  const next = box({ boot: 'bbbb', memory });
  for (const { time } of [restarted, next]) assert.equal(time.correctionMs(era), TRUE_BOOT);
});

test('a boot of which nothing was ever known is taken to have begun after all that was known before', () => {
  const latestMs = Date.parse('2026-11-20T12:00:00Z');
  const memory = { known: { ...NOTHING, latestMs } };
  const lost = box({ boot: 'aaaa', memory }).time.era;
  const stopped = box({ boot: 'bbbb', shown: '2026-11-20T12:30:00Z', memory }).time.era;
  const { time, truth } = box({ boot: 'cccc', memory });
  time.heard(truth(), 'secure_date');
  assert.equal(time.correctionMs(lost), latestMs);
  assert.equal(time.correctionMs(stopped), 0);
});

test('only what cannot have been altered bounds later certificates, and is written once a day', () => {
  const { time, truth, pass, memory } = box();
  time.heard(truth(), 'date');
  assert.equal(memory.known.latestMs, 0);
  time.heard(truth(), 'secure_date');
  pass(25 * 60 * MINUTE);
  time.remember();
  assert.deepEqual(new Date(memory.known.latestMs), truth());
  assert.deepEqual(time.earliest, truth());
  const { known } = memory;
  pass(60 * MINUTE);
  time.remember();
  assert.equal(memory.known, known);
});
