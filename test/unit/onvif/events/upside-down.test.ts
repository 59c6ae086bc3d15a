import assert from 'node:assert/strict';
import { test } from 'node:test';
import { UpsideDown } from '../../../../src/onvif/events/upside-down.ts';

const HOUR = 3_600_000;

/** A day in hours: what the camera says at the beginning of each, `+` for on. */
function day(hours: string, watch = new UpsideDown()): string[] {
  for (const [hour, said] of [...hours].entries()) {
    watch.tick(hour * HOUR, true);
    watch.said('motion', 'motion', said === '+');
    // Off for a moment within the hour.
    if (said === '!') watch.said('motion', 'motion', true);
  }
  watch.tick(hours.length * HOUR, true);
  return [...watch.suspects];
}

const DAYS: ReadonlyArray<readonly [string, string, readonly string[]]> = [
  ['is off most of the time', '----+---+-----------+---', []],
  ['is on all day but for moments', '++++!++++!+++++++++!++++', ['motion']],
  ['never says off', '++++++++++++++++++++++++', []],
  ['is on for half of the day', '++++++++++++------------', []],
];

for (const [does, hours, suspects] of DAYS) {
  test(`an alarm that ${does} is ${suspects.length > 0 ? '' : 'not '}taken for upside down`, () => {
    assert.deepEqual(day(hours), suspects);
  });
}

test('what passes while nobody listens does not count', () => {
  const watch = new UpsideDown();
  watch.said('motion', 'motion', true);
  watch.said('motion', 'motion', false);
  watch.said('motion', 'motion', true);
  watch.tick(0, true);
  watch.tick(100 * HOUR, false);
  assert.deepEqual([...watch.suspects], []);
});

test('a camera that invents states does not fill the memory', () => {
  const watch = new UpsideDown();
  for (let at = 0; at < 100_000; at++) watch.said(`key ${at}`, 'motion', true);
  watch.tick(0, true);
  const since = performance.now();
  watch.tick(HOUR, true);
  assert.ok(performance.now() - since < 100);
});
