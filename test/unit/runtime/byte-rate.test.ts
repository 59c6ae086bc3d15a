import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteRate } from '../../../src/runtime/byte-rate.ts';
import { FakeClock } from '../../peers/fake-clock.ts';

test('a rate is taken over five seconds, and is none once nothing has come for as long', async () => {
  const clock = new FakeClock();
  const rate = new ByteRate(clock);
  for (let second = 0; second < 6; second++) {
    rate.count(125_000);
    await clock.advance(1_000);
  }
  assert.equal(rate.bitsPerSecond, 1_200_000);
  assert.equal(rate.silentMs, 1_000);
  await clock.advance(4_000);
  assert.equal(rate.bitsPerSecond, 0);
});
