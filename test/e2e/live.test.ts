import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import type { TimedAnswer } from '../../src/simulator/ovc/conversation.ts';
import { CODE, startSite } from '../peers/site.ts';

const PATIENT = { timeoutMs: 20_000 };

/** The error of an answer; undefined for a success. */
const errorOf = (answer: TimedAnswer) => ('err' in answer ? answer.err : undefined);

test('a camera goes live on request and can be watched at the RTMP server', async (t) => {
  const { ovc, channel, publish, streams } = await startSite(t);
  const answer = await publish('s1', 'a?token=x%2Fy');
  assert.deepEqual('resp' in answer && answer.resp, {});
  const stream = await ovc.waitFor(() => streams('a').find(({ video }) => video?.firstKeyFrameMs !== undefined));
  assert.equal(stream.video?.codec, 'H264');
  assert.equal(stream.audio?.codec ?? 'AAC', 'AAC');
  await ovc.waitFor(() => channel(0)?.state === 2 && channel(0)?.stream_id === 's1');
  const { stdout } = await promisify(execFile)(
    'ffprobe',
    ['-v', 'error', '-read_intervals', '%+1', '-show_packets', '-of', 'json', ovc.rtmpUrl('live', 'a')],
    { timeout: 20_000 },
  );
  const { packets } = JSON.parse(stdout) as { packets: Array<{ codec_type: string; dts_time: string }> };
  const times = packets.filter(({ codec_type }) => codec_type === 'video').map(({ dts_time }) => Number(dts_time));
  assert.ok(times.length > 5);
  assert.deepEqual(
    times,
    [...times].sort((a, b) => a - b),
  );
});

test('the same stream again is answered at once; another one replaces it with a clean end', async (t) => {
  const { ovc, channel, publish, streams } = await startSite(t);
  await publish('s1', 'a');
  const again = await publish('s1', 'a');
  assert.equal(errorOf(again), undefined);
  assert.ok(again.ms < 1_000);
  assert.equal(streams('a').length, 1);
  assert.equal(errorOf(await publish('s2', 'b')), undefined);
  const ended = await ovc.waitFor(() => streams('a')[0]?.ended);
  assert.equal(ended.how, 'unpublished');
  await ovc.waitFor(() => channel(0)?.stream_id === 's2');
});

test('stopping a stream ends it cleanly, and stopping one that is not there is a success', async (t) => {
  const { ovc, channel, publish, streams } = await startSite(t);
  await publish('s1', 'a');
  assert.equal(errorOf(await ovc.request(CODE, 'RTMPStopPublish', { channel: 0, stream_id: 'other' })), undefined);
  assert.equal(streams('a')[0]?.live, true);
  assert.equal(errorOf(await ovc.request(CODE, 'RTMPStopPublish', { channel: 0, stream_id: 's1' })), undefined);
  assert.equal((await ovc.waitFor(() => streams('a')[0]?.ended)).how, 'unpublished');
  await ovc.waitFor(() => channel(0)?.state === 1 && channel(0)?.stream_id === undefined);
});

const REFUSED: ReadonlyArray<readonly [string, object, number, RegExp]> = [
  ['an unknown channel', { channel: 7 }, 102, /no such channel/],
  ['a limit below every profile', { max_bitrate: 1000 }, 11, /limit/],
  ['an address that is not RTMP', { url: 'http://x/y' }, 12, /url/],
  ['a server that is not there', { url: 'rtmp://127.0.0.1:9/live/x' }, 1, /refused|reach/],
];

test('orders that cannot be carried out are refused with the number and the reason', async (t) => {
  const { publish } = await startSite(t);
  for (const [what, params, code, words] of REFUSED) {
    const err = errorOf(await publish('s1', 'a', params));
    assert.equal(err?.code, code, what);
    assert.match(err?.msg ?? '', words, what);
  }
});

test('a server that refuses the publish is quoted in the answer', async (t) => {
  const { ovc, publish, channel } = await startSite(t);
  ovc.faults.setRtmp({ refusePublish: true });
  const err = errorOf(await publish('s1', 'a'));
  assert.equal(err?.code, 1);
  assert.match(err?.msg ?? '', /BadName/);
  ovc.faults.clear();
  assert.equal(errorOf(await publish('s1', 'a')), undefined);
  await ovc.waitFor(() => channel(0)?.state === 2);
});

test('a stream that the server drops comes back by itself under the same stream_id, and keepalive tells the truth', async (t) => {
  const { ovc, publish, streams, channel } = await startSite(t);
  await publish('s1', 'a');
  await ovc.waitFor(() => channel(0)?.state === 2);
  ovc.faults.setRtmp({ refuseConnect: true });
  ovc.cutStreams();
  await ovc.waitFor(() => channel(0)?.state === 1);
  ovc.faults.clear();
  await ovc.waitFor(() => channel(0)?.state === 2 && channel(0)?.stream_id === 's1', PATIENT);
  assert.ok(streams('a').length >= 2);
});

test('a camera that stalls is noticed, and the same RTMP session goes on once it is back', async (t) => {
  const { ovc, cameras, publish, streams, channel } = await startSite(t);
  await publish('s1', 'a');
  await ovc.waitFor(() => channel(0)?.state === 2);
  cameras[0]?.habits.set('rtsp-stalls', true);
  await ovc.waitFor(() => channel(0)?.state !== 2, PATIENT);
  const frames = streams('a')[0]?.video?.frames ?? 0;
  cameras[0]?.habits.set('rtsp-stalls', false);
  await ovc.waitFor(() => (streams('a')[0]?.video?.frames ?? 0) > frames && channel(0)?.state === 2, PATIENT);
  assert.equal(streams('a').length, 1);
  assert.equal(streams('a')[0]?.video?.backwardSteps, 0);
});

test('a camera without power is offline within 15 s, and live again by itself when it is back', async (t) => {
  const { ovc, cameras, publish, streams, channel } = await startSite(t);
  await publish('s1', 'a');
  await ovc.waitFor(() => channel(0)?.state === 2);
  await cameras[0]?.powerOff();
  await ovc.waitFor(() => channel(0)?.state === 0, { timeoutMs: 15_000 });
  await cameras[0]?.powerOn();
  await ovc.waitFor(() => channel(0)?.state === 2, PATIENT);
  assert.equal(streams('a').at(-1)?.live, true);
});

test('the password of platform and camera, and the stream key, stand in no log line', async (t) => {
  const { ovc, cameras, publish, text, channel } = await startSite(t);
  await publish('s1', 'key-hunter2?sign=sig-hunter2');
  await ovc.waitFor(() => channel(0)?.state === 2);
  cameras[0]?.dropPlayers();
  ovc.cutStreams();
  ovc.devices.get(CODE)?.cut();
  await ovc.waitFor(() => (ovc.devices.get(CODE)?.report.logins ?? 0) > 1);
  assert.doesNotMatch(text(), /hunter2/);
});
