import type { Logger } from 'pino';
import { type Clock, withDeadline } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { Scope } from '../runtime/scope.ts';
import { type Fields, type Packet, parsePacket } from './packet.ts';

/** What a request is answered with. */
export type Answer = { readonly resp: unknown } | { readonly err: { readonly code: number; readonly msg: string } };

/** Whoever does what the OVC asks. */
export interface Service {
  /** Starts the work at once, as far as the order of a channel allows. Never rejects. */
  request(method: string, params: Fields): Promise<Answer>;
  event(method: string, params: Fields): void;
}

export interface PeerParts {
  readonly send: (text: string) => void;
  /** Asks the other end's transport whether it has what was sent so far; see `Wire.confirm`. */
  readonly confirm?: (arrived: () => void) => void;
  readonly service: Service;
  /** Hears once why the conversation can't go on; the owner then closes the connection. */
  readonly broken: (err: GatewayError) => void;
  readonly clock: Clock;
  /** Where oddities go that harm nobody. */
  readonly log: Logger | undefined;
}

interface Pending {
  readonly seq: number;
  readonly method: string;
  resolve(resp: unknown): void;
  reject(err: GatewayError): void;
}

/** After so long without an answer the OVC, or the way to it, is taken for dead (section 2). */
const ANSWER_MS = 20_000;

/**
 * One conversation: pairs our requests with their answers and answers theirs in the order in which they came.
 * Lives as long as one connection. Knows packets, not sockets; the owner feeds `receive` and gives `send`.
 */
export class Peer {
  readonly #parts: PeerParts;
  readonly #life = new Scope();
  /** Our requests without an answer, oldest first: the only order in which answers may come. */
  readonly #pending: Pending[] = [];
  #seq = 0;
  #theirSeq: number | undefined;
  #answering: Promise<void> = Promise.resolve();

  constructor(parts: PeerParts) {
    this.#parts = parts;
  }

  /**
   * Sends a request at once, whatever else is under way, and resolves with the answer's `resp`. `arrived` is called
   * when the OVC's end has the request, answered or not.
   * @throws GatewayError `refused` when the OVC says no, `timed-out` or `link-lost` when it says nothing
   */
  async call(method: string, params: object = {}, arrived?: () => void): Promise<unknown> {
    const { clock, broken, send, confirm } = this.#parts;
    if (this.#life.signal.aborted) throw linkLost();
    const seq = ++this.#seq;
    const answer = new Promise<unknown>((resolve, reject) => {
      this.#pending.push({ seq, method, resolve, reject });
    });
    send(JSON.stringify({ req: method, ...(Object.keys(params).length > 0 && { params }), seq }));
    if (arrived) confirm?.(arrived);
    const late = (): GatewayError => {
      const err = new GatewayError('timed-out', 'the OVC left a request without an answer', { method, seq });
      broken(err);
      return err;
    };
    return withDeadline({ clock, ms: ANSWER_MS, signal: this.#life.signal, late }, () => answer);
  }

  /**
   * Takes one message of the other side.
   * @throws GatewayError `protocol-broken` when it makes no sense; the owner then closes the connection
   */
  receive(message: string): void {
    const packet = parsePacket(message);
    if (packet.kind === 'request') this.#answer(packet);
    else if (packet.kind === 'event') this.#parts.service.event(packet.method, packet.params);
    else this.#settle(packet);
  }

  /** The connection is gone: nobody may wait for ever. */
  close(): void {
    this.#life.end();
    for (const { reject } of this.#pending.splice(0)) reject(linkLost());
  }

  #answer({ method, params, seq }: { method: string; params: Fields; seq: number }): void {
    this.#noteTheirSeq(seq);
    const work = this.#parts.service.request(method, params);
    this.#answering = this.#answering.then(async () => {
      const answer = await work;
      if (!this.#life.signal.aborted) this.#parts.send(JSON.stringify({ seq, ...answer }));
    });
  }

  /** Their numbering is theirs to keep; an odd one is worth a line to whoever debugs the platform. */
  #noteTheirSeq(seq: number): void {
    const expected = this.#theirSeq === undefined ? seq : this.#theirSeq + 1;
    if (seq !== expected) this.#parts.log?.info({ seq, expected_seq: expected }, 'the OVC numbers its requests oddly');
    this.#theirSeq = seq;
  }

  /** Answers come in the order of asking, so only the oldest request may be answered next. */
  #settle(packet: Extract<Packet, { kind: 'response' | 'failure' }>): void {
    const [oldest] = this.#pending;
    if (oldest?.seq !== packet.seq) {
      const expected = oldest && { expected_seq: oldest.seq };
      const fields = { seq: packet.seq, ...expected };
      throw new GatewayError('protocol-broken', 'the OVC answered with an unexpected seq', fields);
    }
    this.#pending.shift();
    if (packet.kind === 'response') oldest.resolve(packet.resp);
    else {
      const { code, text: reason } = packet;
      oldest.reject(new GatewayError('refused', 'the OVC refused', { reason, code, method: oldest.method }));
    }
  }
}

function linkLost(): GatewayError {
  return new GatewayError('link-lost', 'the link to the OVC is down');
}
