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

/** How the site was in the last hours, in memory. */
export class Series implements Runnable {
  readonly #parts: SeriesParts;
  /** Figures by name. */
  #samples: Array<ReadonlyMap<string, number>> = [];

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
    const names = new Set(this.#samples.flatMap((values) => [...values.keys()]));
    const startAt = this.#parts.clock.wall().getTime() - Math.max(0, this.#samples.length - 1) * STEP_MS;
    return {
      startAt: new Date(startAt).toISOString(),
      stepSeconds: STEP_MS / 1_000,
      series: [...names].map((name) => ({
        name,
        unit: FIGURES.find((figure) => figure.name === name)?.unit ?? 'bits-per-second',
        values: this.#samples.map((values) => values.get(name) ?? null),
      })),
    };
  }

  #sample(): void {
    const status = this.#parts.status();
    const site = FIGURES.map(({ name, of }) => [name, of(status)] as const);
    const streams = status.channels.flatMap(({ channel, stream }) =>
      stream ? [[`channel-${channel}`, stream.bitsPerSecond] as const] : [],
    );
    this.#samples.push(new Map([...site, ...streams]));
    if (this.#samples.length > MOST) this.#samples.shift();
  }
}
