import type { Logger } from 'pino';

/**
 * How much memory the segments of all sessions may take together. What platforms order (so many segments of such a size,
 * an hour before each alarm) may be more than a box has. Knows who holds how much, and not what.
 */

export interface Holder {
  readonly memoryBytes: number;
}

/** Less would cut segments inside a group of pictures. */
const LEAST_SEGMENT_BYTES = 8 * 1024 * 1024;

export class MemoryBudget {
  readonly #bytes: number;
  readonly #log: Logger;
  readonly #holders = new Set<Holder>();
  #told = false;

  constructor(bytes: number, log: Logger) {
    this.#bytes = bytes;
    this.#log = log;
  }

  join(holder: Holder): void {
    this.#holders.add(holder);
  }

  leave(holder: Holder): void {
    this.#holders.delete(holder);
  }

  /** What a segment may grow to, for that takes memory as well: half of one session's share. */
  get segmentBytes(): number {
    return Math.max(this.#share / 2, LEAST_SEGMENT_BYTES);
  }

  /** The bytes that a holder has to give up: what it has above its share, while all together have too much. */
  excessOf(holder: Holder): number {
    const held = [...this.#holders].reduce((sum, { memoryBytes }) => sum + memoryBytes, 0);
    const excess = Math.max(0, Math.min(held - this.#bytes, holder.memoryBytes - this.#share));
    if (excess > 0) this.#tell();
    return excess;
  }

  get #share(): number {
    return this.#bytes / Math.max(1, this.#holders.size);
  }

  #tell(): void {
    if (this.#told) return;
    this.#told = true;
    const fields = { allowed_bytes: Math.round(this.#bytes), sessions: this.#holders.size };
    this.#log.warn(fields, 'recordings want more memory than there is for them');
  }
}
