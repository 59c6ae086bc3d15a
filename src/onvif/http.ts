import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { connectionFailure } from '../runtime/camera-unreachable.ts';
import { codeOf } from '../runtime/connection-words.ts';
import { GatewayError } from '../runtime/errors.ts';
import { nonsense } from './xml.ts';

/**
 * Two who each ask one thing after another need one each; the third is for a request that one of them has died under.
 * The socket that was used last goes first: it is the one that the camera has hardly closed yet.
 */
const AGENT = { keepAlive: true, maxSockets: 3, scheduling: 'lifo' } as const;
/** A kept socket that the camera has closed long ago says so at once; what takes longer may have been heard. */
const STALE_MS = 500;

interface ReplyHead {
  readonly status: number;
  readonly challenges: readonly string[];
  /** The camera's own clock, where its web server sends one. */
  readonly date: string | undefined;
}

export interface HttpReply extends ReplyHead {
  readonly text: string;
}

export interface HttpFile extends ReplyHead {
  readonly bytes: Buffer;
}

export interface HttpRequest {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** A longer reply is dropped while it arrives. */
  readonly maxBytes: number;
}

/** Called for each time the request is sent: what it carries of a login may be used once only. */
export type MakeRequest = () => HttpRequest;

/** Requests to one camera over sockets of its own. Knows bytes and status codes, not SOAP. */
export class CameraHttp {
  readonly #plain = new http.Agent(AGENT);
  /**
   * A camera on the LAN has a certificate it made itself, for a name that is not its address; refusing it would drive
   * people to plain HTTP. The password is not in what Digest and a UsernameToken send; Basic is the last resort.
   */
  readonly #secure = new https.Agent({ ...AGENT, rejectUnauthorized: false });

  /**
   * Resolves when the reply is complete. The caller brings the deadline, as the signal.
   * @throws GatewayError `camera-unreachable`, `not-onvif` (not even HTTP), `camera-fault` (cut off, too large), and
   * what `make` throws
   */
  async post(make: MakeRequest, signal: AbortSignal): Promise<HttpReply> {
    const { bytes, ...head } = await this.#send('POST', make, signal);
    return { ...head, text: bytes.toString('utf8') };
  }

  /** A file, under the same conditions. @throws GatewayError as `post` does */
  get(make: MakeRequest, signal: AbortSignal): Promise<HttpFile> {
    return this.#send('GET', make, signal);
  }

  /** Ends all sockets. */
  close(): void {
    this.#plain.destroy();
    this.#secure.destroy();
  }

  async #send(method: 'POST' | 'GET', make: MakeRequest, signal: AbortSignal): Promise<HttpFile> {
    try {
      let said: HttpFile | 'stale' = 'stale';
      while (said === 'stale') said = await this.#once(method, make(), signal);
      return said;
    } catch (err) {
      if (err instanceof GatewayError || signal.aborted) throw err;
      throw connectionError(err);
    }
  }

  /** `stale`: the camera closed a kept socket just as we used it; nothing was received, so a fresh one may try. */
  #once(method: string, request: HttpRequest, signal: AbortSignal): Promise<HttpFile | 'stale'> {
    const { url, headers, body = '', maxBytes } = request;
    const secure = url.protocol === 'https:';
    const sinceMs = performance.now();
    return new Promise((resolve, reject) => {
      const options = {
        method,
        agent: secure ? this.#secure : this.#plain,
        // Lenient: some cameras' headers break rules that matter to proxies only.
        insecureHTTPParser: true,
        headers: { ...headers, ...(method === 'POST' && { 'Content-Length': Buffer.byteLength(body) }) },
        signal,
      };
      const outgoing = (secure ? https : http).request(url, options, (incoming) => {
        whole(incoming, maxBytes).then(resolve, reject);
      });
      outgoing.on('error', (err) => {
        const isStale = outgoing.reusedSocket && isReset(err) && performance.now() - sinceMs < STALE_MS;
        if (isStale && !signal.aborted) resolve('stale');
        else reject(err);
      });
      outgoing.end(body);
    });
  }
}

async function whole(incoming: IncomingMessage, maxBytes: number): Promise<HttpFile> {
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
    bytes: Buffer.concat(chunks),
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
