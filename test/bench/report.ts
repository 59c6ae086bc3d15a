import { median } from './figures.ts';

/** What was measured, and how it stands to its budget. */

export type Unit = 'ms' | '% of a core' | 'MB' | 'MB/s' | 'sessions' | 'segments' | 'segments/s';

/** What a row may cost at most: so much of its unit, or so many times what the peer takes. */
export type Budget = { readonly most: number } | { readonly ratio: number };

export interface Row {
  readonly name: string;
  readonly unit: Unit;
  readonly figure: number;
  /** Each single value, in the order in which they were taken; the figure is made of them. */
  readonly samples?: readonly number[];
  /** The same of plain ffmpeg in the same run. */
  readonly peer?: number;
  readonly peerSamples?: readonly number[];
  readonly budget?: Budget;
}

/** A row from the median of both sides' samples. */
export function medianRow(row: Omit<Row, 'figure' | 'peer'> & { readonly samples: readonly number[] }): Row {
  return { ...row, figure: median(row.samples), ...(row.peerSamples && { peer: median(row.peerSamples) }) };
}

export function ratioOf({ figure, peer }: Row): number | undefined {
  return peer === undefined ? undefined : figure / peer;
}

/** Undefined where the row has no budget. A figure that is no number meets none. */
export function isMet(row: Row): boolean | undefined {
  const { budget, figure } = row;
  if (!budget) return undefined;
  return 'most' in budget ? figure <= budget.most : (ratioOf(row) ?? Number.NaN) <= budget.ratio;
}

const DIGITS: Readonly<Record<Unit, (figure: number) => number>> = {
  ms: (figure) => (figure < 20 ? 2 : 0),
  '% of a core': () => 1,
  MB: () => 0,
  'MB/s': () => 1,
  segments: () => 0,
  'segments/s': () => 1,
  sessions: () => 1,
};

const HEADS = ['measured', 'gateway', 'min … max', 'plain ffmpeg', 'ratio', 'budget', 'met'];

/** The rows as a table of Markdown, which reads well on a terminal too. */
export function tableOf(rows: readonly Row[]): string {
  const lines = [HEADS, ...rows.map(cells)];
  const widths = HEADS.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  const rule = widths.map((width) => '-'.repeat(width));
  const [heads = [], ...body] = lines;
  return [heads, rule, ...body]
    .map((line) => `| ${line.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |`)
    .join('\n');
}

function cells(row: Row): string[] {
  const { name, unit, figure, samples = [], peer, budget } = row;
  const written = (value: number): string => value.toFixed(DIGITS[unit](figure));
  const ratio = ratioOf(row);
  return [
    name,
    `${written(figure)} ${unit}`,
    samples.length > 1 ? `${written(Math.min(...samples))} … ${written(Math.max(...samples))}` : '–',
    peer === undefined ? '–' : `${written(peer)} ${unit}`,
    ratio === undefined ? '–' : `${ratio.toFixed(2)} ×`,
    budget === undefined ? '–' : 'most' in budget ? `≤ ${budget.most} ${unit}` : `≤ ${budget.ratio} ×`,
    metWord(isMet(row)),
  ];
}

function metWord(met: boolean | undefined): string {
  if (met === undefined) return '–';
  return met ? 'yes' : 'NO';
}

/** The rows for a machine. */
export function plainRows(rows: readonly Row[]): object[] {
  return rows.map((row) => ({ ...row, ratio: ratioOf(row), met: isMet(row) }));
}
