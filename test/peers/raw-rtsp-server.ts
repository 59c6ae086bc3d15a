import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { TestContext } from 'node:test';

export interface RtspQuestion {
  readonly method: string;
  readonly uri: string;
  readonly cseq: string;
  readonly authorization: string | undefined;
  /** Counts from 1; questions on one connection have the same. */
  readonly connection: number;
}

/** The bytes that go back; `end` closes the connection after them. */
export type RtspAnswer = 'silence' | { readonly bytes: string | Buffer; readonly end?: boolean };

/** A real TCP server that answers an RTSP client with whatever it is told to, however wrong. */
export class RawRtspServer {
  readonly asked: RtspQuestion[] = [];
  answer: (question: RtspQuestion) => RtspAnswer;
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  #port = 0;

  private constructor(answer: (question: RtspQuestion) => RtspAnswer) {
    this.answer = answer;
    let connections = 0;
    this.#server = createServer((socket) => {
      const connection = ++connections;
      let text = '';
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket));
      socket.on('error', () => undefined);
      socket.on('data', (chunk) => {
        text += chunk.toString('latin1');
        if (!text.includes('\r\n\r\n')) return;
        const [, method = '', uri = ''] = /^(\w+) (\S+)/.exec(text) ?? [];
        const header = (name: string): string | undefined => new RegExp(`^${name}: (.*)\r$`, 'im').exec(text)?.[1];
        const question = {
          method,
          uri,
          cseq: header('CSeq') ?? '',
          authorization: header('Authorization'),
          connection,
        };
        text = '';
        this.asked.push(question);
        const reply = this.answer(question);
        if (reply === 'silence') return;
        socket.write(reply.bytes);
        if (reply.end) socket.end();
      });
    });
  }

  static async listen(t: TestContext, answer: (question: RtspQuestion) => RtspAnswer): Promise<RawRtspServer> {
    const server = new RawRtspServer(answer);
    await server.on();
    t.after(() => server.off());
    return server;
  }

  get url(): URL {
    return new URL(`rtsp://127.0.0.1:${this.#port}/live?a=1&b=2`);
  }

  /** Listens, on the same port as before if there was one. */
  async on(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  async off(): Promise<void> {
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }
}

/** A reply as a well-behaved server writes it. */
export function rtsp(status: number, cseq: string, headers: readonly string[] = [], body = ''): string {
  const lines = [`CSeq: ${cseq}`, ...headers, ...(body ? [`Content-Length: ${Buffer.byteLength(body)}`] : [])];
  return `RTSP/1.0 ${status} Whatever\r\n${lines.map((line) => `${line}\r\n`).join('')}\r\n${body}`;
}

export const SDP =
  'v=0\r\no=- 0 0 IN IP4 0.0.0.0\r\ns=x\r\nt=0 0\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\nm=audio 0 RTP/AVP 8\r\n';
