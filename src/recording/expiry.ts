import type { Era, Stamps } from '../runtime/stamps.ts';

/**
 * How long anything waits for a platform that does not take it. Tells ages over restarts, and of what is from a time
 * when nobody knew which time it was.
 */

/** When something was, so that it can be written down. */
export interface Since {
  /** Ms since 1970, by the clock that the era names; what `Stamps.correctionMs` adds to it makes it true. */
  readonly ms: number;
  readonly era?: Era | undefined;
}

/** A greater age only says that the clock was wrong then, or is so now. */
const UNBELIEVABLE_AGE_MS = 5 * 365 * 86_400_000;

export class Expiry {
  readonly #maxAgeMs: number;
  readonly #stamps: Stamps;

  constructor(maxAgeMs: number, stamps: Stamps) {
    this.#maxAgeMs = maxAgeMs;
    this.#stamps = stamps;
  }

  /** This moment, by the clock of that era: it need not be today's, for a session may have begun before time was known. */
  now(era = this.#stamps.era): Since {
    return { ms: this.#stamps.now().getTime() - this.#stamps.correctionMs(era), ...(era && { era }) };
  }

  /** While nobody knows what time it is, nobody knows how old anything is. */
  isOver(since: Since): boolean {
    const age = this.#stamps.now().getTime() - this.#trueMs(since);
    return this.#stamps.trusted && age > this.#maxAgeMs && age < UNBELIEVABLE_AGE_MS;
  }

  /** Below 0 when `a` was before `b`, as far as is known. What this boot has left is newer than all before it. */
  compare(a: Since, b: Since): number {
    return this.#boots(a) - this.#boots(b) || this.#trueMs(a) - this.#trueMs(b);
  }

  /** 1 for what leans on the clock of this boot while nobody knows how wrong that is. */
  #boots({ era }: Since): number {
    return era !== undefined && era.boot === this.#stamps.era?.boot ? 1 : 0;
  }

  #trueMs({ ms, era }: Since): number {
    return ms + this.#stamps.correctionMs(era);
  }
}
