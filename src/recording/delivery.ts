import type { Logger } from 'pino';
import type { RecordSettings } from '../channel/ports.ts';
import { Bell } from '../runtime/bell.ts';
import type { Clock } from '../runtime/clock.ts';
import { Scope } from '../runtime/scope.ts';
import type { Stamps } from '../runtime/stamps.ts';
import { type Pauses, type Runnable, supervise } from '../runtime/supervise.ts';
import type { UploadDialogue } from './dialogue.ts';
import type { Since } from './expiry.ts';
import type { MemoryBudget } from './memory-budget.ts';
import type { Segment, SegmentFacts } from './segment.ts';
import { SegmentQueue, type Waiting } from './segment-queue.ts';
import { Sender, type Sent } from './sender.ts';
import type { Spool } from './spool.ts';
import { type Counts, type SegmentEvents, Tally } from './tally.ts';
import type { UploadLines } from './upload-lines.ts';

/**
 * Brings one session's segments to the platform: in order, one at a time, each until it is there. Knows when to ask,
 * when to wait and what to keep meanwhile, and not how the platform is spoken to.
 */

/** After each failure of one and the same segment; the next segment begins anew. */
const PAUSES: Pauses = { minMs: 1_000, maxMs: 15_000, healthyMs: Number.POSITIVE_INFINITY };
/** How often a platform that says "not now" is asked for what an outage has left of a session that has ended. */
const ASK_AGAIN_MS = 60_000;
/** A platform that has taken nothing for so long has an outage; a power cut may come with it, and memory forgets. */
const OUTAGE_MS = 15_000;

export interface DeliveryParts {
  /** Names the session in the spool. */
  readonly session: string;
  readonly limits: Pick<RecordSettings, 'segmentSeconds' | 'segmentMaxCount' | 'prerecordSeconds'>;
  readonly dialogue: UploadDialogue;
  readonly spool: Spool;
  readonly memory: MemoryBudget;
  /** Bounds how many sessions upload at a time. */
  readonly lines: UploadLines;
  readonly clock: Clock;
  /** Mends the stamps of segments from a time for which nobody vouched; without it none has to be. */
  readonly stamps?: Stamps;
  /** Hears what becomes of each segment. */
  readonly events?: SegmentEvents;
  readonly log: Logger;
  readonly pauses?: Pauses;
}

export interface DeliveryStatus extends Counts {
  /** Segments that wait for delivery. While paused these are what an outage has left. */
  readonly waiting: number;
  /** Segments that are held for the time before an alarm, while paused. */
  readonly held: number;
  readonly onDisk: number;
  /** What all of them take of the memory. */
  readonly memoryBytes: number;
  /** The platform says: not now. */
  readonly paused: boolean;
}

/** While it is open, more segments will come; then what there is has to be delivered and confirmed. */
type Life =
  | { readonly stage: 'open' }
  | { readonly stage: 'ended'; readonly since: Since }
  | { readonly stage: 'over' };

export class Delivery implements Runnable {
  readonly #parts: DeliveryParts;
  readonly #queue: SegmentQueue;
  readonly #sender: Sender;
  readonly #news = new Bell();
  /** How many segments are kept while the platform says: not now. */
  readonly #ring: number;
  #paused = false;
  /** An upload has failed since all was delivered last: what is on disk is what an outage has left. */
  #behind: boolean;
  /** When the platform last took a segment, or none was waiting, on the monotonic clock. */
  #takenAtMs = 0;
  /** A segment came since the platform last said: not now. */
  #mayAsk = false;
  #life: Life = { stage: 'open' };
  readonly #tally: Tally;

