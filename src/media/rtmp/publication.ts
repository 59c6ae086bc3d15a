import { type Clock, withDeadline } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { aborted, Scope } from '../../runtime/scope.ts';
import type { FlvTag } from '../flv-tag.ts';
import type { RtmpConnection } from './connection.ts';
import type { PublishSession } from './session.ts';

const GOODBYE_MS = 1000;
const LOOK_EVERY_MS = 1000;
/** Without any sign of reading for this long the server is taken for dead; TCP itself would wait for minutes. */
const STALL_MS = 5000;

export interface PublicationParts {
  readonly connection: RtmpConnection;
  readonly session: PublishSession;
  /** Rejects when the server ends the session. */
  readonly over: Promise<never>;
  readonly clock: Clock;
}

/** An accepted publish. Lives until `close`, the abort of its signal, or the server's end; `done` tells which. */
export class Publication {
  /**
   * Resolves after an end that we wanted, with the connection closed.
   * Rejects with GatewayError `publish-failed` or `publish-refused` when the server ends it or stops reading.
   */
  readonly done: Promise<void>;
  readonly #parts: PublicationParts;
  readonly #scope: Scope;

  constructor(parts: PublicationParts, signal: AbortSignal) {
    this.#parts = parts;
    this.#scope = new Scope(signal);
    this.done = this.#live();
    // Whoever cares awaits it; a publication nobody waits for must not end the process.
    this.done.catch(() => undefined);
  }

  /** Queues one tag. After the end of the publication it does nothing. */
  send(tag: FlvTag): void {
    if (!this.#scope.signal.aborted) this.#parts.session.send(tag);
  }

  /** Bytes that are queued and that the kernel has not taken. */
  get bufferedBytes(): number {
    return this.#parts.connection.bufferedBytes;
  }

  /** How long the oldest of these bytes has been waiting. */
  get bufferedMs(): number {
    return this.#parts.connection.bufferedMs;
  }

  /** Says goodbye and closes; how the publication ended is `done`'s to tell. */
  async close(): Promise<void> {
    this.#scope.end();
    await this.done.catch(() => undefined);
  }

  async #live(): Promise<void> {
    const { over, connection } = this.#parts;
    try {
      await Promise.race([aborted(this.#scope.signal), over, this.#watch()]);
      await this.#sayGoodbye();
    } finally {
      this.#scope.end();
      connection.destroy();
      await over.catch(() => undefined);
    }
  }

  /** Rejects when the server has stopped reading; resolves on abort. */
  async #watch(): Promise<void> {
    const { connection, clock } = this.#parts;
    const { signal } = this.#scope;
    while (!signal.aborted) {
      await clock.sleep(LOOK_EVERY_MS, signal);
      const stalledMs = connection.stalledMs();
      if (stalledMs < STALL_MS || signal.aborted) continue;
      throw new GatewayError('publish-failed', 'the media server stopped reading', {
        reason: `nothing got through for ${Math.round(stalledMs / 1000)} s`,
        buffered_bytes: connection.bufferedBytes,
      });
    }
  }

  /** What does not get through within a second is let go: the stream is over anyway. */
  async #sayGoodbye(): Promise<void> {
    const { connection, session, over, clock } = this.#parts;
    session.sayGoodbye();
    const late = (): Error => new GatewayError('timed-out', 'the goodbye did not get through');
    const never = new AbortController().signal;
    const finish = (): Promise<void> => Promise.race([connection.finish(), over]);
    await withDeadline({ clock, ms: GOODBYE_MS, signal: never, late }, finish).catch(() => undefined);
  }
}
