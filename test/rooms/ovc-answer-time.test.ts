import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ChannelState } from '../../src/channel/state.ts';
import { INITIAL } from '../../src/channel/state.ts';
import { isKeepalive, linked } from '../peers/linked.ts';

const REQUESTS = 1_000;

/** The budget, which the benchmark holds for the 99th of a hundred. Here the machine has other things to do. */
const BOUND_MS = 5;

test('QueryTime is answered within milliseconds while 64 channels are reported', async (t) => {
  const recording = { sessionId: 'r'.repeat(32), flowing: true };
  let streams = 0;
  const report = () => {
    const publish = { streamId: `${++streams}`.padStart(32, 's'), live: true };
    const state: ChannelState = { ...INITIAL, publish, recording, alarms: new Set(['motion']) };
    const channels = new Map(Array.from({ length: 64 }, (_, channel) => [channel, state]));
    return { state: 'online', channels } as const;
  };
  const { ovc, link } = await linked(t, { report });
  await ovc.hears(isKeepalive);
  const times: number[] = [];
  for (let n = 0; n < REQUESTS; n++) {
    link.changed();
    times.push(await ovc.timed('QueryTime'));
  }
  times.sort((a, b) => a - b);
  const [median = 0, p99 = 0] = [0.5, 0.99].map((part) => times[Math.floor(REQUESTS * part)]);
  t.diagnostic(`QueryTime: median ${median.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms`);
  assert.ok(median < BOUND_MS, `the median is ${median} ms`);
});
