import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { VideoTreatment } from '../../src/channel/ports.ts';
import type { FeedConsumer } from '../../src/media/feed/audience.ts';
import type { FeedSource } from '../../src/media/feed/feed-source.ts';
import { isAac } from '../../src/media/flv-tag.ts';
import { CAMERA_PASSWORD, type Ending, Listener, runningFeeds, startedCamera, streamOf } from '../peers/feed-room.ts';

const TS_SYNC = 0x47;
const TS_PACKET_BYTES = 188;

function source(stream: FeedSource['stream'], video: VideoTreatment = 'copy', maxBitsPerSecond = 0): FeedSource {
  return { name: 'Front door', stream, video, maxBitsPerSecond };
}

/** Opens for as long as the test lasts, or until the call of what is returned. */
function opened(
  t: Ending,
  open: (listener: Listener, signal: AbortSignal) => Promise<void>,
): { listener: Listener; leave: () => Promise<void> } {
  const stay = new AbortController();
  const listener = new Listener();
  const done = open(listener, stay.signal);
  const leave = (): Promise<void> => {
    stay.abort();
    return done;
  };
  t.after(leave);
  return { listener, leave };
}

/** Takes the TS alone, as a recording does. */
function recorderOf(listener: Listener): FeedConsumer {
  return {
    onTs: (chunk) => listener.onTs(chunk),
    onRestart: () => listener.onRestart(),
    onDown: (err) => listener.onDown(err),
  };
}

