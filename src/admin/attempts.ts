import type { Clock } from '../runtime/clock.ts';
import { networkOf } from './network-of.ts';
import { Refusal } from './refusal.ts';

/** Guesses that cost nothing but themselves. */
const FREE = 3;
const SHORTEST_MS = 1_000;
const LONGEST_MS = 60_000;
/** An address that has been quiet for so long begins anew. */
const FORGOTTEN_MS = 15 * 60_000;
const MOST_ADDRESSES = 1_000;

interface Tally {
  failures: number;
  lastAt: number;
}

/** Slows down whoever guesses: each wrong guess doubles the pause before the next one from that address. */
export class Attempts {
  readonly #clock: Clock;
  readonly #tallies = new Map<string, Tally>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * Counts a guess, as a wrong one until `succeeded` says otherwise, so that many at once count as many. Gives how many
   * there have been in a row.
   * @throws Refusal `slow-down` while the address has to wait; `retryAfter` tells how many seconds
   */
  guess(address: string): number {
    const key = networkOf(address);
    const now = this.#clock.now();
    const tally = this.#tallies.get(key);
    const waitMs = tally ? tally.lastAt + pauseMs(tally.failures) - now : 0;
    if (waitMs > 0) throw slowDown(waitMs);
    const failures = tally && now - tally.lastAt < FORGOTTEN_MS ? tally.failures + 1 : 1;
    // Put at the end, so that the one who has been quiet for longest is forgotten first.
    this.#tallies.delete(key);
    this.#tallies.set(key, { failures, lastAt: now });
    const [oldest] = this.#tallies.keys();
    if (this.#tallies.size > MOST_ADDRESSES && oldest !== undefined) this.#tallies.delete(oldest);
    return failures;
  }

  /** Takes one guess back: it was right, and says nothing of those before. */
  forgive(address: string): void {
    const tally = this.#tallies.get(networkOf(address));
    if (tally) tally.failures--;
  }

  succeeded(address: string): void {
    this.#tallies.delete(networkOf(address));
  }
}

function slowDown(waitMs: number): Refusal {
  const retryAfter = Math.ceil(waitMs / 1_000);
  return new Refusal('slow-down', 'too many wrong guesses; wait a little', { retryAfter });
}

function pauseMs(failures: number): number {
  return failures < FREE ? 0 : Math.min(SHORTEST_MS * 2 ** (failures - FREE), LONGEST_MS);
}
