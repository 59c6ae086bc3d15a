import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Clock } from '../../../src/runtime/clock.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { NetworkSearch } from '../../../src/service/camera-search.ts';
import { RawRtspServer, rtsp, SDP } from '../../peers/raw-rtsp-server.ts';
import { readableLog } from '../../peers/readable-log.ts';

/** How long the picture of a camera may take that was looked at for so long. */
async function pictureTime(t: Parameters<typeof RawRtspServer.listen>[0], lookMs: number) {
  let now = 0;
  const waits: number[] = [];
  const clock: Clock = {
    now: () => now,
    wall: systemClock.wall,
    sleep: (ms, signal) => {
      waits.push(ms);
      return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    },
  };
  const server = await RawRtspServer.listen(t, ({ cseq }) => {
    now = lookMs;
    return { bytes: rtsp(200, cseq, [], SDP) };
  });
  const search = new NetworkSearch({ rooms: () => undefined, command: () => 'false', clock, log: readableLog().log });
  const answer = await search.try({ rtsp: server.url.href }, new AbortController().signal);
  assert.ok(answer.ok && answer.picture === undefined);
  return waits.filter((ms) => ms === 10_000 || ms === 28_000 - lookMs);
}

test('a camera that takes long to answer leaves less time for its picture', async (t) => {
  assert.deepEqual(await pictureTime(t, 1_000), [10_000]);
  assert.deepEqual(await pictureTime(t, 22_500), [5_500]);
});
