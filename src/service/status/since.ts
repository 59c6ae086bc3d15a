import type { Clock } from '../../runtime/clock.ts';

/**
 * Remembers since when things are so. Each round asks for everything that is so now; what no round has asked for is no
 * longer so, and begins anew the next time.
 */
export class Since {
  readonly #clock: Clock;
  #known = new Map<string, Date>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** One round: `ask` is to be called for all that is so. */
  round<T>(work: (ask: (key: string) => Date) => T): T {
    const found = new Map<string, Date>();
    const ask = (key: string): Date => {
      const since = found.get(key) ?? this.#known.get(key) ?? this.#clock.wall();
      found.set(key, since);
      return since;
    };
    const result = work(ask);
    this.#known = found;
    return result;
  }
}
