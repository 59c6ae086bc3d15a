import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Account, Refusals } from '../../../../src/onvif/identity/refusals.ts';
import { Secret } from '../../../../src/runtime/secret.ts';

const MINUTE_MS = 60_000;
const login = (password: string): Account => ({ username: 'admin', password: new Secret(password) });
const WRONG = login('hunter2');

function book(...accounts: readonly Account[]) {
  let kept: Record<string, number[]> = {};
  const at = { ms: Date.UTC(2026, 0, 1) };
  const store = {
    read: () => kept,
    write: (next: Record<string, number[]>) => {
      kept = next;
    },
  };
  const open = (...others: readonly Account[]): Refusals =>
    new Refusals(store, others.length > 0 ? others : accounts, () => new Date(at.ms));
  return { at, open, kept: () => kept };
}

test('a device that has refused twice is left alone for ten minutes, over a restart too', () => {
  const { at, open } = book(WRONG);
  const refusals = open();
  assert.equal(refusals.mayTry('a'), true);
  refusals.note('a', WRONG, 1);
  assert.equal(refusals.mayTry('a'), true);
  refusals.note('a', WRONG, 1);
  assert.equal(refusals.mayTry('a'), false);
  assert.equal(open().mayTry('a'), false);
  assert.equal(open().mayTry('b'), true);
  at.ms += 11 * MINUTE_MS;
  assert.equal(open().mayTry('a'), true);
});

test('a password that was corrected is tried at once, and what is kept does not hold it', () => {
  const { open, kept } = book(WRONG);
  open().note('a', WRONG, 2);
  assert.equal(open().mayTry('a'), false);
  assert.equal(open(login('hunter3')).mayTry('a'), true);
  assert.equal(open(WRONG, login('hunter3')).mayTry('a'), false, 'the one that was refused is tried still');
  assert.match(JSON.stringify(kept()), /^\{"a [0-9a-f]{4}":\[\d+,\d+\]\}$/);
});

test('refusals of several logins count together, for the lock may be on us', () => {
  const { open } = book(WRONG, login('b'), undefined);
  open().note('a', WRONG, 1);
  open().note('a', undefined, 1);
  assert.equal(open().mayTry('a'), false);
});

test('what is long past is forgotten, and what is to come was a clock that was wrong', () => {
  const { at, open, kept } = book(WRONG);
  const refusals = open();
  for (let device = 0; device < 600; device++) refusals.note(`d${device}`, WRONG, 2);
  assert.ok(Object.keys(kept()).length <= 513);
  at.ms -= 24 * 60 * MINUTE_MS;
  assert.equal(refusals.mayTry('d599'), true);
  refusals.note('e', WRONG, 1);
  assert.equal(Object.keys(kept()).length, 1);
});
