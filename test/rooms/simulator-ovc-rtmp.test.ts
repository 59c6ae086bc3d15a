import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import type { StreamReport } from '../../src/simulator/ovc/rtmp-stream.ts';
import { FfmpegPush } from '../peers/ffmpeg-push.ts';
import { readableLog } from '../peers/readable-log.ts';

const PATIENCE = { timeoutMs: 20_000 };

async function platform(t: TestContext): Promise<OvcSimulator> {
  const ovc = await OvcSimulator.listen({ accounts: 'any', log: readableLog().log });
  t.after(() => ovc.close());
  return ovc;
}

function push(t: TestContext, ovc: OvcSimulator, key = 'x', options: readonly string[] = []): FfmpegPush {
  const pushing = new FfmpegPush(ovc.rtmpUrl('live', key), options);
  t.after(() => pushing.kill());
  return pushing;
}

function streamWith(ovc: OvcSimulator, fits: (stream: StreamReport) => boolean): Promise<StreamReport> {
  return ovc.waitFor(() => ovc.streams.find(fits), PATIENCE);
}

const frames = (stream: StreamReport): number => stream.video?.frames ?? 0;

test('a push is told in full: path, codecs, size, first frame, key frames and how it ended', async (t) => {
  const ovc = await platform(t);
  const pushing = push(t, ovc, 'x?sign=hidden');
  await streamWith(ovc, (stream) => (stream.video?.keyFrames ?? 0) >= 2 && (stream.audio?.frames ?? 0) > 0);
  await pushing.stop();
  const stream = await streamWith(ovc, ({ live }) => !live);
  const { video, audio } = stream;
  assert.equal(stream.path, '/live/x');
  assert.deepEqual([video?.codec, video?.width, video?.height, video?.setups], ['H264', 320, 240, 1]);
  assert.deepEqual([audio?.codec, audio?.backwardSteps, video?.backwardSteps], ['AAC', 0, 0]);
  assert.ok(frames(stream) > 25 && stream.bytes > 10_000);
  assert.ok((video?.firstFrameMs ?? -1) >= 0 && (video?.firstKeyFrameMs ?? -1) >= (video?.firstFrameMs ?? 0));
  assert.equal(stream.ended?.how, 'unpublished');
});

test('a device that vanishes is told from one that says goodbye', async (t) => {
  const ovc = await platform(t);
  const pushing = push(t, ovc);
  await streamWith(ovc, (stream) => frames(stream) > 0);
  await pushing.kill();
  assert.equal((await streamWith(ovc, ({ live }) => !live)).ended?.how, 'lost');
});

test('a cut ends the push on both sides', async (t) => {
  const ovc = await platform(t);
  const pushing = push(t, ovc);
  await streamWith(ovc, (stream) => frames(stream) > 0);
  assert.equal(ovc.cutStreams('/live/other'), 0);
  assert.equal(ovc.cutStreams('/live/x'), 1);
  assert.equal(ovc.streams[0]?.ended?.how, 'cut');
  assert.notEqual(await pushing.ended, 0);
});

test('a refused publish, a taken path and a refused connect turn the device away and leave no stream', async (t) => {
  const ovc = await platform(t);
  ovc.faults.setRtmp({ refusePublish: true });
  const refused = push(t, ovc);
  assert.notEqual(await refused.ended, 0);
  assert.match(refused.said, /told to refuse/);
  ovc.faults.setRtmp({ refusePublish: false, refuseConnect: true });
  assert.notEqual(await push(t, ovc).ended, 0);
  assert.deepEqual(ovc.streams, []);
  ovc.faults.clear();
  push(t, ovc);
  await streamWith(ovc, (stream) => frames(stream) > 0);
  const second = push(t, ovc);
  assert.notEqual(await second.ended, 0);
  assert.match(second.said, /already publishing/);
  assert.equal(ovc.streams.length, 1);
});

test('a late acceptance comes after its time and then all is well', async (t) => {
  const ovc = await platform(t);
  ovc.faults.setRtmp({ acceptAfterMs: 300 });
  const since = performance.now();
  push(t, ovc);
  await streamWith(ovc, (stream) => frames(stream) > 0);
  assert.ok(performance.now() - since >= 300);
});

test('a stalled ingest reads nothing, and goes on where it stopped', async (t) => {
  const ovc = await platform(t);
  push(t, ovc);
  await streamWith(ovc, (stream) => frames(stream) > 5);
  ovc.faults.setRtmp({ stalled: true });
  const before = ovc.streams[0]?.bytes;
  // A second push, never stalled because it came to another platform, shows that time has passed.
  const other = await platform(t);
  push(t, other);
  await streamWith(other, (stream) => frames(stream) > 10);
  assert.equal(ovc.streams[0]?.bytes, before);
  ovc.faults.setRtmp({ stalled: false });
  const stream = await streamWith(ovc, ({ bytes }) => bytes > (before ?? 0));
  assert.equal(stream.live, true);
});

test('a running push can be played by ffprobe, on the platform it goes to', async (t) => {
  const [ovc, other] = [await platform(t), await platform(t)];
  push(t, ovc);
  push(t, other, 'x', ['-s', '160x120']);
  await streamWith(ovc, (stream) => frames(stream) > 0);
  await streamWith(other, (stream) => frames(stream) > 0);
  const args = [
    '-v',
    'error',
    '-analyzeduration',
    '500000',
    '-show_entries',
    'stream=codec_name,width',
    '-of',
    'csv=p=0',
  ];
  const { stdout } = await promisify(execFile)('ffprobe', [...args, ovc.rtmpUrl('live', 'x')], { timeout: 20_000 });
  assert.deepEqual(stdout.trim().split('\n').sort(), ['aac', 'h264,320']);
});

test('a peer that speaks no RTMP costs its own connection only', async (t) => {
  const ovc = await platform(t);
  const socket = connect(Number(new URL(ovc.rtmpUrl('a', 'b')).port), '127.0.0.1');
  t.after(() => socket.destroy());
  socket.on('error', () => undefined);
  // A handshake of zeros, then a message that claims to be a command of one byte.
  const closed = once(socket, 'close');
  socket.write(
    Buffer.concat([Buffer.alloc(1 + 1536 + 1536, 3), Buffer.from([3, 0, 0, 0, 0, 0, 1, 20, 0, 0, 0, 0, 9])]),
  );
  socket.resume();
  await closed;
  push(t, ovc);
  await streamWith(ovc, (stream) => frames(stream) > 0);
});
