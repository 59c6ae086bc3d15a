import assert from 'node:assert/strict';
import { test } from 'node:test';
import { chooseStream, type StreamWish } from '../../../src/channel/choose-stream.ts';
import type { CameraStream, VideoCodec } from '../../../src/channel/ports.ts';

function stream(profile: string, video: VideoCodec, height: number, bitsPerSecond?: number): CameraStream {
  const url = new URL(`rtsp://10.0.0.5/${profile}`);
  const size = { width: (height * 16) / 9, height, framesPerSecond: 25 };
  return { profile, name: profile, url, credentials: undefined, video, audio: 'G711', bitsPerSecond, ...size };
}

const main = stream('main', 'H264', 1080, 4_000_000);
const sub = stream('sub', 'H264', 360, 500_000);
const mainHevc = stream('main', 'H265', 2160, 6_000_000);
const subHevc = stream('sub', 'H265', 360, 300_000);
const WISH: StreamWish = { profile: 'auto', video: 'auto', maxBitsPerSecond: 0 };

const CASES: ReadonlyArray<readonly [string, readonly CameraStream[], Partial<StreamWish>, string]> = [
  ['the largest H.264 stream is taken', [sub, main], {}, 'main copy'],
  ['a limit takes the best stream below it', [main, sub], { maxBitsPerSecond: 1_000_000 }, 'sub copy'],
  ['a limit that is just met fits', [main, sub], { maxBitsPerSecond: 4_000_000 }, 'main copy'],
  ['a limit below all is refused', [main, sub], { maxBitsPerSecond: 100_000 }, 'bitrate-too-high'],
  ['an H.264 sub stream is preferred to transcoding', [mainHevc, sub], {}, 'sub copy'],
  ['H.265 alone is transcoded, from the stream that costs least', [mainHevc, subHevc], {}, 'sub transcode'],
  ['H.265 in large only is transcoded all the same', [mainHevc], {}, 'main transcode'],
  ['H.265 under copy is refused', [mainHevc], { video: 'copy' }, 'no-usable-profile'],
  ['a limit below any encoder is refused', [mainHevc], { maxBitsPerSecond: 50_000 }, 'bitrate-too-high'],
  [
    'transcoding on request meets any sensible limit',
    [main],
    { video: 'transcode', maxBitsPerSecond: 300_000 },
    'main transcode',
  ],
  ['quality ld or sd wants the sub stream', [main, sub], { quality: 'sub' }, 'sub copy'],
  ['a named profile is taken', [main, sub], { profile: 'sub' }, 'sub copy'],
  ['a named profile that is not there is refused', [main], { profile: 'third' }, 'no-usable-profile'],
  ['an unknown bit rate is taken to fit', [stream('rtsp', 'H264', 720)], { maxBitsPerSecond: 500_000 }, 'rtsp copy'],
];

for (const [sentence, streams, wish, expected] of CASES) {
  test(sentence, () => {
    const choose = () => chooseStream(streams, { ...WISH, ...wish });
    if (expected.includes(' ')) {
      const { stream: chosen, video } = choose();
      assert.equal(`${chosen.profile} ${video}`, expected);
    } else assert.throws(choose, { kind: expected });
  });
}
