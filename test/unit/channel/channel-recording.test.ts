import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { RecordSettings } from '../../../src/channel/ports.ts';
import { channelAtHand, PATIENT, SIGHT, STREAM, turn } from '../../peers/channel-at-hand.ts';

const session = (sessionId: string): RecordSettings => ({
  ...{ sessionId, maxBitsPerSecond: 0, segmentSeconds: 10, segmentMaxBytes: 1_000_000, segmentMaxCount: 3 },
  ...{ prerecordSeconds: 0, startTs: 0, callbackUrl: 'http://ovc/cbk' },
});

test('a recording runs from its order to its stop, and what it has is finished by then', async (t) => {
  const { channel, stays, takes, finished } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  await channel.startRecord(session('r1'), PATIENT);
  assert.equal(channel.state.recording?.sessionId, 'r1');
  await turn();
  takes[0]?.report({ flowing: true });
  await channel.startRecord(session('r1'), PATIENT);
  assert.equal(takes.length, 1);
  await channel.stopRecord('other');
  assert.equal(channel.state.recording?.sessionId, 'r1');
  await channel.stopRecord('r1');
  assert.equal(channel.state.recording, undefined);
  assert.equal(takes[0]?.signal.aborted, true);
  assert.ok(finished.includes('r1'));
});

test('another session replaces the running one, unless it cannot be recorded', async (t) => {
  const { channel, stays, takes, finished } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  await channel.startRecord(session('r1'), PATIENT);
  await assert.rejects(channel.startRecord({ ...session('r2'), maxBitsPerSecond: 1 }, PATIENT), {
    kind: 'bitrate-too-high',
  });
  assert.equal(channel.state.recording?.sessionId, 'r1');
  await channel.startRecord(session('r3'), PATIENT);
  await turn();
  assert.equal(channel.state.recording?.sessionId, 'r3');
  assert.deepEqual(finished, ['r1']);
  assert.equal(takes.at(-1)?.order.settings.sessionId, 'r3');
});

test('a session that was running when the process ended is taken up as soon as the camera is seen', async (t) => {
  const { channel, stays, takes } = channelAtHand(t, { unfinished: session('r1') });
  assert.equal(channel.state.recording?.sessionId, 'r1');
  assert.equal(takes.length, 0);
  stays[0]?.report(SIGHT);
  await turn();
  assert.equal(takes[0]?.order.settings.sessionId, 'r1');
});

test('a recording follows the camera to another address within its session', async (t) => {
  const { channel, stays, takes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  await channel.startRecord(session('r1'), PATIENT);
  await turn();
  stays[0]?.report({ ...SIGHT, streams: [{ ...STREAM, url: new URL('rtsp://10.0.0.9/main') }] });
  await turn();
  assert.equal(takes[0]?.signal.aborted, true);
  assert.equal(takes[1]?.order.stream.url.href, 'rtsp://10.0.0.9/main');
});
