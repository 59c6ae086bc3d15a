import { WebSocket } from 'ws';
import type { Clock } from '../../src/runtime/clock.ts';

interface Packet {
  readonly req?: string;
  readonly event?: string;
  readonly params?: Readonly<Record<string, unknown>>;
  readonly seq?: number;
}

/** A habit that breaks a rule of the protocol. */
export type Wrong =
  | 'no models'
  | 'slow keepalive'
  | 'counts by two'
  | 'tells states nobody knows'
  | 'knows every method'
  | 'answers in reverse'
  | 'answers events'
  | 'lets malformed packets pass'
  | 'answers malformed packets'
  | 'lets foreign answers pass'
  | 'waits for ever'
  | 'takes its time to return'
  | 'publishes nothing'
  | 'raises alarms twice';

const KEEPALIVE_MS = 10_000;

/**
 * A device without cameras that keeps to the protocol but for the habits it is given. It shares no code with the
 * gateway.
 */
export class WrongDevice {
  readonly #wrong: ReadonlySet<Wrong>;
  readonly #clock: Clock;
  readonly #url: string;
  readonly #signal: AbortSignal;
  #seq = 0;
  #socket: WebSocket | undefined;
  #held: Packet[] = [];
  #waiting = new Map<number, number>();

  constructor({
    url,
    wrong,
    clock,
    signal,
  }: { url: string; wrong: readonly Wrong[]; clock: Clock; signal: AbortSignal }) {
    this.#wrong = new Set(wrong);
    this.#clock = clock;
    this.#signal = signal;
    const models = this.#is('no models') ? {} : { hardware_model: 'wrong', firmware_model: '1' };
    this.#url = `${url}?${new URLSearchParams({ login_code: 'OVD1', login_passwd: 'x', ...models })}`;
  }

  /** Logs in again and again until the signal aborts. */
  async run(): Promise<void> {
    while (!this.#signal.aborted) {
      await this.#connection();
      await this.#clock.sleep(this.#is('takes its time to return') ? 40_000 : 500, this.#signal);
    }
  }

  #is(wrong: Wrong): boolean {
    return this.#wrong.has(wrong);
  }

  async #connection(): Promise<void> {
    const socket = new WebSocket(this.#url, { perMessageDeflate: false });
    this.#socket = socket;
    this.#seq = 0;
    this.#held = [];
    this.#waiting = new Map();
    const over = new AbortController();
    const end = (): void => socket.terminate();
    this.#signal.addEventListener('abort', end, { once: true });
    socket.on('error', () => undefined);
    socket.on('message', (bytes, isBinary) => this.#hear(String(bytes), isBinary));
    socket.on('open', () => void this.#live(over.signal));
    await new Promise<void>((resolve) => socket.once('close', () => resolve()));
    over.abort();
    this.#signal.removeEventListener('abort', end);
  }

  async #live(signal: AbortSignal): Promise<void> {
    if (this.#is('raises alarms twice')) {
      const alarm = { channel: 0, datetime: '2026-01-02T03:04:05', type: 3, state: 'start', desc: '' };
      for (const _ of ['once', 'twice']) this.#ask('AlarmNotify', alarm);
    }
    while (!signal.aborted) {
      const state = this.#is('tells states nobody knows') ? 7 : 1;
      this.#ask('Keepalive', { state, channels: this.#is('publishes nothing') ? [{ channel: 0, state: 1 }] : [] });
      await this.#clock.sleep(this.#is('slow keepalive') ? 15_000 : KEEPALIVE_MS, signal);
      this.#loseHope();
    }
  }

  #ask(req: string, params: object): void {
    this.#seq += this.#is('counts by two') && this.#seq > 0 ? 2 : 1;
    this.#waiting.set(this.#seq, this.#clock.now());
    this.#send({ req, params, seq: this.#seq });
    void this.#clock.sleep(20_000, this.#signal).then(() => this.#loseHope());
  }

  #loseHope(): void {
    const [oldest] = this.#waiting.values();
    if (this.#is('waits for ever') || oldest === undefined || this.#clock.now() - oldest < 19_900) return;
    this.#socket?.close(1002, 'no answer within 20 s');
  }

  #hear(text: string, isBinary: boolean): void {
    const packet = isBinary ? undefined : readPacket(text);
    if (packet === undefined) {
      if (this.#is('answers malformed packets')) this.#send({ seq: 0, err: { code: 1, msg: 'what?' } });
      else if (!this.#is('lets malformed packets pass')) this.#socket?.close(1002, 'malformed');
    } else if (packet.req !== undefined) this.#serve(packet);
    else if (packet.event !== undefined) {
      if (this.#is('answers events')) this.#send({ seq: 0, resp: {} });
    } else if (!this.#waiting.delete(packet.seq ?? 0) && !this.#is('lets foreign answers pass')) {
      this.#socket?.close(1002, 'foreign answer');
    }
  }

  #serve(packet: Packet): void {
    if (!this.#is('answers in reverse')) {
      this.#send({ seq: packet.seq, ...this.#answer(packet) });
      return;
    }
    this.#held.unshift(packet);
    setImmediate(() => {
      for (const held of this.#held.splice(0)) this.#send({ seq: held.seq, ...this.#answer(held) });
    });
  }

  #answer({ req, params }: Packet): object {
    if (this.#is('knows every method')) return { resp: {} };
    if (req === 'QueryTime') return { resp: { datetime: '2026-01-02T03:04:05' } };
    if (req !== 'RTMPPublish') return { err: { code: 101, msg: 'not supported' } };
    if (typeof params?.['url'] !== 'string' || !params['url'].startsWith('rtmp'))
      return { err: { code: 12, msg: 'url' } };
    if (params['channel'] !== 0) return { err: { code: 102, msg: 'no such channel' } };
    return this.#is('publishes nothing') ? { resp: {} } : { err: { code: 103, msg: 'no camera' } };
  }

  #send(packet: object): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(JSON.stringify(packet));
  }
}

function readPacket(text: string): Packet | undefined {
  try {
    const value: unknown = JSON.parse(text);
    const known =
      typeof value === 'object' && value !== null && ['req', 'event', 'resp', 'err'].some((key) => key in value);
    // The fields are those of the contract; a device as simple as this one trusts them.
    return known ? (value as Packet) : undefined;
  } catch {
    return undefined;
  }
}
