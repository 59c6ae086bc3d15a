import { type FlvTag, isKeyFrame, isSequenceHeader } from '../flv-tag.ts';

/**
 * What a consumer that joins now needs before the next tag: metadata, codec setup, and everything since the last key
 * frame. Knows no consumers.
 */

const MAX_GOP_BYTES = 16 * 1024 * 1024;
/** A picture that is older starts no live view any more. */
const MAX_GOP_AGE_MS = 30_000;

export interface GopLimits {
  readonly maxBytes?: number;
  readonly maxAgeMs?: number;
}

export class GopCache {
  readonly #maxBytes: number;
  readonly #maxAgeMs: number;
  readonly #setup = new Map<FlvTag['kind'], FlvTag>();
  #gop: FlvTag[] = [];
  #bytes = 0;

  constructor({ maxBytes = MAX_GOP_BYTES, maxAgeMs = MAX_GOP_AGE_MS }: GopLimits = {}) {
    this.#maxBytes = maxBytes;
    this.#maxAgeMs = maxAgeMs;
  }

  /** Bytes held for the group of pictures. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes note of the next tag. A group that grows beyond the limits is dropped as a whole until the next key frame. */
  add(tag: FlvTag): void {
    if (tag.kind === 'script' || isSequenceHeader(tag)) {
      this.#setup.set(tag.kind, tag);
      return;
    }
    if (isKeyFrame(tag)) this.#drop();
    else if (this.#gop.length === 0) return;
    this.#gop.push(tag);
    this.#bytes += tag.body.length;
    if (this.#bytes > this.#maxBytes || this.#ageMs(tag) > this.#maxAgeMs) this.#drop();
  }

  /** Setup and group in the order of sending; undefined while there is no group to start from. */
  start(): readonly FlvTag[] | undefined {
    const first = this.#gop[0];
    if (!first) return undefined;
    // Setup counts from the first picture on, whenever it came.
    const setup = ['script', 'video', 'audio'] as const;
    const tags = setup.flatMap((kind) => this.#setup.get(kind) ?? []);
    return [...tags.map((tag) => ({ ...tag, timestampMs: first.timestampMs })), ...this.#gop];
  }

  /** Forgets everything: another ffmpeg, another timeline. */
  clear(): void {
    this.#setup.clear();
    this.#drop();
  }

  #ageMs(tag: FlvTag): number {
    return tag.timestampMs - (this.#gop[0]?.timestampMs ?? tag.timestampMs);
  }

  #drop(): void {
    this.#gop = [];
    this.#bytes = 0;
  }
}
