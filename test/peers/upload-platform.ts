import { EventEmitter, once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A platform that takes recordings: the callback dialogue and an object store, over real HTTP, with faults on order. */

/** What goes wrong with one request; `slow` takes the request and answers only when `release` is called. */
export type Fault =
  | { readonly kind: 'down' | 'hang' | 'slow' }
  | {
      readonly kind: 'answer';
      readonly status: number;
      readonly body?: string;
      readonly headers?: Record<string, string>;
    };

export type Step = 'next_dts' | 'create' | 'put' | 'fail' | 'save';

export interface Heard {
  readonly step: Step;
  readonly path: string;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}

export interface Stored {
  readonly name: string;
  readonly start: string;
  readonly duration: string;
  readonly nextDts: number;
  readonly content: Buffer;
}

const SECRET = 'sig=very-secret';

export class UploadPlatform {
  readonly #server: Server;
  readonly #events = new EventEmitter();
  readonly #offered = new Map<string, URLSearchParams>();
  #held: Array<() => void> = [];
  /** Every request, in the order of arrival. */
  readonly heard: Heard[] = [];
  /** Every segment that was stored, in the order of completion. */
  readonly stored: Stored[] = [];
  /** The name that was confirmed last, by the next `create` or by `save`. */
  readonly confirmed: string[] = [];
  paused = false;
  nextDts: number | undefined;
  /** Asked for every request: what shall go wrong with it. */
  fault: (step: Step) => Fault | undefined = () => undefined;
  /** What uploads are told to be sent to; for addresses that are none. */
  uriFor = (name: string): string => `${this.#origin}/store/${name}?${SECRET}`;

  private constructor(server: Server) {
    this.#server = server;
    this.#events.setMaxListeners(0);
    server.on('request', (request, response) => void this.#serve(request, response));
  }

  static async listen(port = 0): Promise<UploadPlatform> {
    const server = createServer({ keepAliveTimeout: 60_000 });
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return new UploadPlatform(server);
  }

  get #origin(): string {
    // A listening TCP server has an address of this form.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  get callbackUrl(): string {
    return `${this.#origin}/callback?session=7&key=very-secret`;
  }

  get connections(): Promise<number> {
    return new Promise((resolve) => {
      this.#server.getConnections((_, count) => resolve(count));
    });
  }

  steps(): Step[] {
    return this.heard.map(({ step }) => step);
  }

  /** Resolves once the fact holds; it is looked at after every request. */
  async until(fact: (platform: this) => boolean): Promise<void> {
    while (!fact(this)) await once(this.#events, 'news');
  }

  /** Lets the slow requests through. */
  release(): void {
    for (const go of this.#held.splice(0)) go();
  }

  async close(): Promise<void> {
    this.release();
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(Buffer.from(chunk));
    } catch {
      // Whoever asked has gone away; what came of the body is worth nothing.
      return;
    }
    const content = Buffer.concat(chunks);
    const form = new URLSearchParams(request.method === 'PUT' ? '' : content.toString());
    const step = (form.get('op') ?? 'put') as Step;
    const path = request.url ?? '';
    const body = step === 'put' ? '' : content.toString();
    this.heard.push({ step, path, body, headers: request.headers });
    const fault = this.fault(step);
    if (fault?.kind === 'slow') await new Promise<void>((resolve) => this.#held.push(resolve));
    if (fault?.kind === 'down') request.socket.destroy();
    else if (fault?.kind === 'answer') response.writeHead(fault.status, fault.headers).end(fault.body ?? '');
    else if (fault?.kind !== 'hang') this.#answer(response, { step, form, name: nameIn(path), content });
    this.#events.emit('news');
  }

  #answer(
    response: ServerResponse,
    { step, form, name, content }: { step: Step; form: URLSearchParams; name: string; content: Buffer },
  ): void {
    if (response.destroyed) return;
    if (step === 'create') response.end(JSON.stringify(this.#create(form)));
    else if (step === 'next_dts') response.end(JSON.stringify({ next_dts: this.nextDts }));
    else {
      if (step === 'put') this.#put(name, content);
      if (step === 'save') this.confirmed.push(form.get('name') ?? '');
      response.end();
    }
  }

  #create(form: URLSearchParams): object {
    const last = form.get('last_file_name');
    if (last !== null && this.confirmed.at(-1) !== last) this.confirmed.push(last);
    if (this.paused) return { name: '', uri: '' };
    const name = `seg-${this.#offered.size + 1}.ts`;
    this.#offered.set(name, form);
    return { name, uri: this.uriFor(name) };
  }

  #put(name: string, content: Buffer): void {
    const form = this.#offered.get(name);
    if (!form) return;
    const word = (key: string): string => form.get(key) ?? '';
    this.stored.push({
      name,
      start: word('start'),
      duration: word('duration'),
      nextDts: Number(word('next_dts')),
      content,
    });
  }
}

function nameIn(path: string): string {
  return /\/store\/([^?]+)/.exec(path)?.[1] ?? '';
}
