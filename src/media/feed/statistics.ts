import { ByteRate } from '../../runtime/byte-rate.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type FlvTag, isKeyFrame } from '../flv-tag.ts';

/** Counts what flows through a Feed. */
export class Statistics {
  readonly #rate: ByteRate;
  #keyFrameAtMs: number | undefined;
  #keyFrameIntervalMs: number | undefined;

  constructor(clock: Clock) {
    this.#rate = new ByteRate(clock);
  }

  get bitsPerSecond(): number {
    return this.#rate.bitsPerSecond;
  }

  /** Between the last two key frames, on the camera's clock. */
  get keyFrameIntervalMs(): number | undefined {
    return this.#keyFrameIntervalMs;
  }

  /** How long ago the last bytes came; undefined before the first. */
  get silentMs(): number | undefined {
    return this.#rate.silentMs;
  }

  countBytes(bytes: number): void {
    this.#rate.count(bytes);
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
