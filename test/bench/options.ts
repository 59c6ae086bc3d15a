import { parseArgs } from 'node:util';

/** How much is measured. */
export interface BenchOptions {
  readonly cameras: number;
  /** Steady seconds for each side of the comparison of costs. */
  readonly seconds: number;
  /** How often each moment in time is taken. */
  readonly repeats: number;
  /** How often plain ffmpeg and the gateway take turns in the comparison of costs. */
  readonly turns: number;
  readonly requests: number;
  readonly stalls: number;
}

export interface Invocation {
  readonly options: BenchOptions;
  readonly json: boolean;
  /** Name of the one measurement to make; undefined for all. */
  readonly only: string | undefined;
}

const FULL: BenchOptions = { cameras: 8, seconds: 20, repeats: 5, turns: 2, requests: 3_000, stalls: 4 };
/** Shows that everything can be measured; its figures say little. */
const QUICK: BenchOptions = { cameras: 2, seconds: 2, repeats: 1, turns: 1, requests: 500, stalls: 1 };
const MOST_CAMERAS = 64;
const LONGEST_SECONDS = 3_600;

export const USAGE = 'npm run bench -- [--cameras N] [--seconds N] [--only NAME] [--quick] [--json]';

/**
 * What the command line asks for.
 * @throws Error in words for the user
 */
export function invocation(args: readonly string[], names: readonly string[]): Invocation {
  const { values } = parseArgs({
    args: [...args],
    options: {
      cameras: { type: 'string' },
      seconds: { type: 'string' },
      only: { type: 'string' },
      quick: { type: 'boolean', default: false },
      json: { type: 'boolean', default: false },
    },
  });
  const { only, json, quick } = values;
  if (only !== undefined && !names.includes(only)) throw new Error(`--only wants one of ${names.join(', ')}`);
  const preset = quick ? QUICK : FULL;
  const cameras = count('cameras', values.cameras, { otherwise: preset.cameras, most: MOST_CAMERAS });
  const seconds = count('seconds', values.seconds, { otherwise: preset.seconds, most: LONGEST_SECONDS });
  return { options: { ...preset, cameras, seconds }, json, only };
}

function count(name: string, text: string | undefined, { otherwise, most }: { otherwise: number; most: number }) {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most) throw new Error(`--${name} wants 1 to ${most}`);
  return value;
}
