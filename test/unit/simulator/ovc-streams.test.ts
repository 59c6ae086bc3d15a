import assert from 'node:assert/strict';
import { test } from 'node:test';
import { StreamLedger } from '../../../src/simulator/ovc/rtmp-stream.ts';
import { FakeClock } from '../../peers/fake-clock.ts';

/** The first bytes of FLV bodies: frame type and codec, then setup (0) or frame (1). */
const AVC_SETUP = Buffer.from([0x17, 0, 0, 0, 0]);
const AVC_KEY = Buffer.from([0x17, 1, 0, 0, 0, 9]);
const AVC_DELTA = Buffer.from([0x27, 1, 0, 0, 0, 9]);
const AAC_SETUP = Buffer.from([0xaf, 0, 0x12, 0x10]);
const AAC_FRAME = Buffer.from([0xaf, 1, 9]);
const HEVC_KEY = Buffer.from([0x91, ...Buffer.from('hvc1'), 0, 0, 0]);

function ledger(): { clock: FakeClock; stream: StreamLedger } {
  const clock = new FakeClock();
  return { clock, stream: new StreamLedger({ number: 1, path: '/live/x', peer: '127.0.0.1:1' }, clock) };
}

test('a stream tells its codecs, frames and the time to the first frame and key frame', async () => {
  const { clock, stream } = ledger();
  assert.equal(stream.video(AVC_SETUP, 0), true);
  stream.size(1280, 720);
  await clock.advance(40);
  assert.equal(stream.video(AVC_DELTA, 0), false);
  await clock.advance(60);
  stream.video(AVC_KEY, 40);
  stream.audio(AAC_SETUP, 0);
  stream.audio(AAC_FRAME, 23);
  const { video, audio, bytes, live } = stream.report();
  assert.deepEqual(video, {
    codec: 'H264',
    frames: 2,
    setups: 1,
    keyFrames: 1,
    width: 1280,
    height: 720,
    firstFrameMs: 40,
    firstFrameAt: '2026-01-02T03:04:05.040Z',
    firstKeyFrameMs: 100,
    firstTimestampMs: 0,
    lastTimestampMs: 40,
    backwardSteps: 0,
    longestGapMs: 60,
  });
  assert.deepEqual([audio?.codec, audio?.frames, audio?.setups], ['AAC', 1, 1]);
  assert.equal(bytes, 5 + 6 + 6 + 4 + 3);
  assert.equal(live, true);
});

test('a stream counts each step backwards in time, for each track alone', () => {
  const { stream } = ledger();
  for (const timestamp of [0, 40, 20, 60, 59, 59]) stream.video(AVC_DELTA, timestamp);
  stream.audio(AAC_FRAME, 10);
  assert.equal(stream.report().video?.backwardSteps, 2);
  assert.equal(stream.report().audio?.backwardSteps, 0);
});

test('a stream knows H.265 by its FourCC', () => {
  const { stream } = ledger();
  stream.video(HEVC_KEY, 0);
  assert.deepEqual([stream.report().video?.codec, stream.report().video?.keyFrames], ['H265', 1]);
});

test('a stream ends once', async () => {
  const { clock, stream } = ledger();
  await clock.advance(500);
  stream.end('unpublished');
  stream.end('lost');
  assert.deepEqual(stream.report().ended, { how: 'unpublished', at: '2026-01-02T03:04:05.500Z', ms: 500 });
});
