import type { MemoryBudget } from './memory-budget.ts';
import { factsOf, type Segment, type SegmentFacts } from './segment.ts';
import type { Spool, SpooledSegment } from './spool.ts';

/**
 * One session's segments that the platform has not got yet, oldest first, each in memory or on disk. Knows when memory
 * is full and what to do then, and not why it is.
 */

export interface SegmentQueueParts {
  /** Names the session in the spool. */
  readonly session: string;
  readonly spool: Spool;
  /** How many segments memory holds. */
  readonly maxInMemory: number;
  /** How many bytes of them, beside those of other sessions. */
  readonly memory: MemoryBudget;
  /** Hears of each segment that neither memory nor disk could hold. */
  readonly onLost: (facts: SegmentFacts) => void;
}

/** So often a file may turn out to be unreadable; with the pauses between two tries, for ten minutes. */
const MOST_FAILED_READS = 60;

/** A segment that waits. Its owner may hold it while sending it; the queue puts it elsewhere meanwhile. */
export interface Waiting {
  readonly facts: SegmentFacts;
  inMemory: Segment | undefined;
  onDisk: SpooledSegment | undefined;
  failedReads: number;
}

export class SegmentQueue {
  readonly #parts: SegmentQueueParts;
  #waiting: Waiting[];
  /** The segment that is being sent: not lost yet, whatever happens to its place. */
  #sending: Waiting | undefined;
  /** The segment that is being written: it leaves memory as soon as that is done. */
  #keeping: Waiting | undefined;
  #spilling: Promise<void> | undefined;
  /** Bytes that were too much when the last segment was added, and have been on their way to disk since. */
  #excessBefore = 0;

