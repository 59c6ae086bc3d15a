import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Rate } from '../../../src/simulator/ovc/rate.ts';

test('a rate is told of the last full seconds, and falls to nothing when nothing comes', () => {
  const rate = new Rate();
  assert.equal(rate.perSecond(0), 0);
  rate.add(500, 100);
  assert.equal(rate.perSecond(900), 500);
  for (let second = 1; second < 4; second++) rate.add(1000, second * 1000);
  assert.equal(rate.perSecond(4000), 875);
  assert.equal(rate.perSecond(6000), 500);
  assert.equal(rate.perSecond(60_000), 0);
});
