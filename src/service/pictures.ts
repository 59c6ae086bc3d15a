import type { Clock } from '../runtime/clock.ts';

const FRESH_MS = 2_000;

interface Kept {
  readonly at: number;
  readonly jpeg: Promise<Buffer>;
}

/** The newest picture of each channel: however many look, the camera is asked once in two seconds. */
export class PictureCache {
  readonly #clock: Clock;
  readonly #kept = new Map<number, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** `take` makes a new one, where the last is too old and none is being taken. A failure is kept as long, too. */
  get(channel: number, take: () => Promise<Buffer>): Promise<Buffer> {
    const kept = this.#kept.get(channel);
    if (kept && this.#clock.now() - kept.at < FRESH_MS) return kept.jpeg;
    this.#forgetOld();
    // One that takes long is fresh when it comes.
    const taken = take();
    const jpeg = taken.finally(() => {
      if (this.#kept.get(channel) === next) this.#kept.set(channel, { ...next, at: this.#clock.now() });
    });
    const next: Kept = { at: Number.POSITIVE_INFINITY, jpeg };
    this.#kept.set(channel, next);
    jpeg.catch(() => undefined);
    return jpeg;
  }

  /** Nobody looks any more: a picture of each of many channels is not to be held for ever. */
  #forgetOld(): void {
    const now = this.#clock.now();
    for (const [channel, { at }] of this.#kept) if (now - at >= FRESH_MS) this.#kept.delete(channel);
  }
}
