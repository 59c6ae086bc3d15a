import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TsRun } from '../../../src/channel/ports.ts';
import { TS_PACKET_BYTES } from '../../../src/runtime/ts-packet.ts';
import { type Cutting, cutting } from '../../peers/cutting.ts';

const FRAME = 3600;

interface Shot {
  readonly key?: boolean;
  readonly packets?: number;
  readonly setupChanged?: boolean;
}

/** A run of empty packets: to the cutting rules only size, time and key frames matter. */
function run(frame: number, { key = false, packets = 10, setupChanged = false }: Shot = {}): TsRun {
  const bytes = Buffer.alloc(packets * TS_PACKET_BYTES);
  for (let at = 0; at < bytes.length; at += TS_PACKET_BYTES) bytes.set([0x47, 0x01, 0x00, 0x10], at);
  return { packets: bytes, keyFrame: key, setupChanged, dts: 126_000 + frame * FRAME };
}

async function feed({ segmenter, clock }: Cutting, frames: number, shot: (frame: number) => Shot): Promise<void> {
  for (let frame = 0; frame < frames; frame++) {
    segmenter.onRun(run(frame, shot(frame)));
    await clock.advance(40);
  }
}

const seconds = ({ segments }: Cutting): number[] => segments.map(({ durationUs }) => durationUs / 1e6);
const keyEvery = (frames: number) => (frame: number) => ({ key: frame % frames === 0 });

test('a segment ends at the first key frame at or after its duration', async () => {
  const cut = cutting({ segmentSeconds: 3 });
  await feed(cut, 301, keyEvery(50));
  assert.deepEqual(seconds(cut), [4, 4, 4]);
});

test('frames before the first key frame are no footage', async () => {
  const cut = cutting({ segmentSeconds: 1 });
  await feed(cut, 81, (frame) => ({ key: frame % 25 === 5 }));
  assert.deepEqual(seconds(cut), [1, 1, 1]);
  assert.equal(cut.segments[0]?.startUs, 1_500_000_000_000_000);
});

test('before the largest size is passed, a segment ends at its last key frame', async () => {
  const segmentMaxBytes = 60 * 10 * TS_PACKET_BYTES;
  const cut = cutting({ segmentSeconds: 60, segmentMaxBytes });
  await feed(cut, 126, keyEvery(25));
  assert.deepEqual(seconds(cut), [2, 2]);
  assert.ok(cut.segments.every(({ bytes }) => bytes <= segmentMaxBytes));
});

test('a key frame that would pass the largest size begins the next segment', async () => {
  const cut = cutting({ segmentSeconds: 60, segmentMaxBytes: 50 * 10 * TS_PACKET_BYTES });
  await feed(cut, 51, keyEvery(25));
  assert.deepEqual(seconds(cut), [2]);
});

test('a picture larger than a segment may be makes a segment of its own, and that is told', async () => {
  const cut = cutting({ segmentSeconds: 60, segmentMaxBytes: 40 * 10 * TS_PACKET_BYTES });
  await feed(cut, 52, (frame) => ({ key: frame % 25 === 0, packets: frame === 25 ? 1000 : 10 }));
  assert.deepEqual(seconds(cut).slice(0, 2), [1, 0.04]);
  const told = cut.lines.filter(({ msg }) => msg === 'picture is larger than a segment may be');
  assert.deepEqual(
    told.map(({ bytes }) => bytes),
    [1000 * TS_PACKET_BYTES],
  );
});

test('a group of pictures larger than a segment may be is cut between pictures, and that is told', async () => {
  const cut = cutting({ segmentSeconds: 60, segmentMaxBytes: 40 * 10 * TS_PACKET_BYTES });
  await feed(cut, 100, keyEvery(1000));
  assert.deepEqual(seconds(cut), [1.6, 1.6]);
  assert.equal(cut.lines.filter(({ msg }) => msg === 'group of pictures is larger than a segment may be').length, 2);
});

test('another picture size ends a segment, but none shorter than a second', async () => {
  const cut = cutting({ segmentSeconds: 60 });
  await feed(cut, 100, (frame) => ({ key: frame % 10 === 0, setupChanged: frame === 50 || frame === 60 }));
  cut.segmenter.finish();
  assert.deepEqual(seconds(cut), [2, 2]);
});

test('what is shorter than a second when the source breaks off is joined to what follows at once', async () => {
  const cut = cutting({ segmentSeconds: 2 });
  await feed(cut, 10, keyEvery(50));
  cut.segmenter.onGap();
  await feed(cut, 51, keyEvery(50));
  cut.segmenter.finish();
  assert.deepEqual(seconds(cut), [2.4, 0.04]);
});

test('what is shorter than a second before a long gap is a segment of its own', async () => {
  const cut = cutting({ segmentSeconds: 2 });
  await feed(cut, 10, keyEvery(50));
  cut.segmenter.onGap();
  await cut.clock.advance(10_000);
  await feed(cut, 51, keyEvery(50));
  cut.segmenter.finish();
  assert.deepEqual(seconds(cut), [0.4, 2, 0.04]);
  assert.deepEqual(
    cut.segments.map(({ startUs }) => startUs - 1_500_000_000_000_000),
    [0, 10_400_000, 12_400_000],
  );
});

test("the session's last segment may be shorter than a second", async () => {
  const cut = cutting({ segmentSeconds: 2 });
  await feed(cut, 3, keyEvery(50));
  cut.segmenter.finish();
  cut.segmenter.finish();
  assert.deepEqual(seconds(cut), [0.12]);
});

test('time stamps that jump while the source runs on leave no hole and do not turn the order', async () => {
  const cut = cutting({ segmentSeconds: 60 });
  for (const jump of [0, 900_000_000, -500_000]) {
    for (let frame = 0; frame < 50; frame++) {
      const shot = run(frame, { key: frame === 0 });
      cut.segmenter.onRun({ ...shot, dts: shot.dts + jump });
      await cut.clock.advance(40);
    }
  }
  cut.segmenter.finish();
  assert.deepEqual(seconds(cut), [6]);
  assert.equal(cut.segments[0]?.nextDts, 126_000 + 150 * FRAME);
});

test('start, duration and next_dts of frame rates that no microsecond fits do not drift', async () => {
  const cut = cutting({ segmentSeconds: 1 });
  for (let frame = 0; frame < 3_001; frame++) {
    cut.segmenter.onRun({ ...run(frame, { key: frame % 30 === 0 }), dts: 126_000 + frame * 3003 });
    await cut.clock.advance(33.37);
  }
  for (const [index, { startUs, durationUs, nextDts }] of cut.segments.entries()) {
    const [begin, end] = [index * 30 * 3003, (index + 1) * 30 * 3003];
    assert.equal(nextDts, 126_000 + end);
    assert.equal(startUs, 1_500_000_000_000_000 + Math.round((begin * 100) / 9));
    assert.equal(durationUs, Math.round((30 * 3003 * 100) / 9));
  }
});
