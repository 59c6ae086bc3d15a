import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';

export interface ListenerParts {
  readonly request: (request: IncomingMessage, response: ServerResponse) => void;
  readonly upgrade: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** The platform's HTTP and WebSocket port: its address, and its end. Knows nothing of what is asked there. */
export class Listener {
  readonly #host: string;
  readonly #server = createServer();

  constructor(host: string) {
    this.#host = host;
  }

  /** Port 0: any free one. */
  async open(port: number, { request, upgrade }: ListenerParts): Promise<void> {
    this.#server.on('request', request);
    this.#server.on('upgrade', upgrade);
    this.#server.listen(port, this.#host);
    await once(this.#server, 'listening');
  }

  /** `host:port` of this listener, or of another port of the same host. */
  authority(port = this.#port): string {
    return `${this.#host.includes(':') ? `[${this.#host}]` : this.#host}:${port}`;
  }

  /** Ends every connection; resolves when they are gone. A second call does nothing. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  get #port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }
}
