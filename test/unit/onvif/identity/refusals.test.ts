import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Refusals } from '../../../../src/onvif/identity/refusals.ts';

const MINUTE_MS = 60_000;

function book() {
  let kept: Record<string, number[]> = {};
  const at = { ms: Date.UTC(2026, 0, 1) };
  const store = {
    read: () => kept,
    write: (next: Record<string, number[]>) => {
      kept = next;
    },
  };
  return { at, open: () => new Refusals(store, () => new Date(at.ms)), kept: () => kept };
}

test('a device that has refused twice is left alone for ten minutes, over a restart too', () => {
  const { at, open } = book();
  const refusals = open();
  assert.equal(refusals.mayTry('a'), true);
  refusals.note('a', 1);
  assert.equal(refusals.mayTry('a'), true);
  refusals.note('a', 1);
  assert.equal(refusals.mayTry('a'), false);
  assert.equal(open().mayTry('a'), false);
  assert.equal(open().mayTry('b'), true);
  at.ms += 11 * MINUTE_MS;
  assert.equal(open().mayTry('a'), true);
});

test('what is long past is forgotten, and what is to come was a clock that was wrong', () => {
  const { at, open, kept } = book();
  const refusals = open();
  for (let device = 0; device < 600; device++) refusals.note(`d${device}`, 2);
  assert.ok(Object.keys(kept()).length <= 513);
  at.ms -= 24 * 60 * MINUTE_MS;
  assert.equal(refusals.mayTry('d599'), true);
  refusals.note('e', 1);
  assert.deepEqual(Object.keys(kept()), ['e']);
});
