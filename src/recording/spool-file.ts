import { crc32 } from 'node:zlib';
import type { Segment, SegmentFacts } from './segment.ts';

/** A segment on disk: its name says everything there is to know about it, so no index can disagree with it. */
export interface SpoolName extends SegmentFacts {
  /** The order within the session. */
  readonly sequence: number;
  readonly checksum: number;
}

const NAME =
  /^(\d{10})_(\d{1,17})_(\d{1,17})_(-?\d{1,17})_(\d{1,12})_([0-9a-f]{8})(?:_([0-9a-f]{1,32})_(-?\d{1,16}))?\.ts$/;

export function spoolName(sequence: number, segment: Segment): string {
  const { startUs, durationUs, nextDts, bytes, era, parts } = segment;
  const checksum = checksumOf(parts).toString(16).padStart(8, '0');
  const facts = [startUs, durationUs, nextDts, bytes, checksum, ...(era ? [era.boot, era.bootedMs] : [])];
  return `${[String(sequence).padStart(10, '0'), ...facts].join('_')}.ts`;
}

/** Undefined for a file that is not one of ours. */
export function parseSpoolName(name: string): SpoolName | undefined {
  const match = NAME.exec(name);
  if (!match) return undefined;
  const [sequence = 0, startUs = 0, durationUs = 0, nextDts = 0, bytes = 0] = match.slice(1, 6).map(Number);
  const [, , , , , , sum = '', boot, bootedMs] = match;
  const era = boot === undefined ? {} : { era: { boot, bootedMs: Number(bootedMs) } };
  return { sequence, startUs, durationUs, nextDts, bytes, checksum: Number.parseInt(sum, 16), ...era };
}

export function checksumOf(parts: readonly Buffer[]): number {
  return parts.reduce((sum, part) => crc32(part, sum), 0);
}
