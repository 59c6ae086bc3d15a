import type PQueue from 'p-queue';
import type { Logger } from 'pino';
import type { RecordSettings } from '../channel/ports.ts';
import { Bell } from '../runtime/bell.ts';
import type { Clock } from '../runtime/clock.ts';
import { type GatewayError, isKind } from '../runtime/errors.ts';
import { Scope } from '../runtime/scope.ts';
import type { Stamps } from '../runtime/stamps.ts';
import { type Pauses, type Runnable, supervise } from '../runtime/supervise.ts';
import type { UploadDialogue, UploadOutcome } from './dialogue.ts';
import type { Segment, SegmentFacts } from './segment.ts';
import { SegmentQueue, type Waiting } from './segment-queue.ts';
import type { Spool } from './spool.ts';

/**
 * Brings one session's segments to the platform: in order, one at a time, each until it is there. Knows when to ask,
 * when to wait and what to keep meanwhile, and not how the platform is spoken to.
 */

/** After each failure of one and the same segment; the next segment begins anew. */
const PAUSES: Pauses = { minMs: 1_000, maxMs: 15_000, healthyMs: Number.POSITIVE_INFINITY };
/** What a segment's upload may take. It grows where that is too short, so that a slow line gets through in the end. */
const ALLOWANCE = { leastMs: 30_000, mostMs: 480_000 };
/** For so long a platform may be away after a session's end; the spool keeps footage no longer, unless told to. */
const GIVE_UP_AFTER_MS = 7 * 86_400_000;
/** Live footage goes before what an outage has left, when sessions wait for a line. */
const PRIORITY = { live: 1, backlog: 0 };

export interface DeliveryParts {
  /** Names the session in the spool. */
  readonly session: string;
  readonly limits: Pick<RecordSettings, 'segmentSeconds' | 'segmentMaxCount' | 'prerecordSeconds'>;
  readonly dialogue: UploadDialogue;
  readonly spool: Spool;
  /** Bounds how many sessions upload at a time. */
  readonly lines: PQueue;
  readonly clock: Clock;
  /** Mends the stamps of segments from a time for which nobody vouched; without it none has to be. */
  readonly stamps?: Stamps;
  readonly log: Logger;
  readonly pauses?: Pauses;
  readonly giveUpAfterMs?: number;
}

export interface DeliveryStatus {
  readonly waiting: number;
  readonly onDisk: number;
  readonly memoryBytes: number;
  readonly delivered: number;
  /** Segments that neither memory nor disk could hold, or that were damaged there. */
  readonly lost: number;
  readonly paused: boolean;
}

export class Delivery implements Runnable {
  readonly #parts: DeliveryParts;
  readonly #queue: SegmentQueue;
  readonly #news = new Bell();
  /** How many segments are kept while the platform says: not now. */
  readonly #ring: number;
  #paused = false;
  /** A segment came since the platform last said: not now. */
  #mayAsk = false;
  /** When the session ended, on the monotonic clock. */
  #endedAt: number | undefined;
  #saved = false;
  #allowanceMs = ALLOWANCE.leastMs;
  #delivered = 0;
  #lost = 0;

  constructor(parts: DeliveryParts) {
    const { session, spool, limits } = parts;
    this.#parts = parts;
    this.#ring = Math.min(Math.ceil(limits.prerecordSeconds / limits.segmentSeconds), limits.segmentMaxCount - 1);
    const onLost = (facts: SegmentFacts): void => this.#lose(facts);
    this.#queue = new SegmentQueue({ session, spool, maxInMemory: limits.segmentMaxCount, onLost });
  }

