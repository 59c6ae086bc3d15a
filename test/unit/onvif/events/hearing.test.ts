import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type HeardBefore, Hearing } from '../../../../src/onvif/events/hearing.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const EPOCH = Date.UTC(2026, 0, 1);

function listening(kept?: HeardBefore) {
  const book = { kept, writes: 0 };
  const memory = {
    recall: () => book.kept,
    keep: (heard: HeardBefore) => {
      book.kept = heard;
      book.writes++;
    },
  };
  const at = { ms: 0 };
  const open = (): Hearing => {
    const hearing = new Hearing(memory);
    hearing.began(at.ms);
    hearing.subscribed('pull', at.ms);
    hearing.answered();
    return hearing;
  };
  let hearing = open();
  const wall = (): Date => new Date(EPOCH + at.ms);
  return {
    at,
    book,
    pass: (ms: number) => {
      at.ms += ms;
      hearing.tick(at.ms);
    },
    talk: (changed = true) => hearing.heard(changed, at.ms, wall()),
    lose: () => hearing.lost(at.ms),
    leave: () => hearing.offline(at.ms),
    subscribe: () => {
      hearing.subscribed('pull', at.ms);
      hearing.answered();
    },
    /** The gateway is off for so long. */
    restart: (offMs: number) => {
      hearing.end(at.ms);
      at.ms += offMs;
      hearing = open();
    },
    silentSince: () => hearing.state(at.ms, wall()).silentSince,
    isSilent: () => hearing.state(at.ms, wall()).silentSince !== undefined,
    dueMs: () => hearing.dueMs(at.ms),
  };
}

test('a camera that used to talk is silent after a day without a word, since the last one', () => {
  const camera = listening();
  camera.pass(HOUR);
  camera.talk();
  camera.pass(DAY - MINUTE);
  assert.equal(camera.isSilent(), false);
  assert.equal(camera.dueMs(), camera.at.ms + MINUTE);
  camera.pass(MINUTE);
  assert.deepEqual(camera.silentSince(), new Date(EPOCH + HOUR));
  assert.equal(camera.dueMs(), undefined, 'said once, there is nothing more to wait for');
  camera.talk();
  assert.equal(camera.isSilent(), false);
});

test('a camera that never talked is not silent', () => {
  const camera = listening();
  camera.talk(false);
  camera.pass(30 * DAY);
  assert.equal(camera.isSilent(), false);
});

test('states that come with every subscription are no talk, states later on are', () => {
  const camera = listening();
  camera.talk();
  camera.pass(DAY - MINUTE);
  camera.subscribe();
  camera.talk(false);
  camera.pass(MINUTE);
  assert.equal(camera.isSilent(), true);
  camera.talk(false);
  assert.equal(camera.isSilent(), false);
});

test('a silence that ended by itself is waited for twice as long the next time, for a fortnight at most', () => {
  const camera = listening();
  camera.talk();
  camera.pass(2.5 * DAY);
  camera.talk();
  camera.pass(4.9 * DAY);
  assert.equal(camera.isSilent(), false);
  camera.pass(0.2 * DAY);
  assert.equal(camera.isSilent(), true);
  camera.pass(20 * DAY);
  camera.talk();
  camera.pass(14 * DAY);
  assert.equal(camera.isSilent(), true);
});

test('time in which the camera was away, or the gateway off, is no silence, and a restart forgets nothing', () => {
  const camera = listening();
  camera.talk();
  camera.pass(20 * HOUR);
  camera.leave();
  camera.pass(3 * DAY);
  assert.equal(camera.isSilent(), false);
  camera.subscribe();
  camera.restart(5 * DAY);
  assert.equal(camera.isSilent(), false);
  camera.pass(4 * HOUR);
  assert.equal(camera.isSilent(), true);
  camera.restart(0);
  assert.equal(camera.isSilent(), true);
});

test('a camera that is there and gives no subscription is silent after a quarter of an hour, if it ever talked', () => {
  const camera = listening();
  camera.talk();
  camera.pass(HOUR);
  camera.lose();
  camera.pass(14 * MINUTE);
  assert.equal(camera.isSilent(), false);
  assert.equal(camera.dueMs(), camera.at.ms + MINUTE);
  camera.lose();
  camera.pass(MINUTE);
  assert.deepEqual(camera.silentSince(), new Date(EPOCH + HOUR));
  camera.subscribe();
  assert.equal(camera.isSilent(), false);
});

test('what is remembered is written once a day, however much the camera talks', () => {
  const camera = listening();
  for (let minutes = 0; minutes < 2 * 24 * 60; minutes++) {
    camera.pass(MINUTE);
    camera.talk();
  }
  assert.ok(camera.book.writes <= 3, `${camera.book.writes} writes in two days`);
});
