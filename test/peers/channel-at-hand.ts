import type { TestContext } from 'node:test';
import type { Logger } from 'pino';
import { Channel } from '../../src/channel/channel.ts';
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
} from '../../src/channel/ports.ts';
import { ViewOnly } from '../../src/channel/view-only.ts';
import { GatewayError } from '../../src/runtime/errors.ts';
import { FakeClock } from './fake-clock.ts';
import { readableLog } from './readable-log.ts';

export const STREAM: CameraStream = {
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
export const SIGHT: CameraSight = { streams: [STREAM], device: undefined, clockOffsetMs: 0 };
export const PATIENT = new AbortController().signal;
export const UNREACHABLE = new GatewayError('camera-unreachable', 'the camera does not answer');

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

/** A channel whose camera, pushes and recordings are under the test's hand. */
export function channelAtHand(
  t: TestContext,
  { standby = false, unfinished }: { standby?: boolean; unfinished?: RecordSettings } = {},
) {
  const stays: Array<Job & { report: CameraListener['seen'] } & Omit<CameraListener, 'seen'>> = [];
  const pushes: Array<Job & { order: PushOrder; report: (report: PushReport) => void }> = [];
  const standbys: Array<Job & { stream: CameraStream }> = [];
  const { log, lines } = readableLog();
  const camera = new ScriptedCamera(log, (listener, signal) => {
    const stay = Object.assign(new Job(signal), { report: listener.seen, ...listener });
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
  return {
    channel,
    lines,
    stays,
    pushes,
    standbys,
    takes,
    finished,
    raised,
    clock,
    stop,
    done,
    changes: () => changes,
  };
}

export const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
export const order = (streamId: string) => ({ streamId, url: 'rtmp://ovc/live/key', maxBitsPerSecond: 0 });
