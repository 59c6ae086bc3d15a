/** What a soak's samples say: how fast each figure grows, and whether that is too fast. */

export interface Sample {
  /** Since the start of the soak. */
  readonly minutes: number;
  readonly descriptors: number;
  readonly threads: number;
  readonly children: number;
  /** The whole tree's, in MB; after a full garbage collection. */
  readonly pssMb: number;
  /** JavaScript's, after a full garbage collection, in MB. */
  readonly heapMb: number;
}

export type Figure = Exclude<keyof Sample, 'minutes'>;

export interface Trend {
  readonly figure: Figure;
  readonly first: number;
  readonly last: number;
  readonly most: number;
  /** By least squares, over what comes after the warm-up. */
  readonly perHour: number;
  readonly limitPerHour: number;
  readonly fine: boolean;
}

/** What may be the noise of an hour and is no leak: a leak worth the name fills a small box within months. */
const LIMITS_PER_HOUR: Readonly<Record<Figure, number>> = {
  descriptors: 2,
  threads: 1,
  children: 0.5,
  pssMb: 6,
  heapMb: 1,
};
/** Code is compiled, compiled again and cached for some thirty rounds. */
const WARM_UP_SHARE = 0.5;
/** Fewer samples make no line. */
const LEAST_SAMPLES = 4;

/** One row for each figure; of samples that were taken at moments when the same was going on. */
export function trendsOf(samples: readonly Sample[]): Trend[] {
  const end = samples.at(-1)?.minutes ?? 0;
  const steady = samples.filter(({ minutes }) => minutes >= end * WARM_UP_SHARE);
  return (Object.keys(LIMITS_PER_HOUR) as Figure[]).map((figure) => {
    const values = steady.map((sample) => sample[figure]);
    const perHour = steady.length < LEAST_SAMPLES ? 0 : slope(steady, figure) * 60;
    const limitPerHour = LIMITS_PER_HOUR[figure];
    const [first = 0] = values;
    const [last = 0, most = 0] = [values.at(-1), Math.max(...values)];
    return { figure, first, last, most, perHour, limitPerHour, fine: perHour <= limitPerHour };
  });
}

/** Of the straight line that fits best, a minute. */
function slope(samples: readonly Sample[], figure: Figure): number {
  const mean = (of: (sample: Sample) => number): number =>
    samples.reduce((sum, sample) => sum + of(sample), 0) / samples.length;
  const [x, y] = [mean(({ minutes }) => minutes), mean((sample) => sample[figure])];
  const width = mean(({ minutes }) => (minutes - x) ** 2);
  return width === 0 ? 0 : mean((sample) => (sample.minutes - x) * (sample[figure] - y)) / width;
}
