import assert from 'node:assert/strict';
import { test } from 'node:test';
import { KeyFrameStart } from '../../../src/simulator/camera/key-frame-start.ts';
import { Mount } from '../../../src/simulator/camera/rtsp-mount.ts';

/** A framed RTP packet whose payload begins with these bytes. */
const packet = (...payload: number[]): Buffer => Buffer.concat([Buffer.alloc(4 + 12), Buffer.from(payload)]);

const SLICE = { H264: packet(0x41), H265: packet(0x02, 0x01), MJPEG: packet(0) };
const KEY: ReadonlyArray<readonly [string, 'H264' | 'H265', Buffer]> = [
  ['an H.264 parameter set', 'H264', packet(0x67)],
  ['an H.264 key picture', 'H264', packet(0x65)],
  ['H.264 parameter sets in one packet', 'H264', packet(0x78, 0, 9, 0x67)],
  ['the first fragment of an H.264 key picture', 'H264', packet(0x7c, 0x85)],
  ['an H.265 parameter set', 'H265', packet(0x40, 0x01)],
  ['H.265 parameter sets in one packet', 'H265', packet(0x60, 0x01, 0, 9, 0x40)],
  ['the first fragment of an H.265 key picture', 'H265', packet(0x62, 0x01, 0x93)],
];

for (const [what, codec, key] of KEY) {
  test(`a new player starts at ${what}`, () => {
    const start = new KeyFrameStart(codec);
    start.add(0, SLICE[codec], true);
    start.add(2, packet(1), true);
    assert.equal(start.packets.length, 0);
    start.add(0, key, true);
    start.add(2, packet(2), true);
    start.add(0, SLICE[codec], true);
    assert.deepEqual(
      start.packets.map(({ lane }) => lane),
      [0, 2, 0],
    );
    start.add(0, key, true);
    assert.equal(start.packets.length, 1);
  });
}

/** What a player is handed that joins after a key picture and the one that follows it. */
function handedAtPlay(habits: ReadonlySet<string>): Buffer[] {
  const mood = () => ({ stalls: false, drops: false, joinsMidGop: habits.has('rtsp-joins-mid-gop') });
  const mount = new Mount({ path: '/live', codec: 'H264', mood, onPublished: () => undefined });
  mount.publish('v=0', {});
  for (const bytes of [packet(0x65), SLICE.H264]) mount.relay(0, { channel: 0, bytes });
  const handed: Buffer[] = [];
  mount.join({ send: (frame) => void handed.push(frame), drop: () => undefined }, new Map([[0, 0]]));
  return handed;
}

test('a player is handed the group of pictures from its key frame on, unless the camera makes none at PLAY', () => {
  assert.equal(handedAtPlay(new Set()).length, 2);
  assert.equal(handedAtPlay(new Set(['rtsp-joins-mid-gop'])).length, 0);
});
