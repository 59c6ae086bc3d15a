import { parseArgs } from 'node:util';

/** How much is measured. */
export interface BenchOptions {
  readonly cameras: number;
  /** Steady seconds for each side of the comparison of costs. */
  readonly seconds: number;
  /** Before costs are measured: until buffers are filled. */
  readonly settleMs: number;
  /** Before the gateway's first turn beside that: until its code is compiled. ffmpeg comes compiled. */
  readonly warmMs: number;
  /** How often each moment in time is taken. */
  readonly repeats: number;
  /** How often plain ffmpeg and the gateway take turns in the comparison of costs. */
  readonly turns: number;
  readonly requests: number;
  /** PTZ orders, quiet and under load each. */
  readonly moves: number;
  readonly stalls: number;
  /** How long the link must have been up before it is cut; a connection counts as healthy after 12 s. */
  readonly linkUpMs: number;
  /** How long each cut lasts. */
  readonly cutsMs: readonly number[];
  readonly outageMs: number;
  readonly prerecordSeconds: number;
}

export interface Invocation {
  readonly options: BenchOptions;
  readonly json: boolean;
  /** Name of the one measurement to make; undefined for all. */
  readonly only: string | undefined;
}

const FULL: BenchOptions = {
  ...{ cameras: 8, seconds: 45, turns: 3, settleMs: 8_000, warmMs: 40_000 },
  ...{ repeats: 5, requests: 3_000, moves: 600, stalls: 4, linkUpMs: 12_500, cutsMs: [200, 5_000] },
  ...{ outageMs: 30_000, prerecordSeconds: 20 },
};
/** Shows that everything can be measured; its figures say little. */
const QUICK: BenchOptions = {
  ...{ cameras: 2, seconds: 1, turns: 1, settleMs: 500, warmMs: 0 },
  ...{ repeats: 1, requests: 500, moves: 60, stalls: 1, linkUpMs: 2_500, cutsMs: [200] },
  ...{ outageMs: 8_000, prerecordSeconds: 4 },
};
/** One is kept on standby and the others are not. */
const CAMERAS = { least: 2, most: 64 };
const SECONDS = { least: 1, most: 3_600 };

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
  const cameras = count('cameras', values.cameras, { otherwise: preset.cameras, ...CAMERAS });
  const seconds = count('seconds', values.seconds, { otherwise: preset.seconds, ...SECONDS });
  return { options: { ...preset, cameras, seconds }, json, only };
}

interface Bounds {
  readonly otherwise: number;
  readonly least: number;
  readonly most: number;
}

function count(name: string, text: string | undefined, { otherwise, least, most }: Bounds): number {
  if (text === undefined) return otherwise;
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) throw new Error(`--${name} wants ${least} to ${most}`);
  return value;
}
