import type { Clock } from '../../runtime/clock.ts';

/** How long a camera may take, by how far its stream has come. */
export interface Patience {
  /** Until the first bytes. */
  readonly openingMs: number;
  /** From there to the first picture: a camera may be in the middle of a long group of pictures. */
  readonly startingMs: number;
  /** From one picture to the next. */
  readonly flowingMs: number;
}

/** The next stage may be less patient than the one that a sleep began in. */
const LOOK_EVERY_MS = 1_000;

export type Stage = 'opening' | 'starting' | 'flowing';

/** Watches whether a stream moves on. Sound alone is no sign of life: cameras freeze with their microphone open. */
export class LifeSigns {
  readonly #clock: Clock;
  readonly #patience: Patience;
  #stage: Stage = 'opening';
  #since: number;

  constructor(clock: Clock, patience: Patience) {
    this.#clock = clock;
    this.#patience = patience;
    this.#since = clock.now();
  }

  get stage(): Stage {
    return this.#stage;
  }

  get silentMs(): number {
    return this.#clock.now() - this.#since;
  }

  sawBytes(): void {
    if (this.#stage === 'opening') this.#enter('starting');
  }

  sawPicture(): void {
    this.#enter('flowing');
  }

  /** Resolves when the stream has been silent for too long, or on abort. */
  async silence(signal: AbortSignal): Promise<void> {
    for (let leftMs = this.#leftMs(); leftMs > 0 && !signal.aborted; leftMs = this.#leftMs()) {
      await this.#clock.sleep(Math.min(leftMs, LOOK_EVERY_MS), signal);
    }
  }

  #enter(stage: Stage): void {
    this.#stage = stage;
    this.#since = this.#clock.now();
  }

  #leftMs(): number {
    return this.#patience[`${this.#stage}Ms`] - this.silentMs;
  }
}
