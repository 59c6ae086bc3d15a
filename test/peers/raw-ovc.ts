import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';

/** A packet of the gateway, as it came. */
export interface Frame {
  readonly req?: string;
  readonly params?: Record<string, unknown>;
  readonly seq?: number;
  readonly resp?: unknown;
  readonly err?: { readonly code: number; readonly msg: string };
}

/** What is done with somebody who dials: let in, let in and shut out again, or an HTTP status instead. */
export type Welcome = 'open' | 'shut' | number;

/**
 * A real WebSocket server with an OVC's manners, or without them on demand. It answers the gateway's requests with
 * `{}` and checks nothing: what was said is kept for the test to look at.
 */
export class RawOvc {
  welcome: Welcome = 'open';
  answering = true;
  /** Every packet the gateway sent, on whichever connection, in order. */
  readonly heard: Frame[] = [];
  /** The address of every dial. */
  readonly dials: URL[] = [];
  /** How connections ended, as the gateway told or did not tell (1006). */
  readonly ends: { code: number; reason: string }[] = [];
  readonly #scheme: 'ws' | 'wss';
  readonly #http: Server;
  readonly #sockets = new WebSocketServer({ noServer: true });
  #socket: WebSocket | undefined;
  #seq = 0;

  constructor(tls?: { key: Buffer; cert: Buffer }) {
    this.#scheme = tls ? 'wss' : 'ws';
    this.#http = tls ? createTlsServer(tls) : createServer();
    this.#http.on('upgrade', (request, stream, head) => this.#upgrade(request, stream, head));
  }

  async listen(port = 0): Promise<this> {
    this.#http.listen(port, '127.0.0.1');
    await once(this.#http, 'listening');
    return this;
  }

  get url(): URL {
    const { port } = this.#http.address() as AddressInfo; // A TCP server's address is always of this type.
    return new URL(`${this.#scheme}://127.0.0.1:${port}`);
  }

  /** Says any text, or bytes, on the newest connection. */
  say(message: string | Buffer): void {
    this.#socket?.send(message);
  }

  /** Sends a request and resolves with its answer. */
  async request(req: string, params: object = {}, seq = this.#seq + 1): Promise<Frame> {
    this.#seq = seq;
    const before = this.heard.length;
    this.say(JSON.stringify({ req, params, seq }));
    return this.hears((frame) => frame.req === undefined && frame.seq === seq, before);
  }

  /** Sends a request and resolves with the milliseconds until its answer, measured where both are on the wire. */
  async timed(req: string): Promise<number> {
    const socket = this.#socket;
    if (!socket) throw new Error('nobody is connected');
    const seq = ++this.#seq;
    return new Promise((resolve) => {
      const sentAt = performance.now();
      const look = (payload: unknown): void => {
        const frame = JSON.parse(String(payload)) as Frame; // The gateway's own packet.
        if (frame.req !== undefined || frame.seq !== seq) return;
        socket.off('message', look);
        resolve(performance.now() - sentAt);
      };
      socket.on('message', look);
      socket.send(JSON.stringify({ req, seq }));
    });
  }

  /** The first packet from place `from` on that is `wanted`, waiting for it if need be. */
  async hears(wanted: (frame: Frame) => boolean, from = 0): Promise<Frame> {
    return this.until(() => this.heard.slice(from).find(wanted));
  }

  /** Waits until something is so, here or at the gateway's end. */
  async until<T>(fact: () => T | undefined | false): Promise<T> {
    for (;;) {
      const found = fact();
      if (found !== undefined && found !== false) return found;
      await new Promise((resolve) => setTimeout(resolve, 1));
    }
  }

  /** Resolves when everything said so far has reached the gateway. */
  async ping(): Promise<void> {
    const socket = this.#socket;
    if (!socket) return;
    socket.ping();
    await once(socket, 'pong');
  }

  /** Hears nothing more on the newest connection, a farewell included, as when the way to it is broken. */
  freeze(): void {
    this.#socket?.pause();
  }

  /** Ends the newest connection: by force without a code, politely with one. */
  cut(code?: number): void {
    if (code === undefined) this.#socket?.terminate();
    else this.#socket?.close(code);
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets.clients) socket.terminate();
    this.#http.closeAllConnections();
    const closed = once(this.#http, 'close');
    this.#http.close();
    await closed;
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    stream.on('error', () => undefined);
    this.dials.push(new URL(request.url ?? '', this.url));
    if (typeof this.welcome === 'number') {
      stream.end(`HTTP/1.1 ${this.welcome} Never\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
    } else {
      this.#sockets.handleUpgrade(request, stream, head, (socket) => this.#greet(socket));
    }
  }

  #greet(socket: WebSocket): void {
    this.#socket = socket;
    this.#seq = 0;
    socket.on('error', () => undefined);
    socket.on('close', (code, reason) => {
      this.ends.push({ code, reason: String(reason) });
    });
    if (this.welcome === 'shut') socket.close(1008);
    else socket.on('message', (payload) => this.#take(String(payload), socket));
  }

  #take(text: string, socket: WebSocket): void {
    const frame = JSON.parse(text) as Frame; // The gateway's own packet; a test that looks at it checks it.
    this.heard.push(frame);
    if (frame.req !== undefined && this.answering) socket.send(JSON.stringify({ seq: frame.seq, resp: {} }));
  }
}
