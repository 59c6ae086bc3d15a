import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GopCache, type GopLimits } from '../../../../src/media/feed/gop-cache.ts';
import type { FlvTag } from '../../../../src/media/flv-tag.ts';
import { aac, aacHeader, avcHeader, frame, keyFrame, script } from '../../../peers/flv-bytes.ts';

function cacheOf(tags: readonly FlvTag[], limits: GopLimits = {}): GopCache {
  const cache = new GopCache(limits);
  for (const tag of tags) cache.add(tag);
  return cache;
}

const SETUP = [script(), avcHeader(1), aacHeader()];

test('a consumer that joins gets setup and everything since the last key frame, in order', () => {
  const group = [keyFrame(2000), aac(2010), frame(2040)];
  const start = cacheOf([...SETUP, keyFrame(0), frame(40), ...group]).start();
  assert.deepEqual(start?.slice(3), group);
  assert.deepEqual(
    start?.slice(0, 3).map(({ kind }) => kind),
    ['script', 'video', 'audio'],
  );
});

test('setup bears the time of the first picture', () => {
  const start = cacheOf([...SETUP, keyFrame(2000)]).start();
  assert.deepEqual(new Set(start?.map(({ timestampMs }) => timestampMs)), new Set([2000]));
});

test('before the first key frame there is nothing to start from', () => {
  assert.equal(cacheOf([...SETUP, aac(0), frame(40)]).start(), undefined);
});

test('a group that grows too large or too old is dropped until the next key frame', () => {
  const large = [keyFrame(0), frame(40, 500), frame(80, 500), frame(120, 20)];
  assert.equal(cacheOf(large, { maxBytes: 600 }).start(), undefined);
  assert.equal(cacheOf(large, { maxBytes: 600 }).bytes, 0);
  assert.equal(cacheOf(large, { maxAgeMs: 100 }).start(), undefined);
  assert.equal(cacheOf([...large, keyFrame(160)], { maxBytes: 600 }).start()?.length, 1);
});

test('after clearing neither setup nor pictures are left', () => {
  const cache = cacheOf([...SETUP, keyFrame(0)]);
  cache.clear();
  cache.add(keyFrame(40));
  assert.equal(cache.start()?.length, 1);
});
