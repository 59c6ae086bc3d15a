import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { FeedSource } from '../../src/media/feed/feed-source.ts';
import { GatewayError } from '../../src/runtime/errors.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { type Ending, Listener, runningFeeds, startedCamera, streamOf } from '../peers/feed-room.ts';

/** Short, so that a test needs no eight seconds; long enough for a loaded machine. */
const PATIENCE = { openingMs: 4_000, startingMs: 5_000, flowingMs: 1_000 };
const FAST_KEY_FRAMES = { gopSeconds: 1, audio: 'none' } as const;

function listening(
  t: Ending,
  stream: FeedSource['stream'],
  parts: object = {},
): { listener: Listener; stop: () => Promise<void>; children: () => number[] } {
  const { feeds, lines, stop } = runningFeeds(t, { patience: PATIENCE, ...parts });
  const listener = new Listener();
  const source = { name: 'Front door', stream, video: 'copy' as const, maxBitsPerSecond: 0 };
  void feeds.open(source, listener, new AbortController().signal);
  const children = (): number[] =>
    lines.flatMap(({ child_pid, msg }) => (msg === 'process started' ? [Number(child_pid)] : []));
  return { listener, stop, children };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

test('a camera that freezes with its session open is noticed, and flows again once it is back', async (t) => {
  const camera = await startedCamera(t, { main: FAST_KEY_FRAMES });
  const { listener, stop, children } = listening(t, streamOf(camera, { audio: undefined }));
  await listener.until(() => listener.count('key frame') > 0);
  camera.habits.set('rtsp-stalls', true);
  await listener.until(() => listener.downs.length > 0);
  assert.equal(listener.downs[0]?.sentence, 'camera stopped sending');
  assert.equal(listener.downs[0]?.kind, 'camera-unreachable');
  camera.habits.set('rtsp-stalls', false);
  const before = listener.tags.length;
  await listener.until(() => listener.tags.length > before + 3);
  assert.deepEqual(listener.kinds.slice(before, before + 3), ['script', 'video setup', 'key frame']);
  assert.ok(listener.restarts >= 1);
  await stop();
  assert.deepEqual(children().filter(isAlive), []);
});

test('a killed ffmpeg is replaced', async (t) => {
  const camera = await startedCamera(t, { main: FAST_KEY_FRAMES });
  const { listener, children } = listening(t, streamOf(camera, { audio: undefined }));
  await listener.until(() => listener.count('key frame') > 0);
  process.kill(Number(children()[0]), 'SIGKILL');
  await listener.until(() => listener.restarts === 1 && listener.kinds.lastIndexOf('script') > 0);
  assert.equal(listener.downs[0]?.kind, 'process-failed');
});

test('a camera that loses its power flows again within three seconds of its return', async (t) => {
  const camera = await startedCamera(t, { main: FAST_KEY_FRAMES });
  const { listener, stop, children } = listening(t, streamOf(camera, { audio: undefined }));
  await listener.until(() => listener.count('key frame') > 0);
  await camera.powerOff();
  await listener.until(() => listener.downs.some(({ kind }) => kind === 'camera-unreachable'));
  const spawned = children().length;
  await listener.until(() => listener.downs.length >= 4);
  assert.ok(children().length <= spawned + 1, 'looking for the camera needs no ffmpeg');
  await camera.powerOn();
  const since = performance.now();
  const before = listener.tags.length;
  await listener.until(() => listener.tags.length > before);
  assert.ok(performance.now() - since < 3_000, `${Math.round(performance.now() - since)} ms`);
  await stop();
  assert.deepEqual(children().filter(isAlive), []);
});

test('a refused password is told at once and not tried again soon', async (t) => {
  const camera = await startedCamera(t, { main: FAST_KEY_FRAMES });
  const credentials = { username: 'admin', password: new Secret('wrong') };
  const { listener, children } = listening(t, streamOf(camera, { credentials, audio: undefined }));
  await listener.until(() => listener.downs.some(({ kind }) => kind === 'camera-unauthorized'));
  // On a busy machine a try before it may have been given up.
  assert.equal(children().length, listener.downs.length);
});

test('a stream that the camera does not know is told in words', async (t) => {
  const camera = await startedCamera(t, { main: FAST_KEY_FRAMES });
  const url = new URL('/nothing/here', camera.rtspUrl('main'));
  const { listener } = listening(t, streamOf(camera, { url, audio: undefined }));
  await listener.until(() => listener.downs.some(({ message }) => message === 'camera does not know this stream'));
});

test('a program that is not there is told in words', async (t) => {
  const camera = await startedCamera(t, { main: FAST_KEY_FRAMES });
  const { listener } = listening(t, streamOf(camera), { command: 'no-such-ffmpeg' });
  await listener.until(() => listener.downs.length > 0);
  assert.equal(listener.downs[0]?.sentence, 'program could not be started: no-such-ffmpeg: there is no such program');
});

test('a feed that was lost asks who is there before its login goes there once more', async (t) => {
  const camera = await startedCamera(t, { main: FAST_KEY_FRAMES });
  let asked = 0;
  const confirm = async (): Promise<void> => {
    asked++;
    throw new GatewayError('other-camera', 'another camera answers at this address');
  };
  const { listener, children } = listening(t, streamOf(camera, { audio: undefined, confirm }));
  await listener.until(() => listener.count('key frame') > 0);
  assert.equal(asked, 0);
  camera.dropPlayers();
  await listener.until(() => listener.downs.some(({ kind }) => kind === 'other-camera'));
  assert.ok(asked > 0);
  assert.equal(children().length, 1);
});
