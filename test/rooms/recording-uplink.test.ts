import assert from 'node:assert/strict';
import { test } from 'node:test';
import PQueue from 'p-queue';
import { UploadLines } from '../../src/recording/upload-lines.ts';
import { type Delivering, delivering, range } from '../peers/delivering.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { segmentOf } from '../peers/segments.ts';

/** Several sessions on one uplink. */

test('live footage of one session goes before what an outage has left of another, whose order stays', async (t) => {
  const queue = new PQueue({ concurrency: 1 });
  const uplink = new UploadLines(queue);
  const before = await delivering(t, { segmentMaxCount: 5, uplink });
  const { platform, spoolDirectory } = before;
  platform.fault = () => ({ kind: 'down' });
  for (const number of range(1, 3)) before.delivery.add(segmentOf(number));
  await before.stop();
  platform.fault = () => undefined;
  queue.pause();
  const backlog = await delivering(t, { platform, spoolDirectory, uplink });
  const live = await delivering(t, { platform, uplink });
  live.delivery.add(segmentOf(10));
  while (queue.size < 2) await new Promise((resolve) => setImmediate(resolve));
  queue.start();
  await platform.until(({ stored }) => stored.length === 4);
  assert.deepEqual(backlog.stored(), [10, 1, 2, 3]);
});

test('as many sessions upload at a time as the uplink has lines, and each one segment', async (t) => {
  const queue = new PQueue({ concurrency: 2 });
  const uplink = new UploadLines(queue);
  const first = await delivering(t, { uplink });
  const { platform } = first;
  platform.fault = (step) => (step === 'put' ? { kind: 'slow' } : undefined);
  const others = await Promise.all([1, 2].map(() => delivering(t, { platform, uplink })));
  for (const { delivery } of [first, ...others]) for (const number of range(1, 2)) delivery.add(segmentOf(number));
  const uploads = (): number => platform.heard.filter(({ step }) => step === 'put').length;
  while (uploads() < 2) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([queue.pending, queue.size], [2, 1]);
  platform.fault = () => undefined;
  platform.release();
  await platform.until(({ stored }) => stored.length === 6);
});

test('stores that hang hold no more than half of the lines, once that is known of them', async (t) => {
  const queue = new PQueue({ concurrency: 4 });
  const uplink = new UploadLines(queue);
  const clock = new FakeClock();
  const first = await delivering(t, { uplink }, clock);
  const { platform } = first;
  platform.fault = (step) => (step === 'put' ? { kind: 'hang' } : undefined);
  const others = await Promise.all([1, 2, 3].map(() => delivering(t, { platform, uplink }, clock)));
  const all = [first, ...others];
  for (const { delivery } of all) delivery.add(segmentOf(1));
  const asked = (step: string): number => platform.heard.filter((request) => request.step === step).length;
  await platform.until(() => asked('put') === 4);
  await clock.advance(30_000);
  const pauses = ({ lines }: Delivering): boolean => lines.some((line) => 'wait_ms' in line);
  while (!all.every(pauses)) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(1_000);
  // Two try again; the others wait for these, though lines are free.
  await platform.until(() => asked('put') >= 6);
  await clock.advance(10_000);
  assert.deepEqual([asked('put'), queue.pending, queue.size], [6, 2, 0]);
  const well = await delivering(t, { uplink }, clock);
  well.delivery.add(segmentOf(2));
  await well.platform.until(({ stored }) => stored.length === 1);
});

test('where the uplink is too slow for all, every session gets its share of it', async (t) => {
  const uplink = new UploadLines(new PQueue({ concurrency: 1 }));
  const clock = new FakeClock();
  const first = await delivering(t, { uplink, segmentMaxCount: 100 }, clock);
  const { platform } = first;
  platform.fault = (step) => (step === 'put' ? { kind: 'slow' } : undefined);
  const others = await Promise.all([1, 2].map(() => delivering(t, { platform, uplink, segmentMaxCount: 100 }, clock)));
  const sessions = [first, ...others];
  const delivered = () => sessions.map(({ delivery }) => delivery.status.delivered);
  for (let uploads = 0; uploads < 30; uploads++) {
    // Each upload takes as long as a session needs for half a segment, and there are three of them.
    if (uploads % 2 === 0) for (const { delivery } of sessions) delivery.add(segmentOf(uploads / 2));
    while (platform.heard.at(-1)?.step !== 'put' || platform.stored.length !== uploads) await turn();
    await clock.advance(5_000);
    platform.release();
    while (delivered().reduce((sum, count) => sum + count, 0) <= uploads) await turn();
  }
  assert.deepEqual(delivered(), [10, 10, 10]);
});

const turn = () => new Promise((resolve) => setImmediate(resolve));
