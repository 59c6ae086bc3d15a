import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Intake } from '../../../src/recording/intake.ts';
import { TS_PACKET_BYTES } from '../../../src/runtime/ts-packet.ts';
import { cutting } from '../../peers/cutting.ts';

const SECOND = 90_000;

test('footage of few pictures that was held back keeps its pace', async () => {
  const { segmenter, segments, clock } = cutting({ segmentSeconds: 2, firstDts: 0 });
  const heard = { onFull: () => undefined, onBegin: () => undefined, report: () => undefined };
  const intake = new Intake({ ...heard, maxHeldBytes: 1e6, clock });
  for (let picture = 0; picture < 8; picture++) {
    const packets = Buffer.alloc(TS_PACKET_BYTES, 0x47);
    intake.onRun({ packets, keyFrame: true, setupChanged: false, dts: picture * SECOND });
    await clock.advance(1_000);
  }
  intake.release(segmenter);
  segmenter.finish();
  assert.deepEqual(
    segments.map(({ nextDts, durationUs }) => [nextDts / SECOND, durationUs / 1e6]),
    [
      [2, 2],
      [4, 2],
      [6, 2],
      [8, 2],
    ],
  );
});
