import { spawnSync } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { aborted } from '../../src/runtime/scope.ts';
import { MEASUREMENTS, type Measurement } from './measurements.ts';
import { type BenchOptions, type Invocation, invocation, USAGE } from './options.ts';
import { isMet, plainRows, type Row, tableOf } from './report.ts';
import { Stage } from './stage.ts';

/** The benchmark: what the built gateway costs and how fast it is, beside plain ffmpeg in the same run. */

interface Results {
  readonly rows: Row[];
  /** What could not be measured, and why. */
  readonly failures: string[];
}

/** For people; stdout is the report's. */
const say = (line: string): void => void process.stderr.write(`${line}\n`);

async function measure(stage: Stage, options: BenchOptions, measurements: readonly Measurement[], results: Results) {
  say(`starting ${options.cameras} virtual cameras`);
  await stage.startCameras(options.cameras);
  for (const { name, how, make } of measurements) {
    const sinceMs = performance.now();
    try {
      results.rows.push(...(await make(stage, options)));
    } catch (err) {
      if (stopping.signal.aborted) return;
      results.failures.push(`${name}: ${err instanceof Error ? err.message : err}`);
    }
    say(`${name.padEnd(14)} ${((performance.now() - sinceMs) / 1000).toFixed(1).padStart(6)} s   ${how}`);
  }
}

/** One word of a name stands for all that begin with it. */
function isAsked(name: string, only: string | undefined): boolean {
  return only === undefined || name === only || name.startsWith(`${only}-`);
}

function machine(): object {
  const [, ffmpeg = 'unknown'] = / version (\S+)/.exec(spawnSync('ffmpeg', ['-version']).stdout.toString()) ?? [];
  return { cores: availableParallelism(), arch: process.arch, node: process.versions.node, ffmpeg };
}

function print({ rows, failures }: Results, stage: Stage, { json, options }: Invocation): void {
  const peers = [...stage.peerLines.values()];
  const date = new Date().toISOString();
  if (json) {
    const report = { date, machine: machine(), options, rows: plainRows(rows), failures, peers };
    process.stdout.write(`${JSON.stringify(report, undefined, 2)}\n`);
    return;
  }
  const missed = rows.filter((row) => isMet(row) === false).length;
  const lines = [
    `${date}  ${JSON.stringify(machine())}`,
    '',
    tableOf(rows),
    '',
    `budgets missed: ${missed}`,
    ...failures.map((failure) => `could not be measured: ${failure}`),
    ...(peers.length > 0 ? ['', 'the peer, one for each camera:', ...peers.map((line) => `  ${line}`)] : []),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function main(asked: Invocation): Promise<number> {
  const results: Results = { rows: [], failures: [] };
  const measurements = MEASUREMENTS.filter(({ name }) => isAsked(name, asked.only));
  const stage = await Stage.open();
  const measured = measure(stage, asked.options, measurements, results);
  try {
    await Promise.race([measured, aborted(stopping.signal)]);
  } finally {
    await stage.close();
    await measured.catch(() => undefined);
  }
  if (stopping.signal.aborted) return 1;
  print(results, stage, asked);
  return results.failures.length > 0 ? 1 : 0;
}

function readArguments(): Invocation | undefined {
  const names = MEASUREMENTS.map(({ name }) => name);
  try {
    return invocation(process.argv.slice(2), names);
  } catch (err) {
    say(`bench: ${err instanceof Error ? err.message : err}\n\nusage: ${USAGE}\nmeasurements: ${names.join(', ')}`);
    return undefined;
  }
}

const stopping = new AbortController();
// The first signal ends in good order; a second one ends at once.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());

const asked = readArguments();
process.exitCode = asked ? await main(asked) : 2;
