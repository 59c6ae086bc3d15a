import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LifeSigns } from '../../../../src/media/feed/life-signs.ts';
import { FakeClock } from '../../../peers/fake-clock.ts';

const PATIENCE = { openingMs: 3_000, startingMs: 12_000, flowingMs: 8_000 };

function watched(): { clock: FakeClock; life: LifeSigns; silentAt: () => number | undefined; stop: () => void } {
  const clock = new FakeClock();
  const life = new LifeSigns(clock, PATIENCE);
  const stop = new AbortController();
  let at: number | undefined;
  void life.silence(stop.signal).then(() => {
    at = clock.now();
  });
  return { clock, life, silentAt: () => at, stop: () => stop.abort() };
}

test('a stream that never opens is silent after the time for opening', async () => {
  const { clock, silentAt } = watched();
  await clock.advance(20_000);
  assert.equal(silentAt(), 3_000);
});

test('a stream that has opened may wait longer for its first picture', async () => {
  const { clock, life, silentAt } = watched();
  await clock.advance(1_000);
  life.sawBytes();
  await clock.advance(5_000);
  life.sawBytes();
  await clock.advance(20_000);
  assert.equal(silentAt(), 13_000);
  assert.equal(life.stage, 'starting');
});

test('a flowing stream is silent eight seconds after its last picture, however many bytes come', async () => {
  const { clock, life, silentAt } = watched();
  for (let at = 0; at < 60_000; at += 1_000) {
    life.sawPicture();
    await clock.advance(1_000);
  }
  assert.equal(silentAt(), undefined);
  life.sawBytes();
  await clock.advance(20_000);
  assert.equal(silentAt(), 67_000);
});

test('an abort ends the watch', async () => {
  const { clock, silentAt, stop } = watched();
  stop();
  await clock.advance(1);
  assert.equal(silentAt(), 0);
});
