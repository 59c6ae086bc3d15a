import type { Logger } from 'pino';
import { type Clock, withDeadline } from '../runtime/clock.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import { aborted, Scope } from '../runtime/scope.ts';
import { type Pauses, type Runnable, supervise, together } from '../runtime/supervise.ts';
import type { AlarmReport } from './alarm.ts';
import { type ChosenStream, chooseStream } from './choose-stream.ts';
import { Pictures } from './picture.ts';
import type { AlarmDesk, Camera, CameraSight, ClockOrder, Live, Recorder, RecordSettings, Stills } from './ports.ts';
import { type LiveWish, Publishing, type PublishOrder } from './publishing.ts';
import { CloudRecording } from './recording.ts';
import { REFUSED_LOGIN_PAUSES } from './refused-login.ts';
import { Standby } from './standby.ts';
import { type ChannelState, type Fact, INITIAL, next } from './state.ts';

/** Short enough that a camera which is back is seen within 15 s, a slow connection attempt included. */
const CAMERA_PAUSES: Pauses = { minMs: 1_000, maxMs: 8_000, healthyMs: 30_000 };

/** Less than the OVC waits for the answer that tells of all cameras. */
const CLOCK_MS = 10_000;

/** What the configuration says of one channel. */
export interface ChannelSettings {
  readonly channel: number;
  readonly standby: boolean;
  readonly live: LiveWish;
  readonly record: { readonly profile: string };
}

export interface ChannelParts {
  readonly settings: ChannelSettings;
  readonly camera: Camera;
  readonly live: Live;
  readonly recorder: Recorder;
  readonly stills: Stills;
  readonly alarms: AlarmDesk;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onChange: () => void;
}

/** One camera as the OVC sees it. It alone changes its state; its jobs tell it their facts. */
export class Channel implements Runnable {
  readonly settings: ChannelSettings;
  readonly #parts: ChannelParts;
  readonly #publishing: Publishing;
  readonly #standby: Standby;
  readonly #recording: CloudRecording;
  readonly #pictures: Pictures;
  #state = INITIAL;
  #awaitingVerdict: Array<() => void> = [];
  #nextTryAt: Date | undefined;

  constructor(parts: ChannelParts) {
    const { settings, camera, live, recorder, stills, clock, log } = parts;
    this.#parts = parts;
    this.settings = settings;
    const wish = settings.live;
    const tellPublish = (publish: ChannelState['publish']): void => this.#apply({ type: 'publish', publish });
    this.#publishing = new Publishing({ wish, live, clock, log, tell: tellPublish });
    this.#standby = new Standby({ wish, live, log });
    const { channel, record } = settings;
    const tellRecording = (recording: ChannelState['recording']): void => this.#apply({ type: 'recording', recording });
    this.#recording = new CloudRecording({ channel, profile: record.profile, recorder, log, tell: tellRecording });
    this.#pictures = new Pictures({ camera, stills, clock, log });
  }

  get state(): ChannelState {
    return this.#state;
  }

  /** When a camera that is away is looked for again; undefined while it is there. */
  get nextTryAt(): Date | undefined {
    return this.#state.camera.presence === 'offline' ? this.#nextTryAt : undefined;
  }

  /** For orders that are the camera's business alone. */
  get camera(): Camera {
    return this.#parts.camera;
  }

  /** The live view that is ordered; also after the end of `run`. */
  get wanted(): PublishOrder | undefined {
    return this.#publishing.wanted;
  }

  /** Before `run`: goes on with what the OVC has ordered of the channel that was in this place. */
  resume(order: PublishOrder): void {
    this.#publishing.resume(order);
  }

