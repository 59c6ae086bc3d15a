import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FlvReader } from '../../../../src/media/feed/flv-reader.ts';
import type { FlvTag } from '../../../../src/media/flv-tag.ts';
import { aac, flvBytes, frame, keyFrame, script } from '../../../peers/flv-bytes.ts';

function tagsOf(chunks: readonly Buffer[]): FlvTag[] {
  const tags: FlvTag[] = [];
  const reader = new FlvReader((tag) => tags.push(tag));
  for (const chunk of chunks) reader.push(chunk);
  return tags;
}

const TAGS = [script(), keyFrame(0), aac(20), { ...frame(40), body: Buffer.alloc(0) }, frame(0x1234567)];

test('tags come out whole wherever the stream is cut', () => {
  const bytes = flvBytes(TAGS);
  for (let cut = 0; cut <= bytes.length; cut++) {
    assert.deepEqual(tagsOf([bytes.subarray(0, cut), bytes.subarray(cut)]), TAGS, `cut at ${cut}`);
  }
  assert.deepEqual(tagsOf([...bytes].map((byte) => Buffer.from([byte]))), TAGS);
});

test('a tag is given as soon as its body is whole', () => {
  const bytes = flvBytes([aac(0)]);
  assert.equal(tagsOf([bytes.subarray(0, bytes.length - 4)]).length, 1);
  assert.equal(tagsOf([bytes.subarray(0, bytes.length - 5)]).length, 0);
});

test('tags stay true when the memory they came in is used again', () => {
  const bytes = flvBytes(TAGS);
  const tags = tagsOf([bytes]);
  bytes.fill(0);
  assert.deepEqual(tags, TAGS);
});

const NONSENSE = [
  { words: 'no signature', bytes: Buffer.from('RIFF and more of it'), reason: 'no FLV signature' },
  { words: 'an unknown tag', bytes: Buffer.concat([flvBytes([]), Buffer.alloc(11, 3)]), reason: 'unknown tag type' },
  {
    words: 'a tag of 16 MiB',
    bytes: Buffer.concat([flvBytes([]), Buffer.from([9, 0xff, 0xff, 0xff, 0, 0, 0, 0, 0, 0, 0])]),
    reason: 'tag too large',
  },
];

for (const { words, bytes, reason } of NONSENSE) {
  test(`${words} is refused`, () => {
    assert.throws(() => tagsOf([bytes]), { kind: 'feed-failed', fields: { reason } });
  });
}
