import type { TsRun } from '../../src/channel/ports.ts';
import { TsReader } from '../../src/media/ts/ts-reader.ts';
import type { Segment } from '../../src/recording/segment.ts';
import { Segmenter } from '../../src/recording/segmenter.ts';
import { Timeline } from '../../src/recording/timeline.ts';
import { FakeClock } from './fake-clock.ts';
import { type LogLine, readableLog } from './readable-log.ts';

/** A segmenter whose footage arrives in step with its time stamps, on a clock of its own. */

export interface Cutting {
  readonly segments: Segment[];
  readonly segmenter: Segmenter;
  readonly clock: FakeClock;
  readonly lines: LogLine[];
  /** Feeds the footage of one source from its beginning, or the given runs of it. */
  feed(film: Buffer, runs?: { from?: number; to?: number }): Promise<void>;
}

export interface CuttingWish {
  readonly segmentSeconds?: number;
  readonly segmentMaxBytes?: number;
  readonly firstDts?: number;
  readonly startUs?: number;
}

export function cutting(wish: CuttingWish = {}): Cutting {
  const { segmentSeconds = 2, segmentMaxBytes = 50_000_000, firstDts, startUs = 1_500_000_000_000_000 } = wish;
  const clock = new FakeClock();
  const { log, lines } = readableLog();
  const segments: Segment[] = [];
  const timeline = new Timeline({ firstDts, startUs: () => startUs, clock });
  const limits = { segmentSeconds, segmentMaxBytes };
  const segmenter = new Segmenter({ limits, timeline, log, onSegment: (segment) => segments.push(segment) });
  let clockDts: number | undefined;
  const feed: Cutting['feed'] = async (film, { from = 0, to = Number.POSITIVE_INFINITY } = {}) => {
    clockDts = undefined;
    const { tables, runs } = footage(film);
    for (const setup of tables) segmenter.onSetup(setup);
    for (const run of runs.slice(from, to)) {
      if (clockDts !== undefined) await clock.advance((run.dts - clockDts) / 90);
      clockDts = run.dts;
      segmenter.onRun(run);
    }
  };
  return { segments, segmenter, clock, lines, feed };
}

export function footage(film: Buffer): { tables: Buffer[]; runs: TsRun[] } {
  const tables: Buffer[] = [];
  const runs: TsRun[] = [];
  // The reader's bytes are true during the call only.
  const onRun = (run: TsRun): void => void runs.push({ ...run, packets: Buffer.from(run.packets) });
  new TsReader({ onSetup: (setup) => tables.push(setup), onRun }).push(film);
  return { tables, runs };
}

export const bytesOf = (...segments: readonly Segment[]): Buffer =>
  Buffer.concat(segments.flatMap(({ parts }) => parts));
