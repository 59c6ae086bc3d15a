import type { Clock } from '../runtime/clock.ts';
import type { Stamps } from '../runtime/stamps.ts';
import { Allowance } from './allowance.ts';
import type { UploadDialogue, UploadOutcome } from './dialogue.ts';
import type { Segment } from './segment.ts';
import type { SegmentQueue, Waiting } from './segment-queue.ts';
import type { UploadLines } from './upload-lines.ts';

/** One try to bring one segment to the platform: its turn among the sessions, its content, its stamp, its time. */

export interface SenderParts {
  readonly queue: SegmentQueue;
  readonly dialogue: UploadDialogue;
  /** Bounds how many sessions upload at a time. */
  readonly lines: UploadLines;
  readonly clock: Clock;
  /** Mends the stamps of segments from a time for which nobody vouched; without it none has to be. */
  readonly stamps?: Stamps | undefined;
  /** The platform wants the segment. */
  readonly onWanted: () => void;
}

export interface Sent {
  readonly outcome: UploadOutcome;
  readonly tookMs: number;
}

/** Live footage goes before what an outage has left, when sessions wait for a line. */
const PRIORITY = { live: 1, backlog: 0 };

export class Sender {
  readonly #parts: SenderParts;
  readonly #allowance = new Allowance();

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  /**
   * Undefined when the segment turned out to be lost.
   * @throws GatewayError `state-unreadable`; what `UploadDialogue.reach` throws
   */
  async send(
    waiting: Waiting,
    { backlog }: { readonly backlog: boolean },
    signal: AbortSignal,
  ): Promise<Sent | undefined> {
    const priority = backlog ? PRIORITY.backlog : PRIORITY.live;
    let sending: Promise<Sent | undefined> | undefined;
    const work = (): Promise<Sent | undefined> => {
      sending = this.#send(waiting, signal);
      return sending;
    };
    const turn = { priority, slow: this.#allowance.isLong, signal };
    // The lines let go of their work as soon as the signal aborts; what it still has to say is waited for.
    return this.#parts.lines.take(work, turn).finally(() => sending?.catch(() => undefined));
  }

  async #send(waiting: Waiting, signal: AbortSignal): Promise<Sent | undefined> {
    const { queue, dialogue, clock, onWanted } = this.#parts;
    try {
      const segment = await queue.open(waiting);
      if (!segment) return undefined;
      const since = clock.now();
      const stamped = await this.#stamped(segment, signal);
      const outcome = await dialogue.upload(stamped, { allowanceMs: this.#allowance.ms, onWanted }, signal);
      const tookMs = clock.now() - since;
      this.#allowance.learn(outcome, tookMs);
      return { outcome, tookMs };
    } finally {
      queue.sent();
    }
  }

  /** The segment with its true start, as far as that can be known by now. */
  async #stamped(segment: Segment, signal: AbortSignal): Promise<Segment> {
    const { stamps, dialogue } = this.#parts;
    if (!segment.era || !stamps) return segment;
    if (!stamps.trusted) await dialogue.reach(signal);
    return { ...segment, startUs: segment.startUs + stamps.correctionMs(segment.era) * 1000 };
  }
}
