import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

export interface SoapQuestion {
  /** The operation's local name, as the first element of the body has it. */
  readonly operation: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** What goes back: an HTTP reply, exactly these bytes and then the end, or one of the ways of saying nothing. */
export type SoapReply =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string | string[]>>;
      readonly body: string | Buffer;
    }
  | { readonly raw: string | Buffer }
  | 'silence'
  | 'reset';

/** A real HTTP server that answers a SOAP client with whatever it is told to, however wrong. */
export class RawSoapServer {
  readonly asked: SoapQuestion[] = [];
  answer: (question: SoapQuestion) => SoapReply;
  readonly #server: Server;

  private constructor(answer: (question: SoapQuestion) => SoapReply) {
    this.answer = answer;
    this.#server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('error', () => undefined);
      response.on('error', () => undefined);
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const text = Buffer.concat(chunks).toString('utf8');
        const operation = /Body>\s*<(?:[\w-]+:)?(\w+)/.exec(text)?.[1] ?? '';
        const question = { operation, path: request.url ?? '', headers: request.headers, text };
        this.asked.push(question);
        send(response, this.answer(question));
      });
    });
  }

  static async listen(t: TestContext, answer: (question: SoapQuestion) => SoapReply): Promise<RawSoapServer> {
    const server = new RawSoapServer(answer);
    await server.on();
    t.after(() => server.off());
    return server;
  }

  get port(): number {
    return this.#port;
  }
  #port = 0;

  get url(): URL {
    return new URL(`http://127.0.0.1:${this.#port}/onvif/device_service`);
  }

  /** Listens, on the same port as before if there was one. */
  async on(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Refuses connections from now on, and ends those there are. */
  async off(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
  }

  count(operation: string): number {
    return this.asked.filter((question) => question.operation === operation).length;
  }
}

function send(response: ServerResponse, reply: SoapReply): void {
  if (reply === 'silence') return;
  if (reply === 'reset') response.socket?.resetAndDestroy();
  else if ('raw' in reply) response.socket?.end(reply.raw);
  else {
    response.writeHead(reply.status ?? 200, {
      'Content-Type': 'application/soap+xml; charset=utf-8',
      ...reply.headers,
    });
    response.end(reply.body);
  }
}

/** An envelope around a body, as a well-behaved camera sends it. */
export function enveloped(body: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?><env:Envelope xmlns:env="http://www.w3.org/2003/05/soap-envelope" xmlns:ter="http://www.onvif.org/ver10/error" xmlns:tds="http://www.onvif.org/ver10/device/wsdl" xmlns:trt="http://www.onvif.org/ver10/media/wsdl" xmlns:tr2="http://www.onvif.org/ver20/media/wsdl" xmlns:tt="http://www.onvif.org/ver10/schema"><env:Body>${body}</env:Body></env:Envelope>`;
}

export function fault(subcode: string, reason: string): string {
  return enveloped(
    `<env:Fault><env:Code><env:Value>env:Sender</env:Value><env:Subcode><env:Value>${subcode}</env:Value></env:Subcode></env:Code><env:Reason><env:Text xml:lang="en">${reason}</env:Text></env:Reason></env:Fault>`,
  );
}
