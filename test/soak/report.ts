import { table } from '../../src/commands/table.ts';
import { courseOfAll, type Sample, type Trend, trendsOf, type Verdict, verdictOn } from './verdict.ts';

/** What a soak has seen, for people. */
export interface Outcome {
  readonly samples: readonly Sample[];
  readonly cameras: number;
  readonly calm: boolean;
  /** The gateway's exit code. */
  readonly code: number | null;
  /** In words. */
  readonly ended: string;
  /** Lines with a secret. */
  readonly leaked: number;
  /** How often each message was logged, by level. */
  readonly said: ReadonlyMap<string, number>;
  /** Between the first and the last sample. */
  readonly writtenBytes: number;
  /** What has come to the platform and to the visitor. */
  readonly came: Readonly<Record<string, number>>;
  readonly refusals: ReadonlyMap<string, number>;
}

/** A sample in a line. */
export const line = ({ minutes, ownMb, heldMb, codeMb, descriptors, threads, children }: Sample): string =>
  `${minutes.toFixed(1).padStart(6)} min  own ${ownMb.toFixed(1)} MB  held ${heldMb.toFixed(2)} MB  ` +
  `code ${codeMb.toFixed(2)} MB  ${descriptors} descriptors  ${threads} threads  ${children} children`;

export function report(outcome: Outcome): { readonly text: string; readonly verdict: Verdict } {
  const { samples, cameras, calm, code, ended, leaked, said, writtenBytes, came, refusals } = outcome;
  const trends = trendsOf(samples);
  const verdict = verdictOn({
    course: calm ? undefined : courseOfAll(trends),
    code,
    leaked,
    missing: calm ? [] : missing(came),
  });
  const often = [...said].sort(([, one], [, other]) => other - one);
  const written = (writtenBytes / hours(samples) / 1e6).toFixed(2);
  const lines = [
    `${samples.length} rounds, ${samples.at(-1)?.minutes.toFixed(0) ?? 0} minutes, ${cameras} cameras`,
    '',
    ...table(['figure', 'first', 'last', 'most', 'an hour', '', 'limit', ''], trends.map(row)),
    '',
    `came of it: ${Object.entries(came)
      .map(([what, count]) => `${count} ${what}`)
      .join(', ')}`,
    `ended: ${ended}; lines with a secret: ${leaked}; written to disk: ${written} MB an hour`,
    '',
    ...table(
      ['times', 'level and message'],
      often.map(([words, times]) => [String(times), words]),
    ),
    ...(refusals.size === 0 ? [] : ['', 'orders refused:']),
    ...[...refusals].map(([words, times]) => `${times} x ${words}`),
    '',
    `verdict: ${verdict.words}`,
  ];
  return { text: `${lines.join('\n')}\n`, verdict };
}

function row({ figure, first, last, most, perHour, give, limitPerHour, course }: Trend): string[] {
  const figures = [first, last, most, perHour].map((value) => value.toFixed(2));
  return [figure, ...figures, Number.isFinite(give) ? `± ${give.toFixed(2)}` : '± ?', String(limitPerHour), course];
}

const missing = (came: Readonly<Record<string, number>>): string[] =>
  Object.entries(came).flatMap(([what, count]) => (count === 0 ? [what] : []));

const hours = (samples: readonly Sample[]): number =>
  Math.max(((samples.at(-1)?.minutes ?? 0) - (samples[0]?.minutes ?? 0)) / 60, 1 / 3600);
