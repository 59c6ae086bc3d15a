import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClockOffset, getSystemDateAndTime } from '../../../src/onvif/camera-clock.ts';

interface Told {
  readonly utc?: string;
  readonly local?: string;
  readonly zone?: string;
  readonly summer?: boolean;
}

/** `YYYY-MM-DD hh:mm:ss`, each number as it stands. */
function moment(written: string | undefined): object | undefined {
  const [Year, Month, Day, Hour, Minute, Second] = written?.split(/[ :]|(?<=\d)-/) ?? [];
  return written === undefined ? undefined : { Time: { Hour, Minute, Second }, Date: { Year, Month, Day } };
}

function read({ utc, local, zone, summer = false }: Told) {
  return getSystemDateAndTime.reply.parse({
    SystemDateAndTime: {
      DaylightSavings: String(summer),
      TimeZone: { TZ: zone },
      UTCDateTime: moment(utc),
      LocalDateTime: moment(local),
    },
  });
}

const ISO = (ms: number | undefined): string | undefined => (ms === undefined ? undefined : new Date(ms).toISOString());

const CLOCKS: readonly (readonly [string, Told, string | undefined])[] = [
  ['UTC', { utc: '2026-01-02 03:04:05' }, '2026-01-02T03:04:05.000Z'],
  ['24 o’clock', { utc: '2026-01-02 24:00:00' }, '2026-01-03T00:00:00.000Z'],
  ['61 minutes', { utc: '2026-01-02 00:61:16' }, '2026-01-02T01:01:16.000Z'],
  ['an hour below zero', { utc: '2023-05-15 -07:10:32' }, '2023-05-14T17:10:32.000Z'],
  ['the year it was born in', { utc: '1970-01-01 00:05:12' }, '1970-01-01T00:05:12.000Z'],
  ['no date', { utc: '0000-00-00 00:00:00' }, undefined],
  ['the end of days', { utc: '9998-12-31 99999999999:00:00' }, undefined],
  ['words', { utc: 'Jan-2nd-x a:b:c' }, undefined],
  ['nothing', {}, undefined],
];
for (const [name, told, utc] of CLOCKS) {
  test(`reads a clock that shows ${name}`, () => {
    assert.equal(ISO(read(told).utc), utc);
  });
}

const ZONES: readonly (readonly [string, boolean, string | undefined])[] = [
  ['CST-8', false, '2026-01-01T16:00:00.000Z'],
  ['EST5EDT,M3.2.0,M11.1.0', false, '2026-01-02T05:00:00.000Z'],
  ['EST5EDT,M3.2.0,M11.1.0', true, '2026-01-02T04:00:00.000Z'],
  ['<+0530>-5:30', false, '2026-01-01T18:30:00.000Z'],
  ['GMT+00:00', false, '2026-01-02T00:00:00.000Z'],
  ['CST-08:00:00', false, '2026-01-01T16:00:00.000Z'],
  ['UTC', false, '2026-01-02T00:00:00.000Z'],
  ['Somewhere', false, undefined],
  ['', false, undefined],
];
for (const [zone, summer, utc] of ZONES) {
  test(`reads local time in the zone ${JSON.stringify(zone)}${summer ? ' in summer' : ''}`, () => {
    assert.equal(ISO(read({ local: '2026-01-02 00:00:00', zone, summer }).local), utc);
  });
}

const NOW = Date.parse('2026-01-02T03:04:05Z');
const HOUR = 3_600_000;

test('believes UTC first, then local time, then the web server, then our own clock', () => {
  const offset = new ClockOffset();
  offset.heard({ utc: NOW + HOUR, local: NOW + 2 * HOUR }, new Date(NOW + 3 * HOUR).toUTCString(), NOW);
  const believed = [offset.ms];
  while (offset.distrust()) believed.push(offset.ms);
  assert.deepEqual(believed, [HOUR, 2 * HOUR, 3 * HOUR, 0]);
});

test('has nothing else to believe in when all clocks agree', () => {
  const offset = new ClockOffset();
  offset.heard({ utc: NOW + 900, local: NOW }, new Date(NOW).toUTCString(), NOW);
  assert.equal(offset.distrust(), false);
});

test('tells a clock that was set from one that ticks', () => {
  const offset = new ClockOffset();
  const unread = { utc: undefined, local: undefined };
  assert.equal(offset.heard({ utc: NOW + HOUR, local: undefined }, undefined, NOW), true);
  assert.equal(offset.heard({ utc: NOW + HOUR + 5000, local: undefined }, undefined, NOW + 5900), false);
  assert.equal(offset.heard(unread, undefined, NOW), false);
  assert.equal(offset.ms, HOUR - 900);
  assert.equal(offset.heard({ utc: NOW, local: undefined }, undefined, NOW), true);
});
