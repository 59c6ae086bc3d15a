import type { Clock } from '../../runtime/clock.ts';

const WINDOW_MS = 600_000;
const MANY = 5;
const FAILURES = 3;
const SLOW_MS = 60_000;

/**
 * How soon a subscription may be made anew. Cameras have four to eight places for subscribers, and some lock the door
 * for a quarter of an hour when asked too often (ONVIF field guide 4.4); two subscribers that evict each other would
 * go on for ever.
 */
export class RecreatePace {
  readonly #clock: Clock;
  readonly #madeMs: number[] = [];
  #failures = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Resolves when one may be made, and counts it. */
  async turn(signal: AbortSignal): Promise<void> {
    const now = this.#clock.now();
    const recent = this.#madeMs.filter((madeMs) => now - madeMs < WINDOW_MS);
    const slow = recent.length > MANY || this.#failures >= FAILURES;
    const last = recent.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (slow && last + SLOW_MS > now) await this.#clock.sleep(last + SLOW_MS - now, signal);
    this.#madeMs.splice(0, this.#madeMs.length, ...recent, this.#clock.now());
  }

  /** The last one came to nothing. */
  failed(): void {
    this.#failures++;
  }

  /** The last one has carried something. */
  worked(): void {
    this.#failures = 0;
  }
}
