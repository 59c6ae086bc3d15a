import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Timeline } from '../../../src/recording/timeline.ts';
import { FakeClock } from '../../peers/fake-clock.ts';

const FRAME = 3600;
const FRAME_MS = 40;

/** A timeline that begins at 0, and pictures that arrive after some ms with a DTS. */
async function places(pictures: ReadonlyArray<readonly [afterMs: number, dts: number]>) {
  const clock = new FakeClock();
  const timeline = new Timeline({ firstDts: undefined, startUs: () => 0, clock });
  const placed: Array<{ dts: number; us: number }> = [];
  for (const [afterMs, dts] of pictures) {
    await clock.advance(afterMs);
    placed.push(timeline.place(dts));
  }
  return placed;
}

test('a source that moves its time stamps without a pause moves neither the list nor the time of day', async () => {
  const placed = await places([
    [0, 0],
    [FRAME_MS, 2 * 90_000],
    [FRAME_MS, 2 * 90_000 + FRAME],
  ]);
  assert.deepEqual(placed, [
    { dts: 0, us: 0 },
    { dts: FRAME, us: 40_000 },
    { dts: 2 * FRAME, us: 80_000 },
  ]);
});

test('a pause between two pictures stays one, in the list and in the time of day', async () => {
  const placed = await places([
    [0, 0],
    [FRAME_MS, FRAME],
    [2_000, FRAME + 2 * 90_000],
  ]);
  assert.deepEqual(placed.at(-1), { dts: FRAME + 2 * 90_000, us: 2_040_000 });
});

test('pictures that a slow network brings in one burst keep their time', async () => {
  const slow = Array.from({ length: 6 }, (_, index): readonly [number, number] => [1_000, index * 90_000]);
  const burst = Array.from({ length: 4 }, (_, index): readonly [number, number] => [0, (6 + index) * 90_000]);
  const placed = await places([...slow, ...burst]);
  assert.deepEqual(placed.at(-1), { dts: 9 * 90_000, us: 9_000_000 });
});
