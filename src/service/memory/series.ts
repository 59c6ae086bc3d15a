import type { History, SiteStatus } from '../../admin/api.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Runnable } from '../../runtime/supervise.ts';

const STEP_MS = 30_000;
const HOURS = 6;
const MOST = (HOURS * 3_600_000) / STEP_MS;

type Unit = History['series'][number]['unit'];

/** One row for each figure of the site. */
const FIGURES: ReadonlyArray<{ readonly name: string; readonly unit: Unit; of(status: SiteStatus): number }> = [
  { name: 'load', unit: 'none', of: ({ box }) => box.load[0] },
  { name: 'cpu', unit: 'percent', of: ({ box }) => box.cpuPercent },
  { name: 'memory', unit: 'bytes', of: ({ box }) => box.memory.processBytes },
  { name: 'backlog', unit: 'bytes', of: ({ backlog }) => backlog.bytes },
  { name: 'live', unit: 'bits-per-second', of: (status) => sum(status, ({ live }) => live?.bitsPerSecond) },
  {
    name: 'recording',
    unit: 'bits-per-second',
    of: (status) => sum(status, ({ recording }) => recording?.bitsPerSecond),
  },
];

function sum({ channels }: SiteStatus, of: (channel: SiteStatus['channels'][number]) => number | undefined): number {
  return channels.reduce((total, channel) => total + (of(channel) ?? 0), 0);
}

export interface SeriesParts {
  readonly status: () => SiteStatus;
  readonly clock: Clock;
}

/** One figure: of each moment the value, or NaN where there was none. Takes all its memory at once. */
interface Column {
  readonly values: Float64Array;
  /** The number of the last moment that had a value. */
  last: number;
}

/** How the site was in the last hours, in memory. */
export class Series implements Runnable {
  readonly #parts: SeriesParts;
  readonly #columns = new Map<string, Column>();
  /** Moments so far; each has its place in the columns by its number, and takes that of the one six hours before. */
  #moments = 0;

  constructor(parts: SeriesParts) {
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      await clock.sleep(STEP_MS, signal);
      if (!signal.aborted) this.#sample();
    }
  }

  get history(): History {
    const length = Math.min(this.#moments, MOST);
    const startAt = this.#parts.clock.wall().getTime() - Math.max(0, length - 1) * STEP_MS;
    const valueAt = ({ values }: Column, at: number): number | null => {
      const value = values[(this.#moments - length + at) % MOST];
      return value === undefined || Number.isNaN(value) ? null : value;
    };
    return {
      startAt: new Date(startAt).toISOString(),
      stepSeconds: STEP_MS / 1_000,
      series: [...this.#columns].map(([name, column]) => ({
        name,
        unit: FIGURES.find((figure) => figure.name === name)?.unit ?? 'bits-per-second',
        values: Array.from({ length }, (_, at) => valueAt(column, at)),
      })),
    };
  }

  #sample(): void {
    const status = this.#parts.status();
    const moment = this.#moments++;
    for (const [name, { values, last }] of this.#columns) {
      values[moment % MOST] = Number.NaN;
      if (moment - last >= MOST) this.#columns.delete(name);
    }
    for (const { name, of } of FIGURES) this.#note(name, moment, of(status));
    for (const { channel, stream } of status.channels) {
      if (stream) this.#note(`channel-${channel}`, moment, stream.bitsPerSecond);
    }
  }

  #note(name: string, moment: number, value: number): void {
    const column = this.#columns.get(name) ?? { values: new Float64Array(MOST).fill(Number.NaN), last: moment };
    column.values[moment % MOST] = value;
    column.last = moment;
    this.#columns.set(name, column);
  }
}
