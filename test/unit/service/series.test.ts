import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Series } from '../../../src/service/memory/series.ts';
import { channel, siteStatus } from '../../peers/box/states.ts';
import { FakeClock } from '../../peers/fake-clock.ts';

const STEP_MS = 30_000;
const SIX_HOURS = 720;

/** Figures of a site whose backlog is the number of the moment; a camera streams as long as the test wants. */
async function series(t: { after: (fn: () => void) => void }) {
  const clock = new FakeClock();
  const scene = { moment: 0, streams: true };
  const stream = { profile: 'a', video: 'h264', bitsPerSecond: 5, restarts: 0, droppedGops: 0, transcoding: false };
  const status = () =>
    siteStatus({
      backlog: { segments: 0, bytes: ++scene.moment, alarms: 0 },
      channels: [channel(0, 'Door', scene.streams ? { stream } : {})],
    });
  const end = new AbortController();
  const kept = new Series({ status, clock });
  const life = kept.run(end.signal);
  t.after(async () => {
    end.abort();
    await life;
  });
  const pass = async (moments: number): Promise<void> => {
    for (let each = 0; each < moments; each++) await clock.advance(STEP_MS);
  };
  const values = (name: string) => kept.history.series.find((row) => row.name === name)?.values;
  return { kept, scene, pass, values };
}

test('each figure has a value for each moment, the oldest first', async (t) => {
  const { kept, scene, pass, values } = await series(t);
  assert.deepEqual(kept.history.series, []);
  await pass(2);
  scene.streams = false;
  await pass(1);
  assert.deepEqual(values('backlog'), [1, 2, 3]);
  assert.deepEqual(values('channel-0'), [5, 5, null]);
});

test('six hours are kept, and a stream for as long as one of its values is', async (t) => {
  const { scene, pass, values } = await series(t);
  await pass(1);
  scene.streams = false;
  await pass(SIX_HOURS - 1);
  assert.equal(values('channel-0')?.[0], 5);
  await pass(1);
  assert.equal(values('channel-0'), undefined);
  const backlog = values('backlog') ?? [];
  assert.deepEqual([backlog.length, backlog[0], backlog.at(-1)], [SIX_HOURS, 2, SIX_HOURS + 1]);
});
