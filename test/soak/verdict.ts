/** What a soak's samples say: how fast each figure grows, how sure that is, and whether it is too fast. */

export interface Sample {
  /** Since the start of the soak. */
  readonly minutes: number;
  readonly descriptors: number;
  readonly threads: number;
  readonly children: number;
  /** Of the whole tree, what is in no file, in MB; after a full garbage collection. */
  readonly ownMb: number;
  /** JavaScript's objects and buffers after a full garbage collection, without what V8 has compiled, in MB. */
  readonly heldMb: number;
  /** What V8 has compiled, in MB. */
  readonly codeMb: number;
}

export type Figure = Exclude<keyof Sample, 'minutes'>;

/** `unclear`: the samples are too few, or too far from any line, to say that it is flat or that it grows. */
export type Course = 'flat' | 'GROWS' | 'unclear';

export interface Trend {
  readonly figure: Figure;
  readonly first: number;
  readonly last: number;
  readonly most: number;
  /** By least squares, over what comes after the warm-up. */
  readonly perHour: number;
  /** The true slope is within so much of it, in 19 of 20 cases. */
  readonly give: number;
  readonly limitPerHour: number;
  readonly course: Course;
}

/** What may be the noise of an hour and is no leak: a leak worth the name fills a small box within months. */
const LIMITS_PER_HOUR: Readonly<Record<Figure, number>> = {
  descriptors: 2,
  threads: 1,
  children: 0.5,
  ownMb: 6,
  // What V8 keeps of its code beside the code is in it: a third of a megabyte in the first hour after the warm-up.
  heldMb: 0.75,
  // It ends by itself, where a thousand functions are compiled for good.
  codeMb: 2,
};
/** Until then V8 learns; of a longer soak it is the first half. */
const WARM_UP_ROUNDS = 40;
const WARM_UP_SHARE = 0.5;
/** Fewer samples make no line. */
const LEAST_SAMPLES = 8;
/** Standard errors to either side. */
const SURE = 2;

/** One row for each figure; of samples that were taken at moments when the same was going on. */
export function trendsOf(samples: readonly Sample[]): Trend[] {
  const steady = samples.slice(Math.max(WARM_UP_ROUNDS, Math.floor(samples.length * WARM_UP_SHARE)));
  return (Object.keys(LIMITS_PER_HOUR) as Figure[]).map((figure) => {
    const values = steady.map((sample) => sample[figure]);
    const line = lineThrough(steady.map((sample) => [sample.minutes / 60, sample[figure]]));
    const limitPerHour = LIMITS_PER_HOUR[figure];
    const [first = 0] = values;
    const [last = 0, most = 0] = [values.at(-1), Math.max(0, ...values)];
    const [perHour, give] = [line.slope, line.error * SURE];
    return {
      figure,
      first,
      last,
      most,
      perHour,
      give,
      limitPerHour,
      course: courseOf({ perHour, give, limitPerHour }),
    };
  });
}

function courseOf({ perHour, give, limitPerHour }: Pick<Trend, 'perHour' | 'give' | 'limitPerHour'>): Course {
  if (perHour + give <= limitPerHour) return 'flat';
  return perHour - give > limitPerHour ? 'GROWS' : 'unclear';
}

/** The straight line that fits best, and the standard error of its slope. */
function lineThrough(points: ReadonlyArray<readonly [x: number, y: number]>): { slope: number; error: number } {
  if (points.length < LEAST_SAMPLES) return { slope: 0, error: Number.POSITIVE_INFINITY };
  const mean = (of: (x: number, y: number) => number): number =>
    points.reduce((sum, [x, y]) => sum + of(x, y), 0) / points.length;
  const [middle, height] = [mean((x) => x), mean((_, y) => y)];
  const width = mean((x) => (x - middle) ** 2);
  const slope = mean((x, y) => (x - middle) * (y - height)) / width;
  const miss = mean((x, y) => (y - height - slope * (x - middle)) ** 2);
  return { slope, error: Math.sqrt(miss / width / (points.length - 2)) };
}

/** Of all figures together. */
export function courseOfAll(trends: readonly Trend[]): Course {
  if (trends.some(({ course }) => course === 'GROWS')) return 'GROWS';
  return trends.every(({ course }) => course === 'flat') ? 'flat' : 'unclear';
}

/** Everything that a soak is judged by. */
export interface Case {
  /** Undefined: growth is not judged. */
  readonly course: Course | undefined;
  /** The gateway's exit code. */
  readonly code: number | null;
  /** Lines of the log with a secret. */
  readonly leaked: number;
  /** What should have come of it, and has not. */
  readonly missing: readonly string[];
}

export interface Verdict {
  readonly fine: boolean;
  readonly words: string;
}

/** The first that is true. */
const VERDICTS: ReadonlyArray<{ readonly words: string; applies(to: Case): boolean }> = [
  { words: 'NOT FINE: it did not end in good order', applies: ({ code }) => code !== 0 },
  { words: 'NOT FINE: a secret is in the log', applies: ({ leaked }) => leaked > 0 },
  { words: 'NOT FINE: something grows', applies: ({ course }) => course === 'GROWS' },
  { words: 'NOT CLEAR: not everything has happened', applies: ({ missing }) => missing.length > 0 },
  { words: 'NOT CLEAR: more rounds, or a calmer machine, would tell', applies: ({ course }) => course === 'unclear' },
];

export function verdictOn(soak: Case): Verdict {
  const wrong = VERDICTS.find(({ applies }) => applies(soak));
  const good = soak.course === undefined ? 'it ended in good order' : 'nothing grows';
  return { fine: wrong === undefined, words: wrong?.words ?? good };
}