// Each waits for its own camera most of the time.
describe('a feed', { concurrency: 4 }, () => {
  test('H.264 is copied and G.711 becomes AAC, as FLV and as TS', async (t) => {
    const camera = await startedCamera(t);
    const { feeds, lines } = runningFeeds(t);
    const { listener } = opened(t, (l, signal) => feeds.open(source(streamOf(camera)), l, signal));
    await listener.until(
      () => listener.count('key frame') >= 1 && listener.count('audio') >= 5 && listener.tsBytes > 0,
    );
    assert.deepEqual(listener.kinds.slice(0, 4), ['script', 'video setup', 'audio setup', 'key frame']);
    assert.ok(listener.tags.filter(({ kind }) => kind === 'audio').every(isAac));
    assert.equal(listener.tsHead?.[0], TS_SYNC);
    assert.equal(listener.tsHead?.[TS_PACKET_BYTES], TS_SYNC);
    assert.equal(camera.counts.rtsp.main?.players, 1);
    assert.equal(JSON.stringify(lines).includes(encodeURIComponent(CAMERA_PASSWORD)), false);
  });

  const AUDIO = [
    { says: 'AAC', sends: 'AAC', comes: true, words: 'AAC is copied' },
    { says: 'AAC', sends: 'PCMA', comes: true, words: 'G.711 that was announced as AAC is encoded after all' },
    { says: undefined, sends: 'PCMU', comes: false, words: 'without announced audio there is none' },
    { says: 'G711', sends: 'none', comes: false, words: 'announced audio that is not there does no harm' },
  ] as const;

  for (const { says, sends, comes, words } of AUDIO) {
    test(words, async (t) => {
      const camera = await startedCamera(t, { main: { audio: sends } });
      const { feeds } = runningFeeds(t);
      const { listener } = opened(t, (l, signal) => feeds.open(source(streamOf(camera, { audio: says })), l, signal));
      await listener.until(() => listener.count('video') > 15 && (!comes || listener.count('audio') > 5));
      assert.equal(listener.count('audio') > 0, comes);
      assert.ok(listener.tags.filter(({ kind }) => kind === 'audio').every(isAac));
      assert.deepEqual(listener.downs, []);
    });
  }

  for (const codec of ['H265', 'MJPEG'] as const) {
    test(`${codec} is transcoded to H.264, and the bit rate is kept`, async (t) => {
      const camera = await startedCamera(t, { main: { codec, audio: 'none' } });
      const { feeds } = runningFeeds(t);
      const stream = streamOf(camera, { video: codec, audio: undefined });
      const { listener } = opened(t, (l, signal) => feeds.open(source(stream, 'transcode', 300_000), l, signal));
      await listener.until(() => listener.count('key frame') >= 2 && listener.tsBytes > 0);
      const video = listener.tags.filter(({ kind }) => kind === 'video');
      assert.ok(
        video.every(({ body }) => ((body[0] ?? 0) & 0x0f) === 7),
        'all video is AVC',
      );
      const seconds = ((video.at(-1)?.timestampMs ?? 0) - (video[0]?.timestampMs ?? 0)) / 1000;
      const bits = video.reduce((sum, { body }) => sum + body.length * 8, 0);
      assert.ok(bits / seconds < 400_000, `${Math.round(bits / seconds)} bit/s`);
      assert.ok(feeds.status()[0]?.encoder);
    });
  }

  test('H.265 is copied for a recording, and a running encoder of the same stream is shared for it', async (t) => {
    const camera = await startedCamera(t, { main: { codec: 'H265' } });
    const { feeds } = runningFeeds(t, { lingerMs: 0 });
    const stream = streamOf(camera, { video: 'H265' });
    const recording = opened(t, (l, signal) => feeds.open(source(stream), l, signal));
    await recording.listener.until(() => recording.listener.tsBytes > 0);
    assert.deepEqual(recording.listener.tags, []);
    await recording.leave();
    const live = opened(t, (l, signal) => feeds.open(source(stream, 'transcode'), l, signal));
    const second = opened(t, (l, signal) => feeds.open(source(stream), l, signal));
    await live.listener.until(() => live.listener.count('key frame') > 0);
    await second.listener.until(() => second.listener.tsBytes > 0);
    assert.equal(feeds.status().filter(({ consumers }) => consumers > 0).length, 1);
  });

  test('a recording that is the last to leave a shared encoder leaves room for the next live view', async (t) => {
    const camera = await startedCamera(t, { main: { codec: 'H265' } });
    const { feeds } = runningFeeds(t, { lingerMs: 0 });
    const stream = streamOf(camera, { video: 'H265' });
    const live = opened(t, (l, signal) => feeds.open(source(stream, 'transcode'), l, signal));
    const recording = opened(t, (l, signal) => feeds.open(source(stream), l, signal));
    await recording.listener.until(() => recording.listener.tsBytes > 0);
    await live.leave();
    await recording.leave();
    while (camera.counts.rtsp.main?.players !== 0) await new Promise((resolve) => setImmediate(resolve));
    const again = opened(t, (l, signal) => feeds.open(source(stream, 'transcode'), l, signal));
    await again.listener.until(() => again.listener.tsBytes > 0);
  });

  test('a recording that is left alone with an encoder goes on with a copy from its first key frame', async (t) => {
    const camera = await startedCamera(t, { main: { codec: 'H265' } });
    const { feeds } = runningFeeds(t, { lingerMs: 0 });
    const stream = streamOf(camera, { video: 'H265' });
    const live = opened(t, (l, signal) => feeds.open(source(stream, 'transcode'), l, signal));
    const recording = opened(t, (l, signal) => feeds.open(source(stream), recorderOf(l), signal));
    await recording.listener.until(() => recording.listener.tsBytes > 0);
    await live.leave();
    await recording.listener.until(() => recording.listener.restarts === 1);
    const bytes = recording.listener.tsBytes;
    await recording.listener.until(() => recording.listener.tsBytes > bytes);
    assert.deepEqual(
      feeds.status().map(({ video, consumers, encoder }) => ({ video, consumers, encoder })),
      [{ video: 'copy', consumers: 1, encoder: undefined }],
    );
    assert.deepEqual(recording.listener.downs, []);
    await recording.leave();
    while (camera.counts.rtsp.main?.players !== 0) await new Promise((resolve) => setImmediate(resolve));
  });

  test('one encoder more than allowed is refused in words, and one that nobody watches makes room', async (t) => {
    const camera = await startedCamera(t, { sub: {} });
    const { feeds } = runningFeeds(t);
    const main = source(streamOf(camera), 'transcode');
    const sub = source(streamOf(camera, { url: camera.rtspUrl('sub'), profile: 'sub' }), 'transcode');
    const first = opened(t, (l, signal) => feeds.open(main, l, signal));
    await assert.rejects(feeds.open(sub, {}, new AbortController().signal), {
      kind: 'transcode-refused',
      sentence: 'this box may not encode more streams at once: 1 of 1 at work: Front door',
    });
    await first.leave();
    const second = opened(t, (l, signal) => feeds.open(sub, l, signal));
    await second.listener.until(() => second.listener.count('key frame') > 0);
  });

  test('a second consumer starts from the cache at once, on the same session', async (t) => {
    const camera = await startedCamera(t, { main: { gopSeconds: 2 } });
    const { feeds } = runningFeeds(t);
    const first = opened(t, (l, signal) => feeds.open(source(streamOf(camera)), l, signal));
    await first.listener.until(() => first.listener.count('video') > 5);
    const second = opened(t, (l, signal) => feeds.open(source(streamOf(camera)), l, signal));
    assert.deepEqual(second.listener.kinds.slice(0, 4), ['script', 'video setup', 'audio setup', 'key frame']);
    assert.equal(camera.counts.rtsp.main?.plays, 1);
  });

  test('a feed outlives its last consumer by a while, and then its session is closed', async (t) => {
    const camera = await startedCamera(t);
    const { feeds, stop } = runningFeeds(t);
    const first = opened(t, (l, signal) => feeds.open(source(streamOf(camera)), l, signal));
    await first.listener.until(() => first.listener.count('key frame') > 0);
    await first.leave();
    const again = opened(t, (l, signal) => feeds.open(source(streamOf(camera)), l, signal));
    assert.ok(again.listener.count('key frame') > 0);
    await stop();
    assert.deepEqual(feeds.status(), []);
    assert.equal(camera.counts.rtsp.main?.plays, 1);
  });
});
