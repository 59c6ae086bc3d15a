import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { aborted, Scope } from '../runtime/scope.ts';
import { type Pauses, type Runnable, supervise } from '../runtime/supervise.ts';
import { Task } from '../runtime/task.ts';
import { type ChosenStream, chooseStream } from './choose-stream.ts';
import type { Camera, CameraSight, Live } from './ports.ts';
import { type ChannelState, type Fact, INITIAL, next } from './state.ts';

/** Short enough that a camera which is back is seen within 15 s, a slow connection attempt included. */
const CAMERA_PAUSES: Pauses = { minMs: 1_000, maxMs: 8_000, healthyMs: 30_000 };
/** Cameras lock an account after a few wrong passwords, for 5 to 30 minutes (ONVIF field guide 4.1). */
const REFUSED_PAUSES: Pauses = { minMs: 600_000, maxMs: 600_000, healthyMs: Number.POSITIVE_INFINITY };

/** What the configuration says of one channel. */
export interface ChannelSettings {
  readonly channel: number;
  readonly name: string;
  readonly standby: boolean;
  readonly live: {
    readonly profile: string;
    readonly video: 'auto' | 'copy' | 'transcode';
    readonly audio: 'auto' | 'none';
  };
}

export interface PublishOrder {
  readonly streamId: string;
  /** rtmp or rtmps, as the OVC wrote it. */
  readonly url: string;
  /** 0 means no limit. */
  readonly maxBitsPerSecond: number;
  readonly quality?: 'main' | 'sub' | undefined;
}

export interface ChannelParts {
  readonly settings: ChannelSettings;
  readonly camera: Camera;
  readonly live: Live;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onChange: () => void;
}

interface Push {
  readonly streamId: string;
  readonly task: Task;
}

/** One camera as the OVC sees it. It alone changes its state and owns its running jobs. */
export class Channel implements Runnable {
  readonly settings: ChannelSettings;
  readonly #parts: ChannelParts;
  #state = INITIAL;
  #scope = AbortSignal.abort();
  #push: Push | undefined;
  #standby: { readonly url: string; readonly task: Task } | undefined;
  #awaitingVerdict: Array<() => void> = [];

  constructor(parts: ChannelParts) {
    this.#parts = parts;
    this.settings = parts.settings;
  }

  get state(): ChannelState {
    return this.#state;
  }

  /** Watches the camera for as long as the signal lasts; ends with all jobs of the channel ended. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    this.#scope = signal;
    const pausesByKind = { 'camera-unauthorized': REFUSED_PAUSES };
    await supervise((stay) => this.#watch(stay), { signal, clock, log, pauses: CAMERA_PAUSES, pausesByKind });
    await Promise.all([this.#push?.task.stop(), this.#standby?.task.stop()]);
  }

  /**
   * Resolves when the first key frame is on its way, or at once when this very stream is being published already.
   * Another running push is stopped first. When `signal` aborts before success, the attempt is given up.
   * @throws GatewayError `channel-offline`, what `chooseStream` and `Live.push` throw
   */
  async publish(order: PublishOrder, signal: AbortSignal): Promise<void> {
    if (this.#push?.streamId === order.streamId) return this.#push.task.ready;
    await this.#push?.task.stop();
    const sight = await this.#sight(signal);
    const { live, maxBitsPerSecond, quality } = { ...this.settings, ...order };
    const chosen = chooseStream(sight.streams, { ...live, maxBitsPerSecond, quality });
    const task = this.#startPush(order, chosen);
    const giveUp = (): void => void task.stop();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await task.ready;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Stopping a stream that is not there is a success: the OVC gets what it asked for. */
  async stopPublish(streamId: string): Promise<void> {
    if (this.#push?.streamId === streamId) await this.#push.task.stop();
  }

  #startPush({ streamId, url, maxBitsPerSecond }: PublishOrder, { stream, video }: ChosenStream): Task {
    const { live, log } = this.#parts;
    const { audio } = this.settings.live;
    const task = new Task(async (signal, ready) => {
      const order = { streamId, url, stream, video, audio, maxBitsPerSecond };
      await live.push(
        order,
        (report) => {
          if (this.#push?.task !== task) return;
          this.#apply({ type: 'publish', publish: { streamId, ...report } });
          if (report.live) ready();
        },
        signal,
      );
    }, this.#scope);
    this.#push = { streamId, task };
    log.info({ stream_id: streamId, profile: stream.profile, video }, 'publish ordered');
    void task.done
      // Whoever ordered the push hears why it failed, and says so.
      .catch(() => undefined)
      .then(() => {
        // A successor may have taken the place; only the one in place may clear it.
        if (this.#push?.task !== task) return;
        this.#push = undefined;
        this.#apply({ type: 'publish', publish: undefined });
        log.info({ stream_id: streamId }, 'publish ended');
      });
    return task;
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

  async #watch(signal: AbortSignal): Promise<void> {
    const { camera, clock } = this.#parts;
    try {
      await camera.watch((sight) => this.#see(sight), signal);
    } catch (why) {
      if (why instanceof Error) {
        this.#apply({ type: 'camera', camera: { presence: 'offline', since: clock.wall(), why } });
      }
      throw why;
    }
  }

  #see(sight: CameraSight): void {
    const { clock, log } = this.#parts;
    if (this.#state.camera.presence !== 'online')
      log.info({ ...sight.device, streams: summary(sight) }, 'camera online');
    this.#apply({ type: 'camera', camera: { presence: 'online', since: clock.wall(), sight } });
    if (this.settings.standby) this.#standBy(sight);
  }

  /** Keeps the stream that a push would take open, and follows it when the camera offers another one. */
  #standBy(sight: CameraSight): void {
    const { live, log } = this.#parts;
    try {
      const { stream, video } = chooseStream(sight.streams, { ...this.settings.live, maxBitsPerSecond: 0 });
      if (video !== 'copy' || this.#standby?.url === stream.url.href) return;
      void this.#standby?.task.stop();
      const task = new Task((signal) => live.standby(stream, signal), this.#scope);
      this.#standby = { url: stream.url.href, task };
    } catch (err) {
      log.warn({ err }, 'no stream to keep open');
    }
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
  streams.map(({ name, video, width, height, audio }) => `${name} ${video} ${width}x${height} ${audio ?? 'no audio'}`);
