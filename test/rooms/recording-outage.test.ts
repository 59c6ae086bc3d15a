import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { test } from 'node:test';
import { delivering } from '../peers/delivering.ts';
import { segmentOf } from '../peers/segments.ts';

/** The clock stands while the disk, which is real, writes. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

test('what the platform has not taken for a quarter of a minute is on disk, however much memory there is', async (t) => {
  const { platform, delivery, clock } = await delivering(t, { segmentMaxCount: 100 });
  platform.fault = () => ({ kind: 'down' });
  delivery.add(segmentOf(0));
  await clock.advance(10_000);
  delivery.add(segmentOf(1));
  for (let turns = 0; turns < 20; turns++) await turn();
  assert.equal(delivery.status.onDisk, 0, 'a hiccup wears no memory card');
  await clock.advance(10_000);
  delivery.add(segmentOf(2));
  while (delivery.status.memoryBytes > 0) await turn();
  assert.equal(delivery.status.onDisk, 3);
  // Until all is delivered, what comes follows at once.
  delivery.add(segmentOf(3));
  while (delivery.status.memoryBytes > 0) await turn();
  assert.equal(delivery.status.onDisk, 4);
});

test('what was kept for the time before an alarm is no outage when the alarm comes', async (t) => {
  const { platform, delivery, clock, spoolDirectory, stored } = await delivering(t, {
    segmentMaxCount: 10,
    prerecordSeconds: 60,
  });
  platform.paused = true;
  for (let number = 0; number < 6; number++) {
    delivery.add(segmentOf(number));
    await platform.until(() => platform.heard.length > number);
    while (!delivery.status.paused) await turn();
    await clock.advance(10_000);
  }
  platform.paused = false;
  for (let number = 6; number < 9; number++) delivery.add(segmentOf(number));
  await platform.until(() => stored().includes(8));
  assert.equal(existsSync(spoolDirectory), false);
});

test('a platform that is slow and takes one segment after another has no outage', async (t) => {
  const { platform, delivery, clock, spoolDirectory } = await delivering(t, { segmentMaxCount: 100 });
  platform.fault = (step) => (step === 'put' ? { kind: 'slow' } : undefined);
  for (let number = 0; number < 4; number++) delivery.add(segmentOf(number));
  for (let number = 0; number < 4; number++) {
    while (platform.heard.at(-1)?.step !== 'put' || platform.stored.length !== number) await turn();
    await clock.advance(8_000);
    delivery.add(segmentOf(4 + number));
    platform.release();
    await platform.until(() => platform.stored.length > number);
    while (delivery.status.delivered <= number) await turn();
  }
  assert.equal(existsSync(spoolDirectory), false);
});
