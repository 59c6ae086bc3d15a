import { type RawData, WebSocket } from 'ws';
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
export function openWire(parts: WireParts): Wire {
  const wire = new SocketWire(dial(parts.login), parts);
  wire.listen();
  return wire;
}

class SocketWire implements Wire {
  readonly #socket: WebSocket;
  readonly #parts: WireParts;
  readonly #life = new Scope();
  readonly #arrivals = new Arrivals();
  readonly #gone: Promise<void>;
  #openedAt: number | undefined;
  #heard = false;
  #welcome = false;

  constructor(socket: WebSocket, parts: WireParts) {
    this.#socket = socket;
    this.#parts = parts;
    this.#gone = new Promise((resolve) => socket.once('close', () => resolve()));
  }

  listen(): void {
    const socket = this.#socket;
    const { lost } = this.#parts;
    socket.on('pong', (mark) => this.#arrivals.confirm(Number(String(mark))));
    socket.once('open', () => this.#open());
    socket.on('message', (payload, isBinary) => this.#receive(payload, isBinary));
    // Whoever listens for this has to end the socket; `close` does.
    socket.once('unexpected-response', (_request, response) => {
      response.resume();
      lost(notOpened(response));
    });
    socket.on('error', (cause) => lost(failed(cause)));
    socket.once('close', (code) => {
      this.#life.end();
      lost(closed(code, { openMs: this.#openMs, heard: this.#heard }));
    });
  }

  send(text: string): void {
    if (this.#socket.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  confirm(arrived: () => void): void {
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    this.#socket.ping(String(this.#arrivals.await(arrived)));
  }

  async close(code: number, reason: string): Promise<void> {
    const socket = this.#socket;
    const farewell = new Scope();
    if (socket.readyState === WebSocket.CONNECTING) socket.terminate();
    else socket.close(code, reason);
    await Promise.race([this.#gone, this.#parts.clock.sleep(FAREWELL_MS, farewell.signal)]);
    farewell.end();
    socket.terminate();
    await this.#gone;
  }

  get #openMs(): number {
    return this.#openedAt === undefined ? Number.POSITIVE_INFINITY : this.#parts.clock.now() - this.#openedAt;
  }

  #open(): void {
    const { clock, opened } = this.#parts;
    this.#openedAt = clock.now();
    void clock.sleep(VERDICT_MS, this.#life.signal).then(() => {
      if (!this.#life.signal.aborted) this.#welcomed();
    });
    opened();
  }

  #receive(payload: RawData, isBinary: boolean): void {
    this.#heard = true;
    this.#welcomed();
    try {
      if (isBinary) throw malformed('not text', '');
      this.#parts.receive(String(payload));
    } catch (err) {
      this.#parts.lost(err);
    }
  }

  #welcomed(): void {
    if (!this.#welcome) this.#parts.accepted();
    this.#welcome = true;
  }
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
