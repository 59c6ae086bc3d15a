import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { connectionFailure, unreachable } from '../../runtime/camera-unreachable.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { placeOf } from './place.ts';
import { ReplyReader, type RtspReply } from './reply-reader.ts';

interface Waiting {
  resolve(reply: RtspReply): void;
  reject(reason: unknown): void;
}

/** One TCP connection to an RTSP server, for requests one after another. Knows messages, not logins. */
export class RtspConnection {
  readonly #socket: Socket;
  readonly #reader = new ReplyReader();
  #waiting: Waiting | undefined;
  #failure: unknown;
  #sequence = 0;

  /** Opens it towards the URL's host; the signal ends it. What fails, fails at the first request. */
  constructor(url: URL, signal: AbortSignal) {
    const place = placeOf(url);
    // A camera's certificate is of its own making; Digest keeps the password out of the stranger's hands.
    this.#socket = url.protocol === 'rtsps:' ? connectTls({ ...place, rejectUnauthorized: false }) : connect(place);
    this.#socket.on('data', (chunk: Buffer) => this.#receive(chunk));
    this.#socket.on('error', (err) => this.#fail(connectionFailure(err)));
    this.#socket.on('close', () => this.#fail(unreachable('connection lost')));
    const abort = (): void => this.#fail(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    this.#socket.once('close', () => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
  }

  /**
   * Sends one request; the next one only after its reply. Header values are latin1.
   * @throws GatewayError `camera-unreachable`, `camera-fault`; the signal's reason when that ended it
   */
  request(method: string, uri: string, headers: Readonly<Record<string, string>>): Promise<RtspReply> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) return reject(this.#failure);
      this.#waiting = { resolve, reject };
      const lines = Object.entries({ CSeq: String(++this.#sequence), 'User-Agent': 'ovd-gateway', ...headers });
      const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join('');
      this.#socket.write(`${method} ${uri} RTSP/1.0\r\n${head}\r\n`, 'latin1');
    });
  }

  close(): void {
    this.#fail(unreachable('connection closed'));
  }

  #receive(chunk: Buffer): void {
    try {
      const reply = this.#reader.push(chunk);
      if (!reply) return;
      this.#waiting?.resolve(reply);
      this.#waiting = undefined;
    } catch (err) {
      this.#fail(err instanceof GatewayError ? err : connectionFailure(err));
    }
  }

  /** The first failure counts; whatever follows is its echo. */
  #fail(reason: unknown): void {
    this.#failure ??= reason;
    this.#waiting?.reject(this.#failure);
    this.#waiting = undefined;
    this.#socket.destroy();
  }
}