  get status(): DeliveryStatus {
    const { length: waiting, onDisk, memoryBytes } = this.#queue;
    return { waiting, onDisk, memoryBytes, delivered: this.#delivered, lost: this.#lost, paused: this.#paused };
  }

  /** Where the newest waiting segment ends; what comes next begins there. */
  get nextDts(): number | undefined {
    return this.#queue.newest?.nextDts;
  }

  /** Takes the session's next segment. */
  add(segment: Segment): void {
    // The newest is kept even without a pre-record time: the platform is asked with it.
    if (this.#paused) this.#queue.addToRing(segment, Math.max(this.#ring, 1));
    else this.#queue.add(segment);
    this.#mayAsk = true;
    this.#news.ring();
  }

  /** No more segments will come. */
  end(): void {
    this.#endedAt ??= this.#parts.clock.now();
    this.#news.ring();
  }

  /** More segments will come after all. */
  reopen(): void {
    this.#endedAt = undefined;
  }

  /**
   * Resolves when the session has ended and all of it is delivered, or given up; or on abort, with all that waits
   * put on disk.
   */
  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted && !this.#saved) {
      if (this.#hasToWait) await this.#news.heard(signal);
      else if (this.#isComplete) await this.#tryUntilMoved(signal, (attempt) => this.#save(attempt));
      else await this.#tryUntilMoved(signal, (attempt) => this.#deliverHead(attempt));
    }
    // While the platform does not want the segments, they need not survive either.
    if (this.#paused) this.#queue.trim(0);
    await this.#queue.keepAll();
  }

  get #ended(): boolean {
    return this.#endedAt !== undefined;
  }

  get #isOverdue(): boolean {
    const { clock, giveUpAfterMs = GIVE_UP_AFTER_MS } = this.#parts;
    return this.#endedAt !== undefined && clock.now() - this.#endedAt > giveUpAfterMs;
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
    const { lines } = this.#parts;
    const waiting = this.#queue.head;
    if (!waiting) return;
    this.#mayAsk = false;
    const priority = waiting.onDisk ? PRIORITY.backlog : PRIORITY.live;
    const outcome = await lines.add(() => this.#send(waiting, signal), { priority, signal });
    if (outcome) await this.#conclude(waiting, outcome, signal);
  }

  /** Undefined when the segment turned out to be lost. */
  async #send(waiting: Waiting, signal: AbortSignal): Promise<UploadOutcome | undefined> {
    const { dialogue, clock } = this.#parts;
    try {
      const segment = await this.#queue.open(waiting);
      if (!segment) return undefined;
      const since = clock.now();
      const onWanted = (): void => this.#resume();
      const outcome = await dialogue.upload(
        await this.#stamped(segment, signal),
        { allowanceMs: this.#allowanceMs, onWanted },
        signal,
      );
      this.#learn(outcome, clock.now() - since);
      return outcome;
    } finally {
      this.#queue.sent();
    }
  }

  /** The segment with its true start, as far as that can be known by now. */
  async #stamped(segment: Segment, signal: AbortSignal): Promise<Segment> {
    const { stamps, dialogue } = this.#parts;
    if (!segment.era || !stamps) return segment;
    if (!stamps.trusted) await dialogue.reach(signal);
    return { ...segment, startUs: segment.startUs + stamps.correctionMs(segment.era) * 1000 };
  }

  async #conclude(waiting: Waiting, outcome: UploadOutcome, signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    switch (outcome.kind) {
      case 'stored':
        this.#delivered++;
        log.debug({ bytes: waiting.facts.bytes }, 'segment delivered');
        return this.#queue.remove(waiting);
      case 'paused':
        return this.#pause();
      case 'gone':
        if (!this.#ended) throw outcome.why;
        log.warn({ err: outcome.why, segments: this.#queue.length }, 'platform has given up the session');
        return this.#queue.clear();
      case 'failed':
        await clock.sleep(outcome.retryAfterMs ?? 0, signal);
        throw outcome.why;
    }
  }

  async #save(signal: AbortSignal): Promise<void> {
    const outcome = await this.#parts.dialogue.save(signal);
    if (outcome.kind === 'failed') throw outcome.why;
    // The session may have been ordered again meanwhile.
    this.#saved = this.#isComplete;
  }

  /** A platform that never comes back would be asked for ever, by one more session after each of its orders. */
  async #giveUp(): Promise<void> {
    const { length: segments } = this.#queue;
    this.#parts.log.error({ segments }, 'recording given up: the platform does not take it');
    this.#lost += segments;
    await this.#queue.clear();
    this.#saved = true;
  }

  async #pause(): Promise<void> {
    if (!this.#paused) this.#parts.log.info({ kept: this.#ring }, 'recording paused by the platform');
    this.#paused = true;
    if (this.#ended) await this.#queue.clear();
    // What came while the platform was asked has to be asked with, even where nothing is kept.
    else this.#queue.trim(this.#mayAsk ? Math.max(this.#ring, 1) : this.#ring);
  }

  #resume(): void {
    if (this.#paused) this.#parts.log.info({ segments: this.#queue.length }, 'recording resumed by the platform');
    this.#paused = false;
  }

  #learn(outcome: UploadOutcome, tookMs: number): void {
    if (outcome.kind === 'stored') this.#allow(tookMs * 2);
    if (outcome.kind === 'failed' && isTimeOut(outcome.why)) this.#allow(this.#allowanceMs * 2);
  }

  #allow(ms: number): void {
    this.#allowanceMs = Math.min(Math.max(ms, ALLOWANCE.leastMs), ALLOWANCE.mostMs);
  }

  #lose({ startUs, durationUs }: SegmentFacts): void {
    this.#lost++;
    const fields = { start: new Date(startUs / 1000).toISOString(), seconds: durationUs / 1e6, lost: this.#lost };
    // Once per session as an error; the count is in the status.
    this.#parts.log[this.#lost === 1 ? 'error' : 'debug'](fields, 'segment lost');
  }
}

const isTimeOut = (err: GatewayError): boolean => isKind(err, 'timed-out');