  /** Begins with what is on disk of the session. */
  constructor(parts: SegmentQueueParts) {
    this.#parts = parts;
    const found = parts.spool.take(parts.session, (segment) => this.#pushedOut(segment));
    this.#waiting = found.map((onDisk) => ({ facts: factsOf(onDisk), inMemory: undefined, onDisk, failedReads: 0 }));
  }

  get length(): number {
    return this.#waiting.length;
  }

  /** The oldest one. */
  get head(): Waiting | undefined {
    return this.#waiting[0];
  }

  get newest(): SegmentFacts | undefined {
    return this.#waiting.at(-1)?.facts;
  }

  get memoryBytes(): number {
    return this.#waiting.reduce((sum, { inMemory }) => sum + (inMemory?.bytes ?? 0), 0);
  }

  get onDisk(): number {
    return this.#waiting.filter(({ onDisk }) => onDisk).length;
  }

  /**
   * Puts a segment at the end. When memory is full, or older ones are on disk already, all go to disk, because then
   * the network does not take them and a power cut shall not either.
   */
  add(segment: Segment): void {
    this.#waiting.push(heldInMemory(segment));
    const { maxInMemory, memory } = this.#parts;
    const excess = memory.excessOf(this);
    if (this.#inMemory().length > maxInMemory || this.onDisk > 0 || excess > 0) this.#spill();
    // The disk has had the time of a whole segment for what was too much before, and has not come round.
    this.#shed(maxInMemory + 1, Math.min(excess - segment.bytes, this.#excessBefore));
    this.#excessBefore = memory.excessOf(this);
  }

  /** Begins to put everything on disk, where a power cut does not reach it. */
  shelter(): void {
    this.#spill();
  }

  /** Puts a segment at the end and keeps only the newest `count` of those in memory; what is on disk is not touched. */
  addToRing(segment: Segment, count: number): void {
    this.#waiting.push(heldInMemory(segment));
    this.trim(count);
  }

  /** Drops the oldest in memory but `count`, or as memory allows. Nothing is lost by that: nobody wants them. */
  trim(count: number): void {
    const inMemory = this.#waiting.filter(({ onDisk }) => !onDisk);
    const dropped = new Set(surplus(inMemory, count, this.#parts.memory.excessOf(this)));
    this.#waiting = this.#waiting.filter((waiting) => !dropped.has(waiting));
  }

  /**
   * The content of a segment that is to be sent. Undefined when it is damaged or gone: then it is lost, and out of the
   * queue. `sent` must follow.
   * @throws GatewayError `state-unreadable` when the disk may yet give it back
   */
  async open(waiting: Waiting): Promise<Segment | undefined> {
    // The spool's bounds pushed it out while it waited for its turn; that is told already.
    if (!this.#waiting.includes(waiting)) return undefined;
    this.#sending = waiting;
    if (waiting.inMemory) return waiting.inMemory;
    const content = await this.#read(waiting);
    if (content) return { ...waiting.facts, parts: [content] };
    await this.remove(waiting);
    this.#parts.onLost(waiting.facts);
    return undefined;
  }

  /** Undefined also for what was unreadable for so long that it must not hold up those behind it any more. */
  async #read(waiting: Waiting): Promise<Buffer | undefined> {
    try {
      return waiting.onDisk && (await this.#parts.spool.read(waiting.onDisk));
    } catch (err) {
      waiting.failedReads++;
      if (waiting.failedReads < MOST_FAILED_READS) throw err;
      return undefined;
    }
  }

  /** The attempt is over; a stored segment is then removed. */
  sent(): void {
    this.#sending = undefined;
  }

  /** Takes a segment out; resolves when a restart would not find it again. */
  async remove(waiting: Waiting): Promise<void> {
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    waiting.inMemory = undefined;
    const { onDisk } = waiting;
    waiting.onDisk = undefined;
    if (onDisk) await this.#parts.spool.remove(onDisk);
  }

  async clear(): Promise<void> {
    for (const waiting of [...this.#waiting]) await this.remove(waiting);
  }

  /** Puts everything on disk; what that does not take is lost. For the end of the process. */
  async keepAll(): Promise<void> {
    this.#spill();
    await this.#spilling;
    this.#shed(0, 0);
  }

  #inMemory(): readonly Waiting[] {
    return this.#waiting.filter(({ inMemory }) => inMemory);
  }

  #spill(): void {
    this.#spilling ??= this.#spillAll().finally(() => {
      this.#spilling = undefined;
    });
  }

  async #spillAll(): Promise<void> {
    try {
      for (let next = this.#inMemory()[0]; next; next = this.#inMemory()[0]) await this.#keepOne(next);
    } catch {
      // The spool has told; memory holds what it can.
      this.#shed(this.#parts.maxInMemory, this.#parts.memory.excessOf(this));
    }
  }

  async #keepOne(waiting: Waiting): Promise<void> {
    const { spool, session } = this.#parts;
    if (!waiting.inMemory) return;
    this.#keeping = waiting;
    const onDisk = await spool
      .keep(session, waiting.inMemory, (segment) => this.#pushedOut(segment))
      .finally(() => {
        this.#keeping = undefined;
      });
    if (!this.#waiting.includes(waiting)) {
      // Delivered meanwhile.
      await spool.remove(onDisk);
      return;
    }
    waiting.onDisk = onDisk;
    waiting.inMemory = undefined;
  }

  /** Loses the oldest in memory until there are at most `count`, and as many bytes less. */
  #shed(count: number, excessBytes: number): void {
    const inMemory = this.#inMemory();
    const others = inMemory.filter((waiting) => waiting !== this.#sending && waiting !== this.#keeping);
    for (const waiting of surplus(others, count - (inMemory.length - others.length), excessBytes)) {
      this.#waiting = this.#waiting.filter((other) => other !== waiting);
      waiting.inMemory = undefined;
      this.#parts.onLost(waiting.facts);
    }
  }

  #pushedOut(segment: SpooledSegment): void {
    const waiting = this.#waiting.find(({ onDisk }) => onDisk === segment);
    if (!waiting) return;
    waiting.onDisk = undefined;
    // While it is being sent it may yet arrive; if it does not, opening it again finds nothing.
    if (waiting === this.#sending) return;
    this.#waiting = this.#waiting.filter((other) => other !== waiting);
    this.#parts.onLost(waiting.facts);
  }
}

function heldInMemory(segment: Segment): Waiting {
  return { facts: factsOf(segment), inMemory: segment, onDisk: undefined, failedReads: 0 };
}

/** The oldest, for which there is no room: what is above `most`, and above the bytes. For want of bytes one stays. */
function surplus(waiting: readonly Waiting[], most: number, excessBytes: number): readonly Waiting[] {
  let excess = excessBytes;
  const first = waiting.findIndex(({ facts }, index) => {
    const left = waiting.length - index;
    if (left <= most && (excess <= 0 || left === 1)) return true;
    excess -= facts.bytes;
    return false;
  });
  return first === -1 ? waiting : waiting.slice(0, first);
}
