/** How long uploads take, counted in classes; for metrics. Outlives every session. */
export class UploadTimes {
  readonly #counts = BOUNDS_MS.map(() => 0);
  #sumMs = 0;
  #count = 0;

  note(tookMs: number): void {
    this.#count++;
    this.#sumMs += tookMs;
    for (const [index, bound] of BOUNDS_MS.entries()) {
      if (tookMs <= bound) this.#counts[index] = (this.#counts[index] ?? 0) + 1;
    }
  }

  get histogram(): UploadHistogram {
    const buckets = BOUNDS_MS.map((boundMs, index) => ({ boundMs, count: this.#counts[index] ?? 0 }));
    return { buckets, sumMs: this.#sumMs, count: this.#count };
  }
}

const BOUNDS_MS = [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000];

export interface UploadHistogram {
  /** How many took no longer than each bound. */
  readonly buckets: ReadonlyArray<{ readonly boundMs: number; readonly count: number }>;
  readonly sumMs: number;
  readonly count: number;
}
