import type { Clock } from './clock.ts';

/** Rates are taken over at least this long: shorter than a minute, longer than a group of pictures. */
const WINDOW_MS = 5_000;

/** Measures how many bits a second flow, whenever bytes come. Takes no timer. */
export class ByteRate {
  readonly #clock: Clock;
  #windowSince: number;
  #windowBytes = 0;
  #bitsPerSecond = 0;
  #lastAt: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#windowSince = clock.now();
  }

  /** In the last whole window; 0 when nothing has come for the time of one. */
  get bitsPerSecond(): number {
    return (this.silentMs ?? WINDOW_MS) < WINDOW_MS ? this.#bitsPerSecond : 0;
  }

  /** How long ago the last bytes came; undefined before the first. */
  get silentMs(): number | undefined {
    return this.#lastAt === undefined ? undefined : Math.round(this.#clock.now() - this.#lastAt);
  }

  count(bytes: number): void {
    const now = this.#clock.now();
    this.#lastAt = now;
    this.#windowBytes += bytes;
    const elapsedMs = now - this.#windowSince;
    if (elapsedMs < WINDOW_MS) return;
    this.#bitsPerSecond = Math.round((this.#windowBytes * 8_000) / elapsedMs);
    this.#windowBytes = 0;
    this.#windowSince = now;
  }
}
