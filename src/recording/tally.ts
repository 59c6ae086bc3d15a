import type { SegmentFacts } from './segment.ts';

/** What became of one session's segments, counted. */
export interface Counts {
  readonly delivered: number;
  readonly deliveredBytes: number;
  /** Segments that neither memory nor disk could hold, or that were damaged there, or that nobody came to take. */
  readonly lost: number;
  /** Of the newest segment; 0 before the first. */
  readonly bitsPerSecond: number;
}

/** Hears what becomes of the segments of all sessions of a channel, as it happens. */
export interface SegmentEvents {
  delivered(tookMs: number): void;
  lost(segments: number): void;
}

export class Tally {
  readonly #events: SegmentEvents | undefined;
  #counts: Counts = {
    delivered: 0,
    deliveredBytes: 0,
    lost: 0,
    bitsPerSecond: 0,
  };

  constructor(events: SegmentEvents | undefined) {
    this.#events = events;
  }

  get counts(): Counts {
    return this.#counts;
  }

  made({ bytes, durationUs }: SegmentFacts): void {
    if (durationUs > 0) this.#counts = { ...this.#counts, bitsPerSecond: Math.round((bytes * 8_000_000) / durationUs) };
  }

  delivered({ bytes }: SegmentFacts, tookMs: number): void {
    this.#events?.delivered(tookMs);
    const { delivered, deliveredBytes } = this.#counts;
    this.#counts = { ...this.#counts, delivered: delivered + 1, deliveredBytes: deliveredBytes + bytes };
  }

  lost(segments = 1): void {
    this.#events?.lost(segments);
    this.#counts = { ...this.#counts, lost: this.#counts.lost + segments };
  }
}
