import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Logger } from 'pino';
import { Channel } from '../../../src/channel/channel.ts';
import { Channels } from '../../../src/channel/channels.ts';
import type {
  AlarmDesk,
  Camera,
  CameraListener,
  CameraSight,
  CameraStream,
  Live,
  PushOrder,
  PushReport,
  Recorder,
  RecordOrder,
  RecordReport,
  RecordSettings,
  RememberedAlarm,
  Stills,
} from '../../../src/channel/ports.ts';
import { ViewOnly } from '../../../src/channel/view-only.ts';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { readableLog } from '../../peers/readable-log.ts';

const STREAM: CameraStream = {
  profile: 'main',
  name: 'main',
  url: new URL('rtsp://10.0.0.5/main'),
  credentials: undefined,
  video: 'H264',
  audio: 'AAC',
  width: 1280,
  height: 720,
  framesPerSecond: 25,
  bitsPerSecond: 2_000_000,
};
const SIGHT: CameraSight = { streams: [STREAM], device: undefined, clockOffsetMs: 0 };
const PATIENT = new AbortController().signal;
const UNREACHABLE = new GatewayError('camera-unreachable', 'the camera does not answer');

/** A job under the test's hand: it ends by `fail`, or when its signal aborts. */
class Job {
  fail: (err: Error) => void = () => undefined;
  readonly ended: Promise<void>;
  readonly signal: AbortSignal;

  constructor(signal: AbortSignal) {
    this.signal = signal;
    this.ended = new Promise((resolve, reject) => {
      this.fail = reject;
      signal.addEventListener('abort', () => resolve(), { once: true });
    });
  }
}

class ScriptedCamera extends ViewOnly implements Camera {
  readonly watch: Camera['watch'];

  constructor(log: Logger, watch: Camera['watch']) {
    super(log);
    this.watch = watch;
  }

  info(): Promise<never> {
    return Promise.reject(UNREACHABLE);
  }
}

function channelAtHand(
  t: TestContext,
  { standby = false, unfinished }: { standby?: boolean; unfinished?: RecordSettings } = {},
) {
  const stays: Array<Job & { report: CameraListener['seen']; alarm: CameraListener['alarm'] }> = [];
  const pushes: Array<Job & { order: PushOrder; report: (report: PushReport) => void }> = [];
  const standbys: Array<Job & { stream: CameraStream }> = [];
  const { log } = readableLog();
  const camera = new ScriptedCamera(log, (listener, signal) => {
    const stay = Object.assign(new Job(signal), { report: listener.seen, alarm: listener.alarm });
    stays.push(stay);
    return stay.ended;
  });
  const live: Live = {
    push(order, report, signal) {
      pushes.push(Object.assign(new Job(signal), { order, report }));
      return pushes.at(-1)?.ended ?? Promise.resolve();
    },
    standby(stream, signal) {
      standbys.push(Object.assign(new Job(signal), { stream }));
      return standbys.at(-1)?.ended ?? Promise.resolve();
    },
  };
  const takes: Array<Job & { order: RecordOrder; report: (report: RecordReport) => void }> = [];
  const finished: string[] = [];
  const recorder: Recorder = {
    record(order, report, signal) {
      takes.push(Object.assign(new Job(signal), { order, report }));
      return takes.at(-1)?.ended ?? Promise.resolve();
    },
    finish: ({ sessionId }) => void finished.push(sessionId),
    unfinished: () => unfinished,
  };
  const clock = new FakeClock();
  const stop = new AbortController();
  let changes = 0;
  const settings = {
    channel: 0,
    standby,
    live: { profile: 'auto', video: 'auto', audio: 'auto' },
    record: { profile: 'auto' },
  } as const;
  const onChange = (): void => void changes++;
  const raised: RememberedAlarm[] = [];
  const alarms: AlarmDesk = {
    raise: (edge) => void raised.push(edge),
    upload: async () => undefined,
  };
  const stills: Stills = { grab: () => () => Promise.reject(UNREACHABLE) };
  const channel = new Channel({ settings, camera, live, recorder, stills, alarms, clock, log, onChange });
  const done = channel.run(stop.signal);
  t.after(async () => {
    stop.abort();
    await done;
  });
  return { channel, stays, pushes, standbys, takes, finished, raised, clock, stop, done, changes: () => changes };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const order = (streamId: string) => ({ streamId, url: 'rtmp://ovc/live/key', maxBitsPerSecond: 0 });

test('a channel is online when its camera has been seen, offline when the stay ends, with the reason', async (t) => {
  const { channel, stays } = channelAtHand(t);
  const seen = [channel.state.camera];
  stays[0]?.report(SIGHT);
  seen.push(channel.state.camera);
  stays[0]?.fail(UNREACHABLE);
  await turn();
  seen.push(channel.state.camera);
  assert.deepEqual(
    seen.map(({ presence }) => presence),
    ['unknown', 'online', 'offline'],
  );
  assert.equal(seen[2]?.presence === 'offline' && seen[2].why, UNREACHABLE);
});

test('a camera that stays away for the same reason is no change', async (t) => {
  const { stays, clock, changes } = channelAtHand(t);
  stays[0]?.fail(UNREACHABLE);
  await clock.advance(1_000);
  stays[1]?.fail(new GatewayError('camera-unreachable', 'the camera does not answer'));
  await turn();
  assert.equal(stays.length, 2);
  assert.equal(changes(), 1);
});

test('a wrong password is tried again only after the time for which cameras lock accounts', async (t) => {
  const { stays, clock } = channelAtHand(t);
  stays[0]?.fail(new GatewayError('camera-unauthorized', 'the camera refuses the password'));
  await clock.advance(299_000);
  assert.equal(stays.length, 1);
  await clock.advance(301_000);
  assert.equal(stays.length, 2);
});

test('a publish is answered when it flows, and the state says so', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  let answered = false;
  const publishing = channel.publish(order('s1'), PATIENT).then(() => {
    answered = true;
  });
  await turn();
  assert.equal(pushes[0]?.order.url, 'rtmp://ovc/live/key');
  assert.equal(answered, false);
  pushes[0]?.report({ live: true });
  await publishing;
  assert.deepEqual(channel.state.publish, { streamId: 's1', live: true });
});

