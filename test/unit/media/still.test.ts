import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { StillMedia } from '../../../src/media/still.ts';
import { readableLog } from '../../peers/readable-log.ts';

const FAKE = join(import.meta.dirname, '../../peers/fake-ffmpeg.mjs');

test('of several pictures the last is taken, and who keeps it does not keep the others', async () => {
  const size = { width: undefined, height: undefined, framesPerSecond: undefined, bitsPerSecond: undefined };
  const camera = { url: new URL('rtsp://127.0.0.1/pictures'), credentials: undefined, ...size };
  const stream = { profile: 'main', name: 'Main', video: 'H264', audio: undefined, ...camera } as const;
  const stills = new StillMedia({ command: FAKE, feeds: { cached: () => undefined }, log: readableLog().log });
  const picture = await stills.grab([stream])(new AbortController().signal);
  assert.equal(picture.length, 30_003);
  assert.equal(picture.buffer.byteLength, picture.length);
});