  /** Watches the camera for as long as the signal lasts; ends with all jobs of the channel ended. */
  run(signal: AbortSignal): Promise<void> {
    return together(signal, [
      this.#publishing,
      this.#standby,
      this.#recording,
      this.#pictures,
      { run: (life) => this.#watchForEver(life) },
    ]);
  }

  /** See `Publishing.publish`. @throws GatewayError `channel-offline` besides */
  publish(order: PublishOrder, signal: AbortSignal): Promise<void> {
    return this.#publishing.publish(order, () => this.#sight(signal), signal);
  }

  /** See `Publishing.stop`. */
  stopPublish(streamId: string): Promise<void> {
    return this.#publishing.stop(streamId);
  }

  /** See `CloudRecording.start`. @throws GatewayError `channel-offline` besides */
  startRecord(settings: RecordSettings, signal: AbortSignal): Promise<void> {
    return this.#recording.start(settings, () => this.#sight(signal));
  }

  /** See `CloudRecording.stop`. */
  stopRecord(sessionId: string): Promise<void> {
    return this.#recording.stop(sessionId);
  }

  /**
   * Brings a fresh JPEG to `url`.
   * @throws GatewayError `channel-offline`, what `Pictures.take` and `AlarmDesk.upload` throw
   */
  async snapshot(url: string, signal: AbortSignal): Promise<void> {
    const { streams } = await this.#sight(signal);
    await this.#parts.alarms.upload(url, await this.#pictures.take(streams), signal);
  }

  /** A JPEG of now. @throws GatewayError `channel-offline`, what `Pictures.take` throws */
  async picture(signal: AbortSignal): Promise<Buffer> {
    const { streams } = await this.#sight(signal);
    return this.#pictures.take(streams);
  }

  /** What a live view of the camera shows, without any limit. @throws GatewayError `channel-offline`, `no-usable-profile` */
  async viewable(signal: AbortSignal): Promise<ChosenStream> {
    const { streams } = await this.#sight(signal);
    return chooseStream(streams, { ...this.settings.live, maxBitsPerSecond: 0 });
  }

  /** Sets the clock of a camera that is there. What it cannot is said in the log: one camera is not to stop the others. */
  async setClock(order: ClockOrder, signal: AbortSignal): Promise<void> {
    const { camera, clock, log } = this.#parts;
    if (this.#state.camera.presence !== 'online') return;
    const late = (): Error => new GatewayError('timed-out', 'timed out');
    try {
      await withDeadline({ clock, ms: CLOCK_MS, signal, late }, (scope) => camera.setClock(order, scope));
    } catch (err) {
      log[isKind(err, 'unsupported') ? 'debug' : 'warn']({ err }, 'clock of the camera not set');
    }
  }

  /** The camera as it was last seen. Right after the start the first verdict is waited for. */
  async #sight(signal: AbortSignal): Promise<CameraSight> {
    if (this.#state.camera.presence === 'unknown') {
      const verdict = new Promise<void>((resolve) => this.#awaitingVerdict.push(resolve));
      const scope = new Scope(signal);
      await Promise.race([verdict, aborted(scope.signal)]).finally(() => scope.end());
    }
    const { camera } = this.#state;
    if (camera.presence === 'online') return camera.sight;
    const reason = camera.presence === 'offline' ? sentence(camera.why) : 'the camera has not answered yet';
    throw new GatewayError('channel-offline', 'the channel is not online', { reason });
  }

  #watchForEver(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    const pausesByKind = { 'camera-unauthorized': REFUSED_LOGIN_PAUSES };
    const onFailure = (_: unknown, waitMs: number): void => {
      this.#nextTryAt = new Date(clock.wall().getTime() + waitMs);
    };
    const pace = { pauses: CAMERA_PAUSES, pausesByKind };
    return supervise((stay) => this.#watch(stay), { signal, clock, log, onFailure, ...pace });
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { camera, clock } = this.#parts;
    try {
      await camera.watch(
        {
          seen: (sight) => this.#see(sight),
          alarm: (report) => this.#hear(report),
          hearing: (hearing) => this.#apply({ type: 'hearing', hearing }),
        },
        signal,
      );
    } catch (why) {
      if (why instanceof Error) {
        this.#apply({ type: 'camera', camera: { presence: 'offline', since: clock.wall(), why } });
      }
      throw why;
    }
  }

  #see(found: CameraSight): void {
    const { clock, log } = this.#parts;
    const { channel } = this.settings;
    const sight = { ...found, streams: found.streams.map((stream) => ({ ...stream, channel })) };
    const { device } = sight;
    if (this.#state.camera.presence !== 'online') log.info({ ...device, streams: summary(sight) }, 'camera online');
    this.#apply({ type: 'camera', camera: { presence: 'online', since: clock.wall(), sight } });
    this.#publishing.see(sight).catch((err: unknown) => log.warn({ err }, 'the push cannot follow the camera'));
    this.#recording.see(sight);
    if (this.settings.standby) this.#standby.see(sight);
  }

  /** Tells on what changes something: a camera that says the same twice raises no second alarm. */
  #hear({ alarm, state, at, desc }: AlarmReport): void {
    const { alarms, log } = this.#parts;
    const before = this.#state;
    this.#apply({ type: 'alarm', alarm, active: state === 'start' });
    if (this.#state === before) return;
    log.info({ alarm, state, desc }, 'alarm');
    const { camera } = this.#state;
    const picture =
      state === 'start' ? this.#pictures.take(camera.presence === 'online' ? camera.sight.streams : []) : undefined;
    alarms.raise({ channel: this.settings.channel, alarm, state, at: at.toISOString(), desc }, picture);
  }

  #apply(fact: Fact): void {
    const before = this.#state;
    this.#state = next(before, fact);
    if (this.#state === before) return;
    if (fact.type === 'camera') for (const tell of this.#awaitingVerdict.splice(0)) tell();
    this.#parts.onChange();
  }
}

const sentence = (err: Error): string => (err instanceof GatewayError ? err.sentence : err.message);

const summary = ({ streams }: CameraSight): string[] =>
  streams.map(({ name, video, width, height, audio }) => {
    // A plain RTSP camera does not tell its size.
    const size = width === undefined || height === undefined ? [] : [`${width}x${height}`];
    return [name, video, ...size, audio ?? 'no audio'].join(' ');
  });
