import type { RecordingReport } from './recording-ledger.ts';

/** A recording without the segments, which may be thousands. */
export interface RecordingSummary extends Omit<RecordingReport, 'segments' | 'gaps'> {
  /** How many. */
  readonly segments: number;
  readonly gaps: number;
  readonly bytes: number;
  /** Seconds of material, and Unix seconds of its first and last moment. */
  readonly seconds: number;
  readonly start: number | undefined;
  readonly end: number | undefined;
}

export function inShort({ segments, gaps, ...rest }: RecordingReport): RecordingSummary {
  const [first] = segments;
  const last = segments.at(-1);
  return {
    ...rest,
    gaps: gaps.length,
    segments: segments.length,
    bytes: segments.reduce((sum, { bytes }) => sum + bytes, 0),
    seconds: segments.reduce((sum, { duration }) => sum + duration, 0),
    start: first?.start,
    end: last && last.start + last.duration,
  };
}
