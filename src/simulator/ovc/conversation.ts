import type { Logger } from 'pino';
import type { WebSocket } from 'ws';
import { type Clock, withDeadline } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { Scope } from '../../runtime/scope.ts';
import { type Answer, type Answers, judge } from './answers.ts';
import type { LinkFaults } from './faults.ts';
import { type Packet, readPacket } from './packet.ts';
import type { Entry, PacketBook } from './packet-book.ts';

/**
 * The platform's end of one WebSocket (OVS RPC §2): both sequences, the order of answers, the 20 s. Everything that
 * passes goes into the device's book. Knows one connection; what a device is, is told by `Device`.
 */

export interface ConversationParts {
  readonly code: string;
  readonly book: PacketBook;
  readonly answers: Answers;
  readonly faults: () => LinkFaults;
  /** Hears of every packet of the device, before it is answered. */
  readonly heard: (packet: Packet) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export type TimedAnswer = Answer & {
  /** From the request to its answer. */
  readonly ms: number;
};

interface Pending {
  readonly entry: Entry;
  readonly seq: number;
  readonly name: string;
  readonly sinceMs: number;
  readonly scope: Scope;
  settle(answer: TimedAnswer): void;
  fail(err: Error): void;
}

type Upward<K extends Packet['kind']> = Extract<Packet, { kind: K }>;

/** How long an end may take to answer (§2). */
const ANSWER_MS = 20_000;
const CLOSE_BROKEN = 1002;
/** A device that asks so much without waiting is flooding. */
const MAX_UNANSWERED = 1000;
const FOREIGN_SEQ = 1000;
/** Of a binary message, in the record. */
const SHOWN_BYTES = 64;

export class Conversation {
  readonly #socket: WebSocket;
  readonly #parts: ConversationParts;
  readonly #scope: Scope;
  #seq = 0;
  #theirSeq: number | undefined;
  #pending: readonly Pending[] = [];
  #unanswered = 0;
  #answered: Promise<void> = Promise.resolve();
  /** Set once the link is lost or given up; the socket may take a little longer to go. */
  #over = false;

  constructor(socket: WebSocket, parts: ConversationParts, signal: AbortSignal) {
    this.#socket = socket;
    this.#parts = parts;
    this.#scope = new Scope(signal);
  }

