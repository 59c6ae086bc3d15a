import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { codeOf, connectionFailure } from '../runtime/camera-unreachable.ts';
import { GatewayError } from '../runtime/errors.ts';
import { nonsense } from './xml.ts';

/** Two sockets: one for a long poll, one for everything else. Many cameras serve no more than a few at a time. */
const AGENT = { keepAlive: true, maxSockets: 2, scheduling: 'fifo' } as const;

export interface HttpReply {
  readonly status: number;
  readonly challenges: readonly string[];
  /** The camera's own clock, where its web server sends one. */
  readonly date: string | undefined;
  readonly text: string;
}

export interface HttpRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** A longer reply is dropped while it arrives. */
  readonly maxBytes: number;
}

/** POST requests to one camera over sockets of its own. Knows bytes and status codes, not SOAP. */
export class CameraHttp {
  readonly #plain = new http.Agent(AGENT);
  /**
   * A camera on the LAN has a certificate it made itself, for a name that is not its address; refusing it would drive
   * people to plain HTTP. The password is not in what Digest and a UsernameToken send; Basic is the last resort.
   */
  readonly #secure = new https.Agent({ ...AGENT, rejectUnauthorized: false });

  /**
   * Resolves when the reply is complete. The caller brings the deadline, as the signal.
   * @throws GatewayError `camera-unreachable`, `not-onvif` (not even HTTP), `camera-fault` (cut off, too large)
   */
  async post(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    try {
      return await this.#once(request, signal);
    } catch (err) {
      if (err instanceof GatewayError || signal.aborted) throw err;
      throw connectionError(err);
    }
  }

  /** Ends all sockets. */
  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  #once(request: HttpRequest, signal: AbortSignal): Promise<HttpReply> {
    const { url, headers, body, maxBytes } = request;
    const secure = url.protocol === 'https:';
    return new Promise((resolve, reject) => {
      const options = {
        method: 'POST',
        agent: secure ? this.#secure : this.#plain,
        // Lenient: some cameras' headers break rules that matter to proxies only.
        insecureHTTPParser: true,
        headers: { ...headers, 'Content-Length': Buffer.byteLength(body) },
        signal,
      };
      const outgoing = (secure ? https : http).request(url, options, (incoming) => {
        whole(incoming, maxBytes).then(resolve, reject);
      });
      outgoing.on('error', (err) => {
        // The camera closed a kept socket just as we used it: nothing was received, so a fresh socket may try.
        if (outgoing.reusedSocket && isReset(err) && !signal.aborted) resolve(this.#once(request, signal));
        else reject(err);
      });
      outgoing.end(body);
    });
  }
}

async function whole(incoming: IncomingMessage, maxBytes: number): Promise<HttpReply> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of incoming) {
      const bytes = Buffer.from(chunk);
      size += bytes.length;
      // Leaving the loop destroys the socket, so the rest is never received.
      if (size > maxBytes)
        throw new GatewayError('camera-fault', 'camera sent a reply that is too large', { maxBytes });
      chunks.push(bytes);
    }
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw nonsense('cut off', cause);
  }
  return {
    status: incoming.statusCode ?? 0,
    challenges: incoming.headersDistinct['www-authenticate'] ?? [],
    date: incoming.headers.date,
    text: Buffer.concat(chunks).toString('utf8'),
  };
}

function connectionError(cause: unknown): GatewayError {
  const code = codeOf(cause);
  if (code.startsWith('HPE_')) {
    return new GatewayError('not-onvif', 'no ONVIF service at this address', { reason: 'not an HTTP reply', cause });
  }
  if (code === 'ERR_INVALID_CHAR') return new GatewayError('camera-fault', 'camera cannot be asked', { code, cause });
  return connectionFailure(cause);
}

function isReset(err: unknown): boolean {
  return ['ECONNRESET', 'EPIPE'].includes(codeOf(err));
}
