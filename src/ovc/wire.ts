import { WebSocket } from 'ws';
import type { Clock } from '../runtime/clock.ts';
import { Scope } from '../runtime/scope.ts';
import { closed, dial, failed, type Login, notOpened, VERDICT_MS } from './login.ts';
import { malformed } from './packet.ts';

export interface WireParts {
  readonly login: Login;
  readonly clock: Clock;
  readonly opened: () => void;
  /** Called once, when the OVC has taken us: it said something, or left the link open for long enough. */
  readonly accepted: () => void;
  readonly receive: (text: string) => void;
  /** Why the wire is of no use any more; may come more than once, the first time counts. */
  readonly lost: (err: unknown) => void;
}

export interface Wire {
  send(text: string): void;
  /** Calls `arrived` once when the other side's WebSocket has all that was sent so far; never when the wire is lost before. */
  confirm(arrived: () => void): void;
  /** Closes politely, or by force when the other side does not answer; resolves when the socket is gone. */
  close(code: number, reason: string): Promise<void>;
}

const FAREWELL_MS = 1_000;
/** For a platform that answers no pings. */
const MOST_AWAITED = 100;

/** One WebSocket to the OVC, dialled at once: text in, text out. Knows login refusals, not packets. */
export function openWire({ login, clock, opened, accepted, receive, lost }: WireParts): Wire {
  const socket = dial(login);
  const life = new Scope();
  let openedAt: number | undefined;
  let heard = false;
  let welcome = false;
  const welcomed = (): void => {
    if (!welcome) accepted();
    welcome = true;
  };

  const arrivals = new Arrivals();
  socket.on('pong', (mark) => arrivals.confirm(Number(String(mark))));
  const gone = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  socket.once('open', () => {
    openedAt = clock.now();
    void clock.sleep(VERDICT_MS, life.signal).then(() => {
      if (!life.signal.aborted) welcomed();
    });
    opened();
  });
  socket.on('message', (payload, isBinary) => {
    heard = true;
    welcomed();
    try {
      if (isBinary) throw malformed('not text', '');
      receive(String(payload));
    } catch (err) {
      lost(err);
    }
  });
  // Whoever listens for this has to end the socket; `close` does.
  socket.once('unexpected-response', (_request, response) => {
    response.resume();
    lost(notOpened(response));
  });
  socket.on('error', (cause) => lost(failed(cause)));
  socket.once('close', (code) => {
    life.end();
    lost(closed(code, { openMs: openedAt === undefined ? Number.POSITIVE_INFINITY : clock.now() - openedAt, heard }));
  });

  return {
    send: (text) => {
      if (socket.readyState === WebSocket.OPEN) socket.send(text);
    },
    confirm: (arrived) => {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.ping(String(arrivals.await(arrived)));
    },
    close: async (code, reason) => {
      const farewell = new Scope();
      if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
      else socket.close(code, reason);
      await Promise.race([gone, clock.sleep(FAREWELL_MS, farewell.signal)]);
      farewell.end();
      socket.terminate();
      await gone;
    },
  };
}

/** Who waits for which ping. A pong stands for the pings before its own, too (RFC 6455 §5.5.3). */
class Arrivals {
  #awaited: ReadonlyArray<{ readonly number: number; readonly arrived: () => void }> = [];
  #count = 0;

  /** The number for the ping. */
  await(arrived: () => void): number {
    const number = ++this.#count;
    this.#awaited = [...this.#awaited, { number, arrived }].slice(-MOST_AWAITED);
    return number;
  }

  confirm(number: number): void {
    const here = this.#awaited.filter((each) => each.number <= number);
    this.#awaited = this.#awaited.filter((each) => each.number > number);
    for (const { arrived } of here) arrived();
  }
}
