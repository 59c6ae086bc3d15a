import type { Logger } from 'pino';
import type { Footage, RecordOrder, RecordReport, RecordSettings } from '../channel/ports.ts';
import type { RememberedRecording } from '../channel/remembered-recording.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Era, Stamps } from '../runtime/stamps.ts';
import type { Delivery, DeliveryStatus } from './delivery.ts';
import type { UploadDialogue } from './dialogue.ts';
import type { MemoryBudget } from './memory-budget.ts';
import type { Segment } from './segment.ts';
import { runSession, type SessionParts } from './session.ts';

/** Where sessions are remembered over a restart. */
export interface SessionBook {
  readonly recordings: Readonly<Record<string, RememberedRecording>>;
  remember(key: string, recording: RememberedRecording): void;
  forget(key: string): void;
}

export interface CloudSessionParts {
  /** Names it in the file system and in the book. */
  readonly key: string;
  readonly dialogue: UploadDialogue;
  readonly delivery: Delivery;
  readonly footage: Footage;
  readonly book: SessionBook;
  readonly memory: MemoryBudget;
  readonly clock: Clock;
  readonly stamps: Stamps;
  readonly log: Logger;
}

export interface SessionStatus extends DeliveryStatus {
  readonly channel: number;
  readonly sessionId: string;
}

/** One session over all its orders and restarts: footage goes in, its delivery empties it, and the book remembers it. */
export class CloudSession {
  readonly key: string;
  readonly log: Logger;
  readonly #parts: CloudSessionParts;
  #remembered: RememberedRecording;
  /** It has had footage before, so `start_ts` is of the past. */
  #begun: boolean;
  /** An order records into it at this moment. */
  #recording = false;

  constructor(parts: CloudSessionParts, { remembered, begun }: { remembered: RememberedRecording; begun: boolean }) {
    this.key = parts.key;
    this.log = parts.log;
    this.#parts = parts;
    this.#remembered = remembered;
    this.#begun = begun;
  }

  get remembered(): RememberedRecording {
    return this.#remembered;
  }

  get status(): SessionStatus {
    const { channel, settings } = this.#remembered;
    return { channel, sessionId: settings.sessionId, ...this.#parts.delivery.status };
  }

  /** Takes footage until the signal aborts. */
  async record(
    { settings, stream }: RecordOrder,
    report: (report: RecordReport) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const { footage, clock, delivery, dialogue, log } = this.#parts;
    this.#recording = true;
    log.info({ profile: stream.profile }, 'recording started');
    const firstDts = async (asking: AbortSignal): Promise<number | undefined> =>
      delivery.nextDts ?? (await dialogue.nextDts(asking));
    let era: Era | undefined;
    const startUs = (): number => {
      const start = this.#start();
      era = start.era;
      return start.us;
    };
    const onSegment = (segment: Segment): void => delivery.add(era ? { ...segment, era } : segment);
    try {
      const limits = this.#limits(settings);
      await runSession({ footage, stream, limits, firstDts, startUs, onSegment, report, clock, log }, signal);
    } finally {
      this.#recording = false;
      this.#endIfFinished();
      log.info('recording ended');
    }
  }

  /** It has been ordered again. */
  goOn(): void {
    this.#parts.delivery.reopen();
    if (this.#remembered.finished) this.remember({ finished: false, finishedAt: undefined });
  }

  /** The platform wants no more of it, as of now; what there is has to be delivered. */
  finish(now: NonNullable<RememberedRecording['finishedAt']>): void {
    const { finishedAt = now } = this.#remembered;
    this.remember({ finished: true, finishedAt });
    if (!this.#recording) this.#parts.delivery.end(finishedAt);
  }

  /** Resolves when it has been finished and all of it is delivered, or on abort. */
  deliver(signal: AbortSignal): Promise<void> {
    this.#endIfFinished();
    return this.#parts.delivery.run(signal);
  }

  remember(change: Partial<RememberedRecording> = {}): void {
    const { key, book, dialogue } = this.#parts;
    this.#remembered = { ...this.#remembered, ...change, lastName: dialogue.lastName };
    book.remember(key, this.#remembered);
  }

  /** It is delivered, and nobody has to know of it any more. */
  forget(): void {
    const { key, book, delivery, log } = this.#parts;
    book.forget(key);
    log.info(delivery.status, 'recording delivered');
  }

  #endIfFinished(): void {
    const { finished, finishedAt } = this.#remembered;
    if (finished) this.#parts.delivery.end(finishedAt);
  }

  /** What is ordered, as far as there is memory for it; that changes while sessions come and go. */
  #limits({ segmentSeconds, segmentMaxBytes }: RecordSettings): SessionParts['limits'] {
    const { memory } = this.#parts;
    return {
      segmentSeconds,
      get segmentMaxBytes() {
        return Math.min(segmentMaxBytes, memory.segmentBytes);
      },
    };
  }

  /** The time of day of a picture that arrives now, and what that leans on. */
  #start(): { readonly us: number; readonly era: Era | undefined } {
    const { stamps } = this.#parts;
    const { settings, clockOffsetMs, offsetEra } = this.#remembered;
    const given = settings.startTs > 0 && !this.#begun;
    this.#begun = true;
    if (given) return { us: Math.round(settings.startTs * 1_000_000), era: undefined };
    // The offset was taken from a clock that may since have been found wrong by as much.
    const offsetMs = clockOffsetMs - stamps.correctionMs(offsetEra);
    return { us: Math.round((stamps.now().getTime() + offsetMs) * 1000), era: stamps.era };
  }
}
