import type { Logger } from 'pino';
import type { AlarmDesk, RememberedAlarm } from '../channel/ports.ts';
import { Bell } from '../runtime/bell.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import type { Stamps } from '../runtime/stamps.ts';
import { type Runnable, together } from '../runtime/supervise.ts';
import { Outbox } from './outbox.ts';
import type { PicturePost, PictureStatus } from './picture-post.ts';

/** Where edges are kept over a restart. */
export interface AlarmBook {
  readonly alarms: readonly RememberedAlarm[];
  keepAlarms(alarms: readonly RememberedAlarm[]): void;
}

export interface AlarmPostParts {
  /**
   * Tells the OVC of one edge; resolves with the address for its picture, empty when it wants none. Calls `received` as
   * soon as the OVC is known to have it.
   * @throws GatewayError `refused`; `link-lost` and `timed-out` when the OVC says nothing
   */
  readonly notify: (edge: RememberedAlarm, received: () => void) => Promise<string>;
  /** There is a link on which something can be said. */
  readonly linked: () => boolean;
  readonly book: AlarmBook;
  readonly pictures: PicturePost;
  readonly clock: Clock;
  /** Mends the times of edges from before anybody vouched for the clock; without it none has to be. */
  readonly stamps?: Stamps;
  readonly log: Logger;
}

export interface AlarmStatus {
  /** Edges that the OVC has not been told of. */
  readonly waiting: number;
  /** Edges given up for newer ones. */
  readonly dropped: number;
  readonly pictures: PictureStatus;
}

/** What is told within this time never touches the disk. */
const SETTLE_MS = 500;
/** Between two writes while the link is down: memory cards wear. */
const WRITE_PAUSE_MS = 5_000;
const MOST_DESC_CHARACTERS = 500;

/**
 * Tells the OVC of alarms: one at a time, so that a storm of them never stands before a Keepalive, in the order in which
 * they happened, each once. An edge whose answer was lost with the link is told again only when nothing shows that the
 * OVC had it: so it may be told twice when a link breaks in the instant of its way there, and is never lost.
 */
export class AlarmPost implements AlarmDesk, Runnable {
  readonly #parts: AlarmPostParts;
  readonly #outbox: Outbox;
  readonly #work = new Bell();
  readonly #changes = new Bell();
  #kept: readonly RememberedAlarm[];
  #underway: RememberedAlarm | undefined;
  #over = false;

  constructor(parts: AlarmPostParts) {
    this.#parts = parts;
    this.#kept = parts.book.alarms;
    this.#outbox = new Outbox(this.#kept);
  }

  get status(): AlarmStatus {
    const { waiting, dropped } = this.#outbox;
    return { waiting: waiting.length, dropped, pictures: this.#parts.pictures.status };
  }

  raise(edge: RememberedAlarm, picture: Promise<Buffer> | undefined): void {
    const { pictures, log } = this.#parts;
    const kept = { ...this.#stamped(edge), desc: edge.desc.slice(0, MOST_DESC_CHARACTERS) };
    if (picture) pictures.hold(kept, picture);
    const dropped = this.#outbox.add(kept, this.#underway);
    if (dropped) pictures.drop(dropped);
    if (dropped && this.#outbox.dropped === 1) log.warn('too many alarms are waiting; the oldest are dropped');
    this.#changed();
    this.#work.ring();
  }

  upload(url: string, jpeg: Buffer, signal: AbortSignal): Promise<void> {
    return this.#parts.pictures.upload(url, jpeg, signal);
  }

  /** There is a link again. */
  linkUp(): void {
    this.#work.ring();
  }

  /** Tells what there is to tell until the signal aborts; what is left then is kept. */
  async run(signal: AbortSignal): Promise<void> {
    try {
      const parts = [this.#parts.pictures, { run: (life: AbortSignal) => this.#tellAll(life) }];
      await together(signal, [...parts, { run: (life: AbortSignal) => this.#keepAll(life) }]);
    } finally {
      this.#over = true;
      this.#keep();
    }
  }

  async #tellAll(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const edge = this.#outbox.oldest;
      const told = edge !== undefined && this.#parts.linked() && (await this.#tell(edge));
      if (!told) await this.#work.heard(signal);
    }
  }

  /** True when the edge is done with. */
  async #tell(edge: RememberedAlarm): Promise<boolean> {
    const { notify, pictures } = this.#parts;
    let received = false;
    this.#underway = edge;
    try {
      const url = await notify(this.#mended(edge), () => {
        received = true;
        this.#forget(edge);
      });
      this.#forget(edge);
      pictures.send(edge, url);
      return true;
    } catch (err) {
      const silence = isKind(err, 'link-lost', 'timed-out');
      if (silence && !received) return false;
      this.#noteFailure(edge, err);
      this.#forget(edge);
      pictures.drop(edge);
      return true;
    } finally {
      this.#underway = undefined;
    }
  }

  /** The edge as it is kept: its time by the best knowledge there is, and what that leans on. */
  #stamped(edge: RememberedAlarm): RememberedAlarm {
    const { stamps } = this.#parts;
    if (!stamps) return edge;
    const { era, clockOffMs } = stamps;
    return { ...edge, at: later(edge.at, clockOffMs), ...(era && { era }) };
  }

  /** The edge as it is told. */
  #mended(edge: RememberedAlarm): RememberedAlarm {
    return { ...edge, at: later(edge.at, this.#parts.stamps?.correctionMs(edge.era) ?? 0) };
  }

  #noteFailure({ channel, alarm, state }: RememberedAlarm, err: unknown): void {
    const level = err instanceof GatewayError ? 'warn' : 'error';
    this.#parts.log[level]({ err, channel, alarm, state }, 'the OVC has not taken an alarm');
  }

  #forget(edge: RememberedAlarm): void {
    this.#outbox.remove(edge);
    this.#changed();
  }

  #changed(): void {
    if (this.#over) this.#keep();
    else this.#changes.ring();
  }

  async #keepAll(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      await this.#changes.heard(signal);
      await clock.sleep(SETTLE_MS, signal);
      if (this.#keep()) await clock.sleep(WRITE_PAUSE_MS, signal);
    }
  }

  /** True when there was something new to keep. */
  #keep(): boolean {
    const { waiting } = this.#outbox;
    if (waiting === this.#kept || (waiting.length === 0 && this.#kept.length === 0)) return false;
    this.#kept = waiting;
    this.#parts.book.keepAlarms(waiting);
    return true;
  }
}

function later(at: string, ms: number): string {
  return ms === 0 ? at : new Date(Date.parse(at) + ms).toISOString();
}
