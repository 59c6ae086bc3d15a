import { once } from 'node:events';
import { WebSocket } from 'ws';

export interface RawPacket {
  readonly [field: string]: unknown;
}

const PATIENCE_MS = 10_000;

/**
 * A device that does only what a test tells it: a bare WebSocket with a memory. It answers nothing by itself and breaks
 * every rule on demand.
 */
export class RawDevice {
  readonly heard: RawPacket[] = [];
  /** The close code, once the link is gone. */
  readonly closed: Promise<number>;
  readonly #socket: WebSocket;
  readonly #waiting = new Set<() => void>();

  private constructor(socket: WebSocket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.on('close', (code) => resolve(code)));
    socket.on('error', () => undefined);
    socket.on('message', (bytes) => {
      this.heard.push(packetOf(String(bytes)));
      for (const look of [...this.#waiting]) look();
    });
  }

  /**
   * Logs in at `ws://…/ovc`.
   * @throws Error with the HTTP status when the platform refuses
   */
  static async logIn(url: string, query: Readonly<Record<string, string>>): Promise<RawDevice> {
    const socket = new WebSocket(`${url}?${new URLSearchParams(query)}`, { perMessageDeflate: false });
    const device = new RawDevice(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('open', () => resolve());
      socket.once('error', reject);
    });
    return device;
  }

  /** From now on every request gets that answer, with its own seq. */
  answers(answer: (packet: RawPacket) => object): void {
    this.#socket.on('message', (bytes) => {
      const packet = packetOf(String(bytes));
      if (packet['req'] !== undefined) this.send({ seq: packet['seq'], ...answer(packet) });
    });
  }

  /** Sends an object as JSON, a string or bytes as they are. */
  send(packet: object | string | Buffer): void {
    const raw = typeof packet === 'string' || Buffer.isBuffer(packet);
    this.#socket.send(raw ? packet : JSON.stringify(packet));
  }

  /**
   * The first packet, heard or still to come, that fits.
   * @throws Error with what was heard, after 10 s without
   */
  hears(fits: (packet: RawPacket) => boolean): Promise<RawPacket> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        clearTimeout(patience);
        this.#waiting.delete(look);
      };
      const look = (): void => {
        const found = this.heard.find(fits);
        if (!found) return;
        end();
        resolve(found);
      };
      const patience = setTimeout(() => {
        end();
        reject(new Error(`heard only ${JSON.stringify(this.heard)}`));
      }, PATIENCE_MS);
      this.#waiting.add(look);
      look();
    });
  }

  async close(): Promise<void> {
    if (this.#socket.readyState === WebSocket.CLOSED) return;
    const gone = once(this.#socket, 'close');
    this.#socket.terminate();
    await gone;
  }
}

/** What is no JSON object is kept as text, for tests of broken packets. */
function packetOf(text: string): RawPacket {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : { text };
  } catch {
    return { text };
  }
}
