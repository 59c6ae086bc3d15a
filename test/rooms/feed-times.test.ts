import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import type { CameraStream } from '../../src/channel/ports.ts';
import { type FlvTag, isAac, isSequenceHeader } from '../../src/media/flv-tag.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { runFfmpeg } from '../../src/simulator/camera/child-process.ts';
import { TEST_MAIN } from '../../src/simulator/camera/profiles.ts';
import { type Ending, Listener, runningFeeds, streamOf } from '../peers/feed-room.ts';
import { LateSound, oddCamera, Unreported } from '../peers/odd-camera.ts';
import { readableLog } from '../peers/readable-log.ts';
import { scratch } from '../peers/scratch.ts';

const LOGIN = { username: 'admin', password: new Secret('odd-secret') };

/** Pictures as they are sent, setup left out. */
function pictures(tags: readonly FlvTag[]): FlvTag[] {
  return tags.filter((tag) => tag.kind === 'video' && !isSequenceHeader(tag));
}

/** When a picture is shown: its decoding time and the composition time in its body. */
function shownMs({ timestampMs, body }: FlvTag): number {
  return timestampMs + body.readIntBE(2, 3);
}

function rises(times: readonly number[]): boolean {
  return times.every((time, at) => at === 0 || time > (times[at - 1] ?? 0));
}

function watching(t: Ending, url: URL, overrides: Partial<CameraStream> = {}): Listener {
  const stream = streamOf({ rtspUrl: () => url }, { credentials: LOGIN, ...overrides });
  const { feeds } = runningFeeds(t);
  const listener = new Listener();
  const source = { name: 'Front door', stream, video: 'copy' as const, maxBitsPerSecond: 0 };
  const stay = new AbortController();
  const done = feeds.open(source, listener, stay.signal);
  t.after(() => {
    stay.abort();
    return done;
  });
  return listener;
}

test('pictures with B-frames keep the time they are shown at, and are decoded in time', async (t) => {
  const film = join(await scratch(t), 'b-frames.nut');
  const picture = ['-f', 'lavfi', '-i', 'testsrc2=size=320x180:rate=25', '-t', '16', '-pix_fmt', 'yuv420p'];
  const encoder = ['-c:v', 'libx264', '-preset', 'superfast', '-bf', '2', '-g', '25'];
  const x264 = ['-x264-params', 'b-adapt=0:scenecut=0:repeat-headers=1'];
  const life = { signal: new AbortController().signal, log: readableLog().log };
  await runFfmpeg([...picture, ...encoder, ...x264, film], life);
  const url = await oddCamera(t, { mount: Unreported, show: film, joinsMidGop: false, credentials: LOGIN });
  const listener = watching(t, url, { audio: undefined, framesPerSecond: 25 });
  await listener.until(() => pictures(listener.tags).length >= 60);
  const seen = pictures(listener.tags);
  const decoded = seen.map(({ timestampMs }) => timestampMs);
  const shown = seen.map(shownMs);
  assert.ok(rises(decoded), `decoded at ${decoded}`);
  assert.ok(
    shown.every((time, at) => time >= (decoded[at] ?? 0)),
    'no picture is shown before it is decoded',
  );
  assert.equal(new Set(shown).size, shown.length, `shown at ${shown}`);
  assert.ok(!rises(shown), 'the film has B-frames');
});

test('sound that comes after the picture and is dated back costs no picture', async (t) => {
  const url = await oddCamera(t, { mount: LateSound, show: TEST_MAIN, joinsMidGop: true, credentials: LOGIN });
  const listener = watching(t, url);
  await listener.until(() => pictures(listener.tags).length >= 45 && listener.count('audio') > 20);
  // A camera may be slow on a busy machine; what must not be is that ffmpeg gives up.
  const failures = listener.downs.filter(({ kind }) => kind !== 'camera-unreachable');
  assert.deepEqual(failures, []);
  assert.ok(listener.tags.filter(({ kind }) => kind === 'audio').every(isAac));
});
