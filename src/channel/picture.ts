import type { Logger } from 'pino';
import { type Clock, withDeadline } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { aborted } from '../runtime/scope.ts';
import type { Runnable } from '../runtime/supervise.ts';
import type { Camera, CameraStream, Stills } from './ports.ts';

/** How long the camera's own snapshot is waited for before its video has to do. */
const SNAPSHOT_MS = 4_000;
/** Together below the time that an answer may take (ovs-rpc section 2). */
const STILL_MS = 7_000;

export interface PictureParts {
  readonly camera: Camera;
  readonly stills: Stills;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Takes pictures of one channel: the camera's own snapshot, else a picture out of its video. */
export class Pictures implements Runnable {
  readonly #parts: PictureParts;
  #life = AbortSignal.abort();
  #current: Promise<Buffer> | undefined;

  constructor(parts: PictureParts) {
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#life = signal;
    await aborted(signal);
    await this.#current?.catch(() => undefined);
  }

  /**
   * A JPEG of this moment. Whoever asks while one is being taken gets the same.
   * @throws GatewayError what `Stills.grab` throws
   */
  take(streams: readonly CameraStream[]): Promise<Buffer> {
    if (this.#current) return this.#current;
    const current = this.#take(streams).finally(() => {
      this.#current = undefined;
    });
    this.#current = current;
    // Whoever asked hears of a failure; one whom nobody waits for any more must not end the process.
    current.catch(() => undefined);
    return current;
  }

  /** What the video shows is held first: by the time a slow camera has failed to answer, the moment is gone. */
  async #take(streams: readonly CameraStream[]): Promise<Buffer> {
    const { camera, stills, log } = this.#parts;
    const fromVideo = stills.grab(streams);
    try {
      const jpeg = await this.#within(SNAPSHOT_MS, (signal) => camera.snapshot(signal));
      if (isJpeg(jpeg)) return jpeg;
      log.debug('the snapshot is no JPEG');
    } catch (err) {
      log.debug({ err }, 'no snapshot');
    }
    return this.#within(STILL_MS, fromVideo);
  }

  #within<T>(ms: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const late = (): Error => new GatewayError('timed-out', 'the picture took too long');
    return withDeadline({ clock: this.#parts.clock, ms, signal: this.#life, late }, work);
  }
}

function isJpeg(bytes: Buffer): boolean {
  return bytes[0] === 0xff && bytes[1] === 0xd8;
}
