import { type FlvTag, isKeyFrame, isSequenceHeader } from '../flv-tag.ts';

export interface CongestionLimits {
  /** Above either of the high marks nothing but setup is let through. */
  readonly highBytes: number;
  readonly highMs: number;
  /** Video comes back with a key frame once both are below the low marks. */
  readonly lowBytes: number;
  readonly lowMs: number;
}

const CONGESTION_LIMITS: CongestionLimits = {
  highBytes: 2 * 1024 * 1024,
  highMs: 2000,
  lowBytes: 256 * 1024,
  lowMs: 500,
};

/** What has been left out; a group of which a part is missing counts in full. */
export interface Dropped {
  readonly gops: number;
  readonly tags: number;
  readonly bytes: number;
}

/** What waits in front of a tag: a publication has these two. */
export interface Backlog {
  readonly bufferedBytes: number;
  readonly bufferedMs: number;
}

/**
 * Decides which tags of a live feed go to a publication that cannot take them all. Whole groups of pictures are left
 * out: from the first frame that finds too much in front of it to the first key frame that finds little, so a decoder
 * never sees a frame without the one it builds on. Audio is left out only above the high mark and comes back first: it
 * is a twentieth of the bytes, needs no key frame, and someone may be listening. Setup always passes. Holds no tags
 * itself, so the memory is bounded by the high mark, the burst and one frame.
 *
 * A publication may begin with a burst, the group of pictures that was kept for it, which no uplink takes as fast as it
 * comes. Until it has gone out the high mark is higher by its size, and how long something has waited says nothing.
 */
export class Congestion {
  readonly #limits: CongestionLimits;
  #wantsKeyFrame = true;
  #gap = false;
  #dropped = { tags: 0, bytes: 0, gops: 0 };
  /** What the publication began with; 0 once that has gone out. */
  #burstBytes = 0;

  constructor(limits: CongestionLimits = CONGESTION_LIMITS) {
    this.#limits = limits;
  }

  get dropped(): Dropped {
    return this.#dropped;
  }

  /** True while video is being left out because of the backlog. */
  get congested(): boolean {
    return this.#gap;
  }

  /** The publication has begun with these, a key frame and what followed it. */
  begunWith(tags: readonly FlvTag[]): void {
    this.#burstBytes = tags.reduce((sum, { body }) => sum + body.length, 0);
    this.#wantsKeyFrame = tags.length === 0;
  }

  /** The feed has a gap of its own (it started anew): video waits for a key frame, and that is no congestion. */
  expectKeyFrame(): void {
    this.#wantsKeyFrame = true;
  }

  /** True when the tag is to be sent now; false when it is left out for good. */
  admits(tag: FlvTag, backlog: Backlog): boolean {
    const { lowBytes, lowMs } = this.#limits;
    const light = backlog.bufferedBytes < lowBytes && backlog.bufferedMs < lowMs;
    if (light) this.#burstBytes = 0;
    if (tag.kind === 'script' || isSequenceHeader(tag)) return true;
    const over = this.#isOver(backlog);
    if (tag.kind === 'audio') return over ? this.#drop(tag) : true;
    return isKeyFrame(tag) ? this.#admitsKeyFrame(tag, this.#gap ? light : !over) : this.#admitsFrame(tag, over);
  }

  #isOver({ bufferedBytes, bufferedMs }: Backlog): boolean {
    const { highBytes, highMs } = this.#limits;
    const burstBytes = this.#burstBytes;
    return bufferedBytes >= highBytes + burstBytes || (burstBytes === 0 && bufferedMs >= highMs);
  }

  #admitsKeyFrame(tag: FlvTag, fits: boolean): boolean {
    this.#wantsKeyFrame = !fits;
    this.#gap = !fits;
    if (fits) return true;
    this.#dropped.gops++;
    return this.#drop(tag);
  }

  #admitsFrame(tag: FlvTag, over: boolean): boolean {
    if (!this.#wantsKeyFrame && !over) return true;
    // A feed that begins in the middle of a group loses nothing that could have been shown.
    if (this.#wantsKeyFrame && !this.#gap) return false;
    if (!this.#gap) this.#dropped.gops++;
    this.#gap = true;
    this.#wantsKeyFrame = true;
    return this.#drop(tag);
  }

  #drop({ body }: FlvTag): false {
    this.#dropped.tags++;
    this.#dropped.bytes += body.length;
    return false;
  }
}
