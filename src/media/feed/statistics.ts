import type { Clock } from '../../runtime/clock.ts';
import { type FlvTag, isKeyFrame } from '../flv-tag.ts';

/** Rates are taken over at least this long: shorter than a minute, longer than a group of pictures. */
const WINDOW_MS = 5_000;

/** Counts what flows through a Feed. */
export class Statistics {
  readonly #clock: Clock;
  #windowSince: number;
  #windowBytes = 0;
  #bitsPerSecond = 0;
  #lastAt: number | undefined;
  #keyFrameAtMs: number | undefined;
  #keyFrameIntervalMs: number | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#windowSince = clock.now();
  }

  /** Bits per second in the last whole window. */
  get bitsPerSecond(): number {
    return (this.silentMs ?? WINDOW_MS) < WINDOW_MS ? this.#bitsPerSecond : 0;
  }

  /** Between the last two key frames, on the camera's clock. */
  get keyFrameIntervalMs(): number | undefined {
    return this.#keyFrameIntervalMs;
  }

  /** How long ago the last bytes came; undefined before the first. */
  get silentMs(): number | undefined {
    return this.#lastAt === undefined ? undefined : Math.round(this.#clock.now() - this.#lastAt);
  }

  countBytes(bytes: number): void {
    const now = this.#clock.now();
    this.#lastAt = now;
    this.#windowBytes += bytes;
    const elapsedMs = now - this.#windowSince;
    if (elapsedMs < WINDOW_MS) return;
    this.#bitsPerSecond = Math.round((this.#windowBytes * 8_000) / elapsedMs);
    this.#windowBytes = 0;
    this.#windowSince = now;
  }

  countTag(tag: FlvTag): void {
    if (!isKeyFrame(tag)) return;
    if (this.#keyFrameAtMs !== undefined) this.#keyFrameIntervalMs = tag.timestampMs - this.#keyFrameAtMs;
    this.#keyFrameAtMs = tag.timestampMs;
  }

  /** Another ffmpeg, another timeline. */
  restart(): void {
    this.#keyFrameAtMs = undefined;
  }
}
