import type { Segment } from '../../src/recording/segment.ts';

const SECONDS = 10;

/** The segment of that number of a session: 10 s long, its content tells its number. */
export function segmentOf(number: number, bytes = 1880): Segment {
  const content = Buffer.alloc(bytes, `segment ${number};`);
  return {
    startUs: 1_500_000_000_000_000 + number * SECONDS * 1_000_000,
    durationUs: SECONDS * 1_000_000,
    nextDts: (number + 1) * SECONDS * 90_000,
    bytes,
    parts: [content.subarray(0, 376), content.subarray(376)],
  };
}

/** The number that the segment with this `start` has. */
export const numberOf = ({ start }: { readonly start: string }): number => (Number(start) - 1_500_000_000) / SECONDS;
