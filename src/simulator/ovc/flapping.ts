import type { StorageFaults } from './faults.ts';

/** Failures by chance, the same ones for the same seed and the same number of requests. */

const WAYS: ReadonlyArray<Partial<StorageFaults>> = [
  { down: 'reset' },
  { down: 'reset_after' },
  { down: 'refused' },
  { status: 500 },
  { status: 403 },
  { wrongJson: true },
  { uriLifetimeMs: 0 },
];

export class Flapping {
  #seed = 0;
  #state = 0;

  /** The switches for the next request. */
  next(faults: StorageFaults): StorageFaults {
    const { flapShare, flapSeed } = faults;
    if (flapShare === 0) return faults;
    if (flapSeed !== this.#seed) this.#state = flapSeed;
    this.#seed = flapSeed;
    if (this.#chance() >= flapShare) return faults;
    return { ...faults, ...WAYS[Math.floor(this.#chance() * WAYS.length)] };
  }

  /** From 0 to 1, by Lehmer's generator. */
  #chance(): number {
    this.#state = (this.#state * 48_271) % 2_147_483_647;
    return this.#state / 2_147_483_647;
  }
}
