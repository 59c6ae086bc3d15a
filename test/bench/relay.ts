import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { pipeline } from 'node:stream';

/** The wire between a gateway and its platform, which can be cut and mended. */
export class Relay {
  readonly #to: number;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #port = 0;

  private constructor(to: number) {
    this.#to = to;
  }

  /** Leads to that port of this machine. */
  static async listen(to: number): Promise<Relay> {
    const relay = new Relay(to);
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
    for (const socket of [from, to]) {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
    }
    // The end of either is the end of both, whatever the reason.
    pipeline(from, to, from, () => undefined);
  }
}
