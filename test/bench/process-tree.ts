import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** What processes and all below them take, as the Linux kernel counts it. */

export interface TreeCost {
  /** User and system time since the start, children that have ended and were waited for included. */
  readonly cpuMs: number;
  /** Proportional set size: memory that processes share counts once. In MB of a million bytes. */
  readonly pssMb: number;
  /** What is theirs alone and in no file, in memory or swapped out: other processes on the machine do not change it. */
  readonly ownMb: number;
  readonly processes: number;
}

/** Fields of /proc/PID/stat, counted from the state, which is the first behind the name. */
const FIELD = { parent: 1, cpu: [11, 12, 13, 14] } as const;
const BYTES_PER_KB = 1024;
const BYTES_PER_MB = 1_000_000;

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
  readonly ticks: number;
}

/** The cost of the trees below those processes, themselves included. */
export function treeCost(roots: readonly number[]): TreeCost {
  const trees = members(roots);
  const ticks = trees.reduce((sum, row) => sum + row.ticks, 0);
  const mb = (of: (pid: number) => number): number =>
    (trees.reduce((sum, { pid }) => sum + of(pid), 0) * BYTES_PER_KB) / BYTES_PER_MB;
  return {
    cpuMs: (ticks * 1000) / ticksPerSecond(),
    pssMb: mb(pssOf),
    ownMb: mb(ownOf),
    processes: trees.length,
  };
}

/** The PSS of one process alone, in MB. */
export function processPssMb(pid: number): number {
  return (pssOf(pid) * BYTES_PER_KB) / BYTES_PER_MB;
}

function members(roots: readonly number[]): ProcessRow[] {
  const rows = readdirSync('/proc').flatMap((name) => (/^\d+$/.test(name) ? statOf(Number(name)) : []));
  const below = (parent: number): ProcessRow[] =>
    rows.filter((row) => row.parent === parent).flatMap((row) => [row, ...below(row.pid)]);
  return roots.flatMap((root) => [...rows.filter(({ pid }) => pid === root), ...below(root)]);
}

function statOf(pid: number): ProcessRow[] {
  const stat = textOf(`/proc/${pid}/stat`);
  if (stat === '') return [];
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = FIELD.cpu.reduce((sum, field) => sum + Number(fields[field]), 0);
  return [{ pid, parent: Number(fields[FIELD.parent]), ticks }];
}

function pssOf(pid: number): number {
  return rollup(pid, 'Pss');
}

function ownOf(pid: number): number {
  return rollup(pid, 'Pss_Anon') + rollup(pid, 'SwapPss');
}

/** In kB; 0 when the process has ended. */
function rollup(pid: number, field: string): number {
  return Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(textOf(`/proc/${pid}/smaps_rollup`))?.[1] ?? 0);
}

/** Empty when the process ended while we were looking. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function ticksPerSecond(): number {
  return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));
}
