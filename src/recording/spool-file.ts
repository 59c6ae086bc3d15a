import { crc32 } from 'node:zlib';
import type { Segment, SegmentFacts } from './segment.ts';

/** A segment on disk: its name says everything there is to know about it, so no index can disagree with it. */
export interface SpoolName extends SegmentFacts {
  /** The order within the session. */
  readonly sequence: number;
  readonly checksum: number;
}

const NAME = /^(\d{10})_(\d{1,17})_(\d{1,17})_(-?\d{1,17})_(\d{1,12})_([0-9a-f]{8})\.ts$/;

export function spoolName(sequence: number, segment: Segment): string {
  const { startUs, durationUs, nextDts, bytes, parts } = segment;
  const checksum = checksumOf(parts).toString(16).padStart(8, '0');
  return `${String(sequence).padStart(10, '0')}_${startUs}_${durationUs}_${nextDts}_${bytes}_${checksum}.ts`;
}

/** Undefined for a file that is not one of ours. */
export function parseSpoolName(name: string): SpoolName | undefined {
  const match = NAME.exec(name);
  if (!match) return undefined;
  const [sequence = 0, startUs = 0, durationUs = 0, nextDts = 0, bytes = 0] = match.slice(1, 6).map(Number);
  return { sequence, startUs, durationUs, nextDts, bytes, checksum: Number.parseInt(match[6] ?? '', 16) };
}

export function checksumOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => crc32(part, sum), 0);
}
