import type { Era } from '../runtime/stamps.ts';

/** What the dialogue says of a segment. */
export interface SegmentFacts {
  /** When its first picture was taken, in microseconds of Unix time. */
  readonly startUs: number;
  readonly durationUs: number;
  /** The DTS right after it, in 90 kHz ticks; not wrapped at 33 bits, so that it keeps growing. */
  readonly nextDts: number;
  readonly bytes: number;
  /** What `startUs` leans on where nobody vouched for the time of day. */
  readonly era?: Era | undefined;
}

/** MPEG-TS that begins with PAT, PMT and a key frame and can be played alone, or as one of a list. */
export interface Segment extends SegmentFacts {
  /** The content in pieces, to be sent or written one after the other. */
  readonly parts: readonly Buffer[];
}

/** The facts alone, without holding on to the content. */
export function factsOf({ startUs, durationUs, nextDts, bytes, era }: SegmentFacts): SegmentFacts {
  return { startUs, durationUs, nextDts, bytes, ...(era && { era }) };
}