  /** Listens until the connection is gone, for whatever reason. */
  run(): Promise<void> {
    const socket = this.#socket;
    const cut = (): void => socket.terminate();
    return new Promise((resolve) => {
      socket.on('message', (bytes, isBinary) => this.#hear(String(bytes), isBinary));
      socket.on('error', (err) => this.#onSocketError(err));
      socket.on('close', (code, reason) => {
        this.#end(`link closed, code ${code}${reason.length > 0 ? `: ${String(reason)}` : ''}`);
        this.#scope.end();
        resolve();
      });
      this.#scope.signal.addEventListener('abort', cut, { once: true });
      if (this.#scope.signal.aborted) cut();
    });
  }

  /** Breaks the connection off without a goodbye. */
  cut(): void {
    this.#socket.terminate();
  }

  /**
   * Asks the device and waits for its answer, an error answer included.
   * @throws GatewayError `link-lost` when the link ends before, `timed-out` after `timeoutMs`
   */
  request(name: string, params: unknown, timeoutMs: number): Promise<TimedAnswer> {
    const packet = { req: name, ...(params === undefined ? {} : { params }), seq: this.#seq + 1 };
    const answer = new Promise<TimedAnswer>((settle, fail) => {
      this.#ask(JSON.stringify(packet), { settle, fail });
    });
    // Who stopped waiting does not care any more.
    answer.catch(() => undefined);
    const late = (): Error => new GatewayError('timed-out', 'the device did not answer in time', { method: name });
    return withDeadline({ clock: this.#parts.clock, ms: timeoutMs, signal: this.#scope.signal, late }, () => answer);
  }

  /**
   * Sends a text as it is, sense or nonsense. A request in it takes part in the pairing of answers.
   * @throws GatewayError `link-lost`
   */
  say(text: string): Entry {
    return this.#ask(text, { settle: () => undefined, fail: () => undefined });
  }

  /**
   * Sends bytes as a binary message, which the contract does not know.
   * @throws GatewayError `link-lost`
   */
  sayBytes(bytes: Buffer): Entry {
    if (this.#over) throw new GatewayError('link-lost', 'the device is not connected');
    const packet = { kind: 'malformed', why: 'not text' } as const;
    const text = `binary, ${bytes.length} bytes: ${bytes.subarray(0, SHOWN_BYTES).toString('hex')}`;
    const entry = this.#parts.book.add({ direction: 'down', text, packet });
    this.#socket.send(bytes);
    return entry;
  }

  #ask(text: string, waiting: Pick<Pending, 'settle' | 'fail'>): Entry {
    if (this.#over) throw new GatewayError('link-lost', 'the device is not connected');
    const packet = readPacket(text);
    const entry = this.#send(text, { packet });
    if (packet.kind !== 'request') return entry;
    const { seq, name } = packet;
    this.#seq = seq;
    const pending = { entry, seq, name, sinceMs: this.#now(), scope: new Scope(this.#scope.signal), ...waiting };
    this.#pending = [...this.#pending, pending];
    void this.#watch(pending);
    return entry;
  }

  async #watch({ entry, name, scope }: Pending): Promise<void> {
    await this.#parts.clock.sleep(ANSWER_MS, scope.signal);
    if (scope.signal.aborted) return;
    this.#note(`no answer to ${name} (packet ${entry.number}) within 20 s`, [`no answer to packet ${entry.number}`]);
    this.#close('no answer within 20 s');
  }

  #hear(text: string, isBinary: boolean): void {
    if (this.#over) return;
    const packet: Packet = isBinary ? { kind: 'malformed', why: 'not text' } : readPacket(text);
    this.#parts.heard(packet);
    if (packet.kind === 'request') this.#onRequest(packet, text);
    else if (packet.kind === 'response') this.#onAnswer(packet, text, { resp: packet.resp });
    else if (packet.kind === 'failure') this.#onAnswer(packet, text, { err: packet.err });
    else if (packet.kind === 'event') this.#record(text, { packet, faults: ['a device sends no events'] });
    else this.#onMalformed(packet, text);
  }

  #onRequest(packet: Upward<'request'>, text: string): void {
    const due = this.#theirSeq === undefined ? packet.seq : this.#theirSeq + 1;
    const jump = packet.seq === due ? [] : [`seq ${packet.seq} where ${due} is due`];
    this.#theirSeq = packet.seq;
    const { answer, faults } = judge(this.#parts.answers, this.#parts.code, packet);
    const entry = this.#record(text, { packet, faults: [...jump, ...faults] });
    const sinceMs = this.#now();
    if (++this.#unanswered > MAX_UNANSWERED) this.#close('too many requests at once');
    else this.#answered = this.#answered.then(() => this.#reply(answer, { entry, seq: packet.seq, sinceMs }));
  }

  async #reply(answer: Answer, to: { entry: Entry; seq: number; sinceMs: number }): Promise<void> {
    const waitMs = to.sinceMs + this.#parts.faults().answerDelayMs - this.#now();
    if (waitMs > 0) await this.#parts.clock.sleep(waitMs, this.#scope.signal);
    this.#unanswered--;
    const { silent, wrongSeq, malformed } = this.#parts.faults();
    if (this.#over || silent) return;
    const text = JSON.stringify({ seq: wrongSeq ? to.seq + FOREIGN_SEQ : to.seq, ...answer });
    const sent = malformed ? text.slice(0, -2) : text;
    this.#send(sent, { packet: readPacket(sent), answers: to.entry.number, ms: this.#since(to.sinceMs) });
  }

  #onAnswer(packet: Upward<'response' | 'failure'>, text: string, answer: Answer): void {
    const [pending, ...rest] = this.#pending;
    if (pending?.seq !== packet.seq) {
      const fault = pending ? `answers seq ${packet.seq} where ${pending.seq} is due` : 'answers nothing';
      this.#record(text, { packet, faults: [fault] });
      this.#close(fault);
      return;
    }
    this.#pending = rest;
    pending.scope.end();
    const ms = this.#since(pending.sinceMs);
    this.#record(text, { packet, answers: pending.entry.number, ms });
    pending.settle({ ...answer, ms });
  }

  /** What breaks the framing (a message of more than 1 MiB, say) never becomes a packet; the device did it all the same. */
  #onSocketError(err: NodeJS.ErrnoException): void {
    this.#parts.log.debug({ err }, 'device link failed');
    if (err.code?.startsWith('WS_ERR_')) this.#note(`the device broke the WebSocket: ${err.message}`, [err.message]);
  }

  #onMalformed(packet: Upward<'malformed'>, text: string): void {
    this.#record(text, { packet, faults: [`malformed: ${packet.why}`] });
    this.#close(`malformed packet: ${packet.why}`);
  }

  /** Closes as the contract wants it after a fault; what comes after it is not heard. */
  #close(reason: string): void {
    const words = Buffer.from(reason).subarray(0, 100).toString();
    this.#socket.close(CLOSE_BROKEN, words);
    this.#end(`the platform closed the link: ${words}`);
  }

  /** Once: notes why, and lets go of whoever waits for an answer. */
  #end(why: string): void {
    if (this.#over) return;
    this.#over = true;
    this.#note(why);
    const lost = new GatewayError('link-lost', 'the device link ended before the answer', { reason: why });
    for (const pending of this.#pending) {
      pending.scope.end();
      pending.fail(lost);
    }
    this.#pending = [];
  }

  #note(text: string, faults: readonly string[] = []): void {
    this.#parts.book.add({ direction: 'note', text, faults });
  }

  #record(text: string, rest: Partial<Entry>): Entry {
    return this.#parts.book.add({ direction: 'up', text, ...rest });
  }

  #send(text: string, rest: Partial<Entry>): Entry {
    const entry = this.#parts.book.add({ direction: 'down', text, ...rest });
    this.#socket.send(text);
    return entry;
  }

  #now(): number {
    return this.#parts.clock.now();
  }

  #since(ms: number): number {
    return Math.round((this.#now() - ms) * 10) / 10;
  }
}
