import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AvcSetup } from '../../../../src/media/feed/avc-setup.ts';
import { isSequenceHeader } from '../../../../src/media/flv-tag.ts';
import { aac, avcHeader, frame, keyFrame } from '../../../peers/flv-bytes.ts';

const SPS = Buffer.from([0x67, 0x42, 0x00, 0x1e, 0xaa]);
const LARGER_SPS = Buffer.from([0x67, 0x4d, 0x00, 0x28, 0xbb]);
const PPS = Buffer.from([0x68, 0xce, 0x38]);
const SLICE = Buffer.from([0x65, 1, 2, 3]);
const HEADER = avcHeader(1, 0x42, 0, 0x1e, 0xff, 0xe1, 0, SPS.length, ...SPS, 1, 0, PPS.length, ...PPS);

test('a key frame that repeats the known setup passes alone', () => {
  const setup = new AvcSetup();
  setup.follow(HEADER);
  assert.equal(setup.follow(keyFrame(40, [SPS, PPS, SLICE])).length, 1);
});

test('a key frame with another setup gets a sequence header in front, once', () => {
  const setup = new AvcSetup();
  setup.follow(HEADER);
  const changed = keyFrame(2000, [LARGER_SPS, PPS, SLICE]);
  const [header, picture] = setup.follow(changed);
  assert.ok(header && isSequenceHeader(header));
  const expected = avcHeader(
    1,
    0x4d,
    0,
    0x28,
    0xff,
    0xe1,
    0,
    LARGER_SPS.length,
    ...LARGER_SPS,
    1,
    0,
    PPS.length,
    ...PPS,
  );
  assert.deepEqual(header.body, expected.body);
  assert.equal(header.timestampMs, 2000);
  assert.equal(picture, changed);
  assert.equal(setup.follow(changed).length, 1);
});

test('a sequence header with nothing in it is left out, and the first key frame brings one', () => {
  const setup = new AvcSetup();
  assert.deepEqual(setup.follow(avcHeader()), []);
  assert.equal(setup.follow(keyFrame(0, [SPS, PPS, SLICE])).length, 2);
});

test('what is no H.264 key frame passes as it is', () => {
  const setup = new AvcSetup();
  const hevc = { kind: 'video' as const, timestampMs: 0, body: Buffer.from([0x1c, 1, 0, 0, 0, 9]) };
  for (const tag of [aac(0), frame(40), hevc, { ...frame(0), body: Buffer.alloc(0) }]) {
    assert.deepEqual(setup.follow(tag), [tag]);
  }
});

test('damaged framing does no harm', () => {
  const setup = new AvcSetup();
  const good = keyFrame(0, [SPS, PPS, SLICE]).body;
  for (let length = 5; length < good.length; length++) {
    const tag = { kind: 'video' as const, timestampMs: 0, body: good.subarray(0, length) };
    assert.ok(setup.follow(tag).includes(tag));
  }
  const huge = Buffer.concat([good.subarray(0, 5), Buffer.from([0xff, 0xff, 0xff, 0xff, 0x67])]);
  assert.equal(setup.follow({ kind: 'video', timestampMs: 0, body: huge }).length, 1);
  const empty = Buffer.concat([good.subarray(0, 5), Buffer.alloc(400)]);
  assert.equal(setup.follow({ kind: 'video', timestampMs: 0, body: empty }).length, 1);
});