test('the same stream again is answered at once, another one replaces it', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  void channel.publish(order('s1'), PATIENT);
  await turn();
  pushes[0]?.report({ live: true });
  await channel.publish(order('s1'), PATIENT);
  assert.equal(pushes.length, 1);
  const second = channel.publish(order('s2'), PATIENT);
  await turn();
  await turn();
  assert.equal(pushes[0]?.signal.aborted, true);
  pushes[1]?.report({ live: true });
  await second;
  assert.equal(channel.state.publish?.streamId, 's2');
});

test('a push that is being re-established keeps its stream and says that it does not flow', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  void channel.publish(order('s1'), PATIENT);
  await turn();
  pushes[0]?.report({ live: true });
  pushes[0]?.report({ live: false, why: 'server gone' });
  assert.deepEqual(channel.state.publish, { streamId: 's1', live: false, why: 'server gone' });
});

test('a publish that fails before it flows fails its order and leaves no push', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  const publishing = channel.publish(order('s1'), PATIENT);
  await turn();
  pushes[0]?.fail(new GatewayError('publish-refused', 'the server refused'));
  await assert.rejects(publishing, { kind: 'publish-refused' });
  await turn();
  assert.equal(channel.state.publish, undefined);
});

test('an order whose deadline passes gives the attempt up', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  const deadline = new AbortController();
  const publishing = channel.publish(order('s1'), deadline.signal);
  await turn();
  deadline.abort();
  await assert.rejects(publishing, { kind: 'ended-early' });
  assert.equal(pushes[0]?.signal.aborted, true);
});

test('stopping ends the push of that stream, and any other stream is a success too', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  void channel.publish(order('s1'), PATIENT);
  await turn();
  pushes[0]?.report({ live: true });
  await channel.stopPublish('other');
  assert.equal(channel.state.publish?.streamId, 's1');
  await channel.stopPublish('s1');
  await turn();
  assert.equal(channel.state.publish, undefined);
});

test('an offline channel refuses to publish and says why', async (t) => {
  const { channel, stays } = channelAtHand(t);
  stays[0]?.fail(UNREACHABLE);
  await turn();
  await assert.rejects(channel.publish(order('s1'), PATIENT), {
    kind: 'channel-offline',
    sentence: 'the channel is not online: the camera does not answer',
  });
});

test('right after the start a publish waits for the first verdict about the camera', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  void channel.publish(order('s1'), PATIENT).catch(() => undefined);
  await turn();
  assert.equal(pushes.length, 0);
  stays[0]?.report(SIGHT);
  await turn();
  assert.equal(pushes.length, 1);
});

test('standby keeps the stream open and follows the camera to another address', async (t) => {
  const { stays, standbys } = channelAtHand(t, { standby: true });
  stays[0]?.report(SIGHT);
  stays[0]?.report({ ...SIGHT });
  assert.equal(standbys.length, 1);
  stays[0]?.report({ ...SIGHT, streams: [{ ...STREAM, url: new URL('rtsp://10.0.0.9/main') }] });
  assert.equal(standbys.length, 2);
  assert.equal(standbys[0]?.signal.aborted, true);
});

test('a push follows the camera to another address, under the same stream', async (t) => {
  const { channel, stays, pushes } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  void channel.publish(order('s1'), PATIENT);
  await turn();
  pushes[0]?.report({ live: true });
  stays[0]?.report({ ...SIGHT, streams: [{ ...STREAM, url: new URL('rtsp://10.0.0.9/main') }] });
  await turn();
  assert.equal(pushes[0]?.signal.aborted, true);
  assert.equal(pushes[1]?.order.stream.url.href, 'rtsp://10.0.0.9/main');
  pushes[1]?.report({ live: true });
  assert.deepEqual(channel.state.publish, { streamId: 's1', live: true });
});

test('the end of the channel is the end of its push', async (t) => {
  const { channel, stays, pushes, stop, done } = channelAtHand(t);
  stays[0]?.report(SIGHT);
  void channel.publish(order('s1'), PATIENT);
  await turn();
  pushes[0]?.report({ live: true });
  stop.abort();
  await done;
  assert.equal(pushes[0]?.signal.aborted, true);
});

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

test('an order for a channel that is not there is refused', async (t) => {
  const channels = new Channels([channelAtHand(t).channel]);
  assert.throws(() => channels.publish({ channel: 9, ...order('s') }, PATIENT), { kind: 'no-such-channel' });
});
