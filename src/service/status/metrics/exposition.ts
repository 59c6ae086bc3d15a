import type { UploadHistogram } from './upload-times.ts';

/** What Prometheus reads, in the text format 0.0.4. Knows no figure of ours. */

/** One row for each figure; one that is undefined is left out. */
export interface Figure<Of> {
  readonly name: string;
  readonly type: 'gauge' | 'counter';
  readonly help: string;
  value(of: Of): number | undefined;
}

export interface HistogramFigure<Of> {
  readonly name: string;
  readonly help: string;
  value(of: Of): UploadHistogram;
}

/** One of the things that a figure is told of. */
export interface Sample<Of> {
  readonly labels: Readonly<Record<string, string | number>>;
  readonly of: Of;
}

export function figureLines<Of>(figure: Figure<Of>, samples: ReadonlyArray<Sample<Of>>): string[] {
  const { name, type, help, value } = figure;
  const found = samples.flatMap(({ labels, of }) => {
    const told = value(of);
    return told === undefined ? [] : [`${name}${labelText(labels)} ${told}`];
  });
  return headed({ name, type, help }, found);
}

export function histogramLines<Of>(
  { name, help, value }: HistogramFigure<Of>,
  samples: ReadonlyArray<Sample<Of>>,
): string[] {
  const found = samples.flatMap(({ labels, of }) => {
    const { buckets, sumMs, count } = value(of);
    const bucket = (le: number | string, reached: number): string =>
      `${name}_bucket${labelText({ ...labels, le })} ${reached}`;
    return [
      ...buckets.map(({ boundMs, count: reached }) => bucket(boundMs / 1_000, reached)),
      bucket('+Inf', count),
      `${name}_sum${labelText(labels)} ${sumMs / 1_000}`,
      `${name}_count${labelText(labels)} ${count}`,
    ];
  });
  return headed({ name, type: 'histogram', help }, found);
}

function headed({ name, type, help }: { name: string; type: string; help: string }, found: string[]): string[] {
  return found.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...found];
}

function labelText(labels: Sample<unknown>['labels']): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(String(value))}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
