import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import { codeOf, connectionWords } from '../runtime/connection-words.ts';
import { GatewayError } from '../runtime/errors.ts';
import { AgentInTime, type CertificateTime } from '../runtime/tls-in-time.ts';

/** Requests to the platform and its object store. Knows bytes and status codes, and puts no URL into an error. */

/** node:http and not fetch: it uses no proxy, sends no `Expect`, and tells a kept socket that died from a new one. */
const AGENT = { keepAlive: true, keepAliveMsecs: 15_000, maxFreeSockets: 8, scheduling: 'lifo' } as const;
/** An answer is a name and a URL; what is longer is no answer. */
const MAX_REPLY_BYTES = 64 * 1024;
const LONGEST_RETRY_AFTER_MS = 300_000;

export interface HttpRequest {
  readonly method: 'POST' | 'PUT' | 'HEAD';
  readonly url: URL;
  readonly contentType: string;
  readonly body: readonly Buffer[];
  /** The platform itself answers, whose word on the time of day counts; a store is another's, and has a clock of its own. */
  readonly ofPlatform?: boolean;
}

export interface HttpReply {
  readonly status: number;
  readonly text: string;
  /** What `Retry-After` asks for, at most five minutes. */
  readonly retryAfterMs: number | undefined;
}

/** The http or https URL that `text` is; undefined for anything else. */
export function webUrl(text: string): URL | undefined {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  return url && ['http:', 'https:'].includes(url.protocol) ? url : undefined;
}

/** Hears the time of day that an answer of the platform tells; `secure` where nobody can have altered it on its way. */
export type OnDate = (at: Date, secure: boolean) => void;

export interface PlatformHttpWish {
  readonly onDate?: OnDate | undefined;
  /** By what time certificates are judged; without it, by the clock of the box. */
  readonly time?: CertificateTime | undefined;
}

export class PlatformHttp {
  readonly #onDate: OnDate | undefined;
  readonly #plain = new http.Agent(AGENT);
  readonly #secure: https.Agent;

  /** `ca` (PEM) is trusted beside the public authorities: the store may be another's than the platform. */
  constructor(ca?: string, { onDate, time }: PlatformHttpWish = {}) {
    this.#onDate = onDate;
    const options = ca === undefined ? AGENT : { ...AGENT, ca: [...rootCertificates, ca] };
    this.#secure = time ? new AgentInTime(options, time) : new https.Agent(options);
  }

  /**
   * Resolves when the reply is complete, whatever its status. The caller brings the deadline, as the signal.
   * @throws GatewayError `upload-failed`
   */
  async send(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    try {
      return await this.#once(request, signal);
    } catch (cause) {
      if (cause instanceof GatewayError) throw cause;
      const { hostname: host } = request.url;
      throw new GatewayError('upload-failed', 'the platform cannot be reached', {
        host,
        reason: connectionWords(cause),
      });
    }
  }

  /** Ends all sockets. */
  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  #hear({ headers }: IncomingMessage, secure: boolean): void {
    const at = new Date(headers.date ?? '');
    if (!Number.isNaN(at.getTime())) this.#onDate?.(at, secure);
  }

  #once(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    const { method, url, contentType, body } = request;
    const secure = url.protocol === 'https:';
    const length = body.reduce((sum, part) => sum + part.length, 0);
    return new Promise((resolve, reject) => {
      const options = {
        method,
        agent: secure ? this.#secure : this.#plain,
        headers: { 'Content-Type': contentType, 'Content-Length': length },
        signal,
      };
      const outgoing = (secure ? https : http).request(url, options, (incoming) => {
        if (request.ofPlatform) this.#hear(incoming, secure);
        whole(incoming).then(resolve, reject);
      });
      outgoing.on('error', (err) => {
        // The server closed a kept socket just as we used it: nothing was received, so a fresh socket may try.
        if (outgoing.reusedSocket && codeOf(err) === 'ECONNRESET' && !signal.aborted) {
          resolve(this.#once(request, signal));
        } else reject(err);
      });
      outgoing.cork();
      for (const part of body) outgoing.write(part);
      outgoing.uncork();
      outgoing.end();
    });
  }
}

async function whole(incoming: IncomingMessage): Promise<HttpReply> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of incoming) {
    const bytes = Buffer.from(chunk);
    size += bytes.length;
    // Leaving the loop destroys the socket, so the rest is never received.
    if (size > MAX_REPLY_BYTES) throw new GatewayError('upload-failed', 'the platform sent a reply that is too large');
    chunks.push(bytes);
  }
  return {
    status: incoming.statusCode ?? 0,
    text: Buffer.concat(chunks).toString('utf8'),
    retryAfterMs: retryAfterMs(incoming),
  };
}

/** Seconds or a date; the date is taken against the server's own clock, which ours need not agree with. */
function retryAfterMs({ headers }: IncomingMessage): number | undefined {
  const text = headers['retry-after'];
  if (text === undefined) return undefined;
  const date = Date.parse(text) - Date.parse(headers.date ?? '');
  const ms = /^\d+$/.test(text) ? Number(text) * 1000 : date;
  return ms > 0 ? Math.min(ms, LONGEST_RETRY_AFTER_MS) : undefined;
}
