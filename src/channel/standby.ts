import type { Logger } from 'pino';
import { aborted } from '../runtime/scope.ts';
import type { Runnable } from '../runtime/supervise.ts';
import { Task } from '../runtime/task.ts';
import { chooseStream, isSameStream } from './choose-stream.ts';
import type { CameraSight, CameraStream, Live } from './ports.ts';
import type { LiveWish } from './publishing.ts';

export interface StandbyParts {
  readonly wish: LiveWish;
  readonly live: Live;
  readonly log: Logger;
}

/** Keeps the stream that a push would take open, so that live starts at once; follows the camera to another address. */
export class Standby implements Runnable {
  readonly #parts: StandbyParts;
  #life = AbortSignal.abort();
  #open: { readonly stream: CameraStream; readonly task: Task } | undefined;

  constructor(parts: StandbyParts) {
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    this.#life = signal;
    await aborted(signal);
    await this.#open?.task.stop();
  }

  /** A stream that would have to be encoded is not kept: that would cost for nobody what standby is to save. */
  see({ streams }: CameraSight): void {
    const { wish, live, log } = this.#parts;
    try {
      const { stream, video } = chooseStream(streams, { ...wish, maxBitsPerSecond: 0 });
      if (video !== 'copy' || (this.#open && isSameStream(this.#open.stream, stream))) return;
      void this.#open?.task.stop();
      this.#open = { stream, task: new Task((signal) => live.standby(stream, signal), this.#life) };
    } catch (err) {
      log.warn({ err }, 'no stream to keep open');
    }
  }
}
