import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';

/** A web server with one file, which it serves as badly as a test wants. */
export class ReleaseServer {
  bytes: Buffer;
  /** The first so many replies break off after so many bytes. */
  readonly cuts: number[] = [];
  /** A reply breaks off only when so many bytes of the file have been kept. */
  arrived: (bytes: number) => boolean = () => true;
  /** Answers this instead of the file. */
  status: number | undefined;
  /** Serves the whole file whatever part is asked for. */
  knowsRanges = true;
  /** The `Range` of each request, empty without one. */
  readonly asked: string[] = [];
  readonly #http: Server;

  private constructor(bytes: Buffer) {
    this.bytes = bytes;
    this.#http = createServer((request, response) => this.#serve(request, response));
  }

  static async with(t: TestContext, bytes: Buffer): Promise<ReleaseServer> {
    const server = new ReleaseServer(bytes);
    server.#http.listen(0, '127.0.0.1');
    await once(server.#http, 'listening');
    t.after(() => {
      server.#http.closeAllConnections();
      server.#http.close();
    });
    return server;
  }

  get url(): string {
    const { port } = this.#http.address() as AddressInfo; // A TCP server's address is always of this type.
    return `http://127.0.0.1:${port}/firmware?token=secret`;
  }

  #serve({ headers, url }: IncomingMessage, response: ServerResponse): void {
    const { range = '' } = headers;
    this.asked.push(range);
    if (this.status !== undefined) return void response.writeHead(this.status).end();
    if (url === '/moved') return void response.writeHead(302, { location: this.url }).end();
    const from = this.knowsRanges ? Number(/^bytes=(\d+)-$/.exec(range)?.[1] ?? 0) : 0;
    const total = this.bytes.length;
    if (from >= total) return void response.writeHead(416, { 'content-range': `bytes */${total}` }).end();
    const part = this.bytes.subarray(from);
    const ranged = { 'content-range': `bytes ${from}-${total - 1}/${total}` };
    response.writeHead(from > 0 ? 206 : 200, { 'content-length': part.length, etag: '"1"', ...(from > 0 && ranged) });
    const cut = this.cuts.shift();
    if (cut === undefined) response.end(part);
    else void this.#cutOff(response, part.subarray(0, cut), from + cut);
  }

  async #cutOff(response: ServerResponse, part: Buffer, upTo: number): Promise<void> {
    response.write(part);
    while (!this.arrived(upTo) && !response.destroyed) await delay(2);
    response.destroy();
  }
}