  constructor(parts: DeliveryParts) {
    const { session, spool, memory, limits } = parts;
    this.#parts = parts;
    this.#tally = new Tally(parts.events);
    this.#ring = Math.min(Math.ceil(limits.prerecordSeconds / limits.segmentSeconds), limits.segmentMaxCount - 1);
    const onLost = (facts: SegmentFacts): void => this.#lose(facts);
    this.#queue = new SegmentQueue({ session, spool, memory, maxInMemory: limits.segmentMaxCount, onLost });
    this.#behind = this.#queue.length > 0;
    this.#sender = new Sender({ ...parts, queue: this.#queue, onWanted: () => this.#resume() });
  }

  get status(): DeliveryStatus {
    const { length, onDisk, memoryBytes } = this.#queue;
    const held = this.#paused ? length - onDisk : 0;
    return { waiting: length - held, held, onDisk, memoryBytes, paused: this.#paused, ...this.#tally.counts };
  }

  /** Where the newest waiting segment ends; what comes next begins there. */
  get nextDts(): number | undefined {
    return this.#queue.newest?.nextDts;
  }

  /** Takes the session's next segment. */
  add(segment: Segment): void {
    const { clock } = this.#parts;
    this.#tally.made(segment);
    if (this.#queue.length === 0) this.#behind = false;
    if (this.#queue.length === 0 || this.#paused) this.#takenAtMs = clock.now();
    // The newest is kept even without a pre-record time: the platform is asked with it.
    if (this.#paused) this.#queue.addToRing(segment, Math.max(this.#ring, 1));
    else this.#queue.add(segment);
    this.#shelterInOutage();
    this.#mayAsk = true;
    this.#news.ring();
  }

  /** To wait for a line is no outage. */
  #shelterInOutage(): void {
    if (this.#paused || !this.#behind) return;
    if (this.#parts.clock.now() - this.#takenAtMs >= OUTAGE_MS) this.#queue.shelter();
  }

  /** No more segments will come. What the platform has not taken so long after `since` is given up. */
  end(since: Since = this.#parts.spool.expiry.now()): void {
    if (this.#life.stage === 'open') this.#life = { stage: 'ended', since };
    this.#news.ring();
  }

  /** More segments will come after all. */
  reopen(): void {
    this.#life = { stage: 'open' };
  }

  /**
   * Resolves when the session has ended and all of it is delivered, or given up; or on abort, with all that waits
   * put on disk.
   */
  async run(signal: AbortSignal): Promise<void> {
    this.#parts.memory.join(this.#queue);
    await this.#deliver(signal).finally(() => this.#parts.memory.leave(this.#queue));
  }

  async #deliver(signal: AbortSignal): Promise<void> {
    do {
      while (!signal.aborted && this.#life.stage !== 'over') await this.#deliverNext(signal);
      // While the platform does not want the segments, they need not survive either.
      if (this.#paused) this.#queue.trim(0);
      await this.#keepAll();
      // The session may have been ordered again while the disk was at work.
    } while (!signal.aborted && this.#life.stage !== 'over');
  }

  async #deliverNext(signal: AbortSignal): Promise<void> {
    if (this.#hasToWait) await this.#news.heard(signal);
    else if (this.#isComplete) await this.#tryUntilMoved(signal, (attempt) => this.#save(attempt));
    else await this.#tryUntilMoved(signal, (attempt) => this.#deliverHead(attempt));
  }

  async #keepAll(): Promise<void> {
    const before = this.#tally.counts.lost;
    await this.#queue.keepAll();
    const segments = this.#tally.counts.lost - before;
    if (segments > 0)
      this.#parts.log.error({ segments }, 'the process ends, and the disk takes no segments: they are lost');
  }

  get #ended(): boolean {
    return this.#life.stage !== 'open';
  }

  get #isOverdue(): boolean {
    return this.#life.stage === 'ended' && this.#parts.spool.expiry.isOver(this.#life.since);
  }

  get #isComplete(): boolean {
    return this.#ended && this.#queue.length === 0;
  }

  get #hasToWait(): boolean {
    if (this.#queue.length === 0) return !this.#ended;
    return this.#paused && !this.#mayAsk && !this.#ended;
  }

  /** Repeats one step, with growing pauses, until it does not fail. */
  async #tryUntilMoved(signal: AbortSignal, step: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { clock, log, pauses = PAUSES } = this.#parts;
    const scope = new Scope(signal);
    const once = async (attempt: AbortSignal): Promise<void> => {
      if (this.#isOverdue) await this.#giveUp();
      else await step(attempt);
      scope.end();
    };
    await supervise(once, { signal: scope.signal, clock, log, pauses }).finally(() => scope.end());
  }

  async #deliverHead(signal: AbortSignal): Promise<void> {
    const waiting = this.#queue.head;
    if (!waiting) return;
    this.#mayAsk = false;
    const sent = await this.#sender.send(waiting, { backlog: this.#behind && waiting.onDisk !== undefined }, signal);
    if (sent) await this.#conclude(waiting, sent, signal);
  }

  async #conclude(waiting: Waiting, { outcome, tookMs }: Sent, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    switch (outcome.kind) {
      case 'stored':
        this.#takenAtMs = clock.now();
        this.#tally.delivered(waiting.facts, tookMs);
        log.debug({ bytes: waiting.facts.bytes }, 'segment delivered');
        return this.#queue.remove(waiting);
      case 'paused':
        return this.#pause(signal);
      case 'gone':
        if (!this.#ended) throw outcome.why;
        log.warn({ err: outcome.why, segments: this.#queue.length }, 'platform has given up the session');
        return this.#queue.clear();
      case 'failed':
        this.#behind = true;
        this.#shelterInOutage();
        await clock.sleep(outcome.retryAfterMs ?? 0, signal);
        throw outcome.why;
    }
  }

  async #save(signal: AbortSignal): Promise<void> {
    const outcome = await this.#parts.dialogue.save(signal);
    if (outcome.kind === 'failed') throw outcome.why;
    // The session may have been ordered again meanwhile.
    if (this.#isComplete) this.#life = { stage: 'over' };
  }

  /** A platform that never comes back would be asked for ever, by one more session after each of its orders. */
  async #giveUp(): Promise<void> {
    const { length: segments } = this.#queue;
    this.#parts.log.error({ segments }, 'recording given up: the platform does not take it');
    this.#tally.lost(segments);
    // Before the disk is asked, which takes its time: the session may be ordered again meanwhile.
    this.#life = { stage: 'over' };
    await this.#queue.clear();
  }

  async #pause(signal: AbortSignal): Promise<void> {
    if (!this.#paused) this.#parts.log.info({ kept: this.#ring }, 'recording paused by the platform');
    this.#paused = true;
    // What came while the platform was asked has to be asked with, even where nothing is kept.
    if (!this.#ended) this.#queue.trim(this.#mayAsk ? Math.max(this.#ring, 1) : this.#ring);
    else await this.#pauseEnded(signal);
  }

  /** No alarm can come any more that would want the ring. What an outage has left was wanted when it was recorded. */
  async #pauseEnded(signal: AbortSignal): Promise<void> {
    this.#queue.trim(0);
    const { length: segments } = this.#queue;
    if (segments === 0) return;
    this.#parts.log.debug({ segments }, 'the platform is asked again later for the rest of a recording that has ended');
    await this.#parts.clock.sleep(ASK_AGAIN_MS, signal);
  }

  #resume(): void {
    if (!this.#paused) return;
    this.#parts.log.info({ segments: this.#queue.length }, 'recording resumed by the platform');
    this.#paused = false;
    this.#takenAtMs = this.#parts.clock.now();
  }

  #lose({ startUs, durationUs }: SegmentFacts): void {
    this.#tally.lost();
    const { lost } = this.#tally.counts;
    const fields = { start: new Date(startUs / 1000).toISOString(), seconds: durationUs / 1e6, lost };
    // Once per session as an error; the count is in the status.
    this.#parts.log[lost === 1 ? 'error' : 'debug'](fields, 'segment lost');
  }
}
