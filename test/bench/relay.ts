import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

/** What goes over a wire towards its far end, as it passes. */
export type Onlooker = (chunk: Buffer) => void;

/** A wire from a gateway to its platform or to a camera, which can be cut and mended. */
export class Relay {
  readonly #to: number;
  readonly #onlooker: Onlooker | undefined;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  private constructor(to: number, onlooker: Onlooker | undefined) {
    this.#to = to;
    this.#onlooker = onlooker;
  }

  /** Leads to that port of this machine. */
  static async listen(to: number, onlooker?: Onlooker): Promise<Relay> {
    const relay = new Relay(to, onlooker);
    await relay.restore();
    return relay;
  }

  get port(): number {
    return this.#port;
  }

  /** Breaks every connection; new ones are refused. */
  async cut(): Promise<void> {
    const server = this.#server;
    this.#server = undefined;
    if (!server) return;
    const closed = once(server, 'close');
    server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Takes connections again, at the same port; tells since when, on `performance.now()`. */
  async restore(): Promise<number> {
    const server = createServer((socket) => this.#lead(socket));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#server = server;
    const address = server.address();
    if (typeof address === 'object' && address !== null) this.#port = address.port;
    return performance.now();
  }

  #lead(from: Socket): void {
    const to = connect({ port: this.#to, host: '127.0.0.1', noDelay: true });
    from.setNoDelay(true);
    if (this.#onlooker) from.on('data', this.#onlooker);
    for (const socket of [from, to]) {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    // The end of either is the end of both, whatever the reason.
    pipeline(from, to, from, () => undefined);
  }
}
