import assert from 'node:assert/strict';
import { test } from 'node:test';
import PQueue from 'p-queue';
import { delivering, range } from '../peers/delivering.ts';
import { segmentOf } from '../peers/segments.ts';

/** Several sessions on one uplink. */

test('live footage of one session goes before what an outage has left of another, whose order stays', async (t) => {
  const uplink = new PQueue({ concurrency: 1 });
  const before = await delivering(t, { segmentMaxCount: 5, uplink });
  const { platform, spoolDirectory } = before;
  platform.fault = () => ({ kind: 'down' });
  for (const number of range(1, 3)) before.delivery.add(segmentOf(number));
  await before.stop();
  platform.fault = () => undefined;
  uplink.pause();
  const backlog = await delivering(t, { platform, spoolDirectory, uplink });
  const live = await delivering(t, { platform, uplink });
  live.delivery.add(segmentOf(10));
  while (uplink.size < 2) await new Promise((resolve) => setImmediate(resolve));
  uplink.start();
  await platform.until(({ stored }) => stored.length === 4);
  assert.deepEqual(backlog.stored(), [10, 1, 2, 3]);
});

test('as many sessions upload at a time as the uplink has lines, and each one segment', async (t) => {
  const uplink = new PQueue({ concurrency: 2 });
  const first = await delivering(t, { uplink });
  const { platform } = first;
  platform.fault = (step) => (step === 'put' ? { kind: 'slow' } : undefined);
  const others = await Promise.all([1, 2].map(() => delivering(t, { platform, uplink })));
  for (const { delivery } of [first, ...others]) for (const number of range(1, 2)) delivery.add(segmentOf(number));
  const uploads = (): number => platform.heard.filter(({ step }) => step === 'put').length;
  while (uploads() < 2) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([uplink.pending, uplink.size], [2, 1]);
  platform.fault = () => undefined;
  platform.release();
  await platform.until(({ stored }) => stored.length === 6);
});
