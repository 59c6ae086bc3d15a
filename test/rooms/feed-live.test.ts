import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CameraStream, PushOrder, PushReport } from '../../src/channel/ports.ts';
import { isKeyFrame } from '../../src/media/flv-tag.ts';
import { LiveMedia } from '../../src/media/live.ts';
import { type RtmpMessage, TYPE } from '../../src/media/rtmp/message.ts';
import { isKind } from '../../src/runtime/errors.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { type Ending, runningFeeds, startedCamera, streamOf } from '../peers/feed-room.ts';
import { type RawPeer, RawRtmpServer, status } from '../peers/raw-rtmp-server.ts';
import { readableLog } from '../peers/readable-log.ts';

const FAST = { gopSeconds: 1 } as const;
const PATIENCE = { openingMs: 4_000, startingMs: 5_000, flowingMs: 1_000 };
const REFUSED = status('error', 'NetStream.Publish.BadName', 'already publishing');

class Reports {
  readonly all: PushReport[] = [];
  #wake = (): void => undefined;

  readonly hear = (report: PushReport): void => {
    this.all.push(report);
    this.#wake();
  };

  async until(fact: () => boolean): Promise<void> {
    while (!fact()) {
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}

function order(server: RawRtmpServer, stream: CameraStream, changes: Partial<PushOrder> = {}): PushOrder {
  const { url } = server;
  return { streamId: 's1', url, stream, video: 'copy', audio: 'auto', maxBitsPerSecond: 0, ...changes };
}

/** Pushes for as long as the test lasts; `failure` is what the push rejected with. */
function pushing(t: Ending, wanted: PushOrder) {
  const { feeds } = runningFeeds(t, { patience: PATIENCE });
  const live = new LiveMedia({ feeds, log: readableLog().log });
  const reports = new Reports();
  const stay = new AbortController();
  const failure = live.push(wanted, reports.hear, stay.signal).then(
    () => undefined,
    (err: unknown) => err,
  );
  t.after(async () => {
    stay.abort();
    await failure;
  });
  return { reports, failure, live, feeds };
}

async function rtmpServer(
  t: Ending,
  script: Parameters<typeof RawRtmpServer.scripted>[0] = {},
): Promise<RawRtmpServer> {
  const server = await RawRtmpServer.scripted(script);
  t.after(() => server.close());
  return server;
}

const MEDIA: ReadonlyMap<number, 'audio' | 'video'> = new Map([
  [TYPE.audio, 'audio'],
  [TYPE.video, 'video'],
]);

function media(peer: RawPeer | undefined): RtmpMessage[] {
  return peer?.messages.filter(({ type }) => MEDIA.has(type)) ?? [];
}

function keyFrames(peer: RawPeer | undefined): RtmpMessage[] {
  return media(peer).filter(({ type, ...rest }) => type === TYPE.video && isKeyFrame({ kind: 'video', ...rest }));
}

const keyFramesHeard = (count: number) => (peer: RawPeer) => keyFrames(peer).length >= count || undefined;

test('a push is live when the server has accepted it and the first key frame is sent', async (t) => {
  const camera = await startedCamera(t, { main: FAST });
  const server = await rtmpServer(t);
  const { reports } = pushing(t, order(server, streamOf(camera)));
  await reports.until(() => reports.all.length > 0);
  assert.deepEqual(reports.all, [{ live: true }]);
  await server.peers[0]?.hears(keyFramesHeard(1));
  assert.equal(media(server.peers[0])[0]?.timestampMs, 0);
});

test('what a push and its source do is told while they do it', async (t) => {
  const camera = await startedCamera(t, { main: FAST });
  const server = await rtmpServer(t);
  const wanted = order(server, streamOf(camera));
  const { reports, live, feeds } = pushing(t, wanted);
  assert.deepEqual(
    [live.statusOf('s1')?.live, live.statusOf('s1')?.publishes, live.statusOf('s2')],
    [false, 0, undefined],
  );
  await reports.until(() => reports.all.length > 0);
  const push = live.statusOf('s1');
  assert.deepEqual([push?.live, push?.host, push?.publishes], [true, new URL(server.url).host, 1]);
  assert.deepEqual(push?.dropped, { gops: 0, tags: 0, bytes: 0 });
  const source = feeds.statusAmong([wanted.stream]);
  assert.deepEqual([source?.stream, source?.consumers, source?.restarts], [wanted.stream, 1, 0]);
  assert.equal(feeds.statusAmong([{ ...wanted.stream, url: new URL('rtsp://127.0.0.1/other') }]), undefined);
});

test('a push without audio sends none', async (t) => {
  const camera = await startedCamera(t, { main: FAST });
  const server = await rtmpServer(t);
  const { reports } = pushing(t, order(server, streamOf(camera), { audio: 'none' }));
  await reports.until(() => reports.all.length > 0);
  await server.peers[0]?.hears(keyFramesHeard(2));
  assert.deepEqual(new Set(media(server.peers[0]).map(({ type }) => MEDIA.get(type))), new Set(['video']));
});

test('a refusal by the server ends the push when it is the first answer', async (t) => {
  const camera = await startedCamera(t, { main: FAST });
  const server = await rtmpServer(t, { publish: (peer) => peer.say(REFUSED) });
  const { failure, reports } = pushing(t, order(server, streamOf(camera)));
  const err = await failure;
  assert.ok(isKind(err, 'publish-refused'));
  assert.deepEqual(reports.all, []);
});

test('a camera that refuses the password ends the push when it is the first answer', async (t) => {
  const camera = await startedCamera(t, { main: FAST });
  const server = await rtmpServer(t);
  const credentials = { username: 'admin', password: new Secret('wrong') };
  const { failure } = pushing(t, order(server, streamOf(camera, { credentials })));
  assert.ok(isKind(await failure, 'camera-unauthorized'));
});

test('while the camera freezes the publish stays, and its timeline goes on afterwards', async (t) => {
  const camera = await startedCamera(t, { main: FAST });
  const server = await rtmpServer(t);
  const { reports } = pushing(t, order(server, streamOf(camera)));
  await reports.until(() => reports.all.length > 0);
  camera.habits.set('rtsp-stalls', true);
  await reports.until(() => reports.all.length > 1);
  assert.deepEqual(reports.all[1], { live: false, why: 'camera stopped sending' });
  camera.habits.set('rtsp-stalls', false);
  await reports.until(() => reports.all.at(-1)?.live === true);
  const before = keyFrames(server.peers[0]).length;
  await server.peers[0]?.hears(keyFramesHeard(before + 1));
  assert.equal(server.peers.length, 1);
  const times = media(server.peers[0])
    .filter(({ type }) => type === TYPE.video)
    .map(({ timestampMs }) => timestampMs);
  assert.ok(
    times.every((time, i) => i === 0 || time >= (times[i - 1] ?? 0)),
    times.join(' '),
  );
});

test('a server that hangs up is dialled again, though it refuses for a while, and the camera notices nothing', async (t) => {
  const camera = await startedCamera(t, { main: FAST });
  let publishes = 0;
  const publish = (peer: RawPeer): void =>
    peer.say(++publishes === 2 ? REFUSED : status('status', 'NetStream.Publish.Start'));
  const server = await rtmpServer(t, { publish });
  const { reports } = pushing(t, order(server, streamOf(camera)));
  await reports.until(() => reports.all.length > 0);
  server.peers[0]?.socket.destroy();
  await reports.until(() => reports.all.length > 1 && reports.all.at(-1)?.live === true);
  assert.equal(publishes, 3);
  await server.peers[2]?.hears(keyFramesHeard(1));
  assert.equal(camera.counts.rtsp.main?.plays, 1);
});
