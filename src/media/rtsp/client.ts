import type { Credentials } from '../../channel/ports.ts';
import { unreachable } from '../../runtime/camera-unreachable.ts';
import { type Clock, withDeadline } from '../../runtime/clock.ts';
import { DigestAuth } from '../../runtime/digest-auth.ts';
import { GatewayError, isKind } from '../../runtime/errors.ts';
import { RtspConnection } from './connection.ts';
import type { RtspReply } from './reply-reader.ts';
import { readSdp, type StreamDescription } from './sdp.ts';

/** The two questions we ask an RTSP server ourselves. Playing a stream is ffmpeg's work. */

const DEADLINE_MS = 4000;
/** Cameras lock accounts; and a password that was refused twice is wrong. */
const MOST_REFUSALS = 2;

/**
 * Asks for a stream's codecs (DESCRIBE), with the credentials if it wants any.
 * @throws GatewayError `camera-unreachable`, `camera-unauthorized`, `camera-fault`
 */
export function describe(
  url: URL,
  credentials: Credentials | undefined,
  clock: Clock,
  signal: AbortSignal,
): Promise<StreamDescription> {
  return inTime(url, clock, signal, async (scope) => {
    const reply = await admitted(url, credentials, scope);
    if (reply.status === 200) return readSdp(reply.body);
    throw REFUSALS.get(reply.status)?.() ?? refused('camera refuses the stream', { status: reply.status });
  });
}

/**
 * Asks whether an RTSP server is there (OPTIONS), without credentials. Any answer will do, a refusal as well.
 * @throws GatewayError `camera-unreachable`, `camera-fault`
 */
export function greet(url: URL, clock: Clock, signal: AbortSignal): Promise<void> {
  return inTime(url, clock, signal, async (scope) => {
    const server = new Server(url, scope);
    try {
      await server.ask('OPTIONS', {});
    } finally {
      server.close();
    }
  });
}

const refused = (message: string, fields = {}): GatewayError => new GatewayError('camera-fault', message, fields);

const REFUSALS: ReadonlyMap<number, () => GatewayError> = new Map([
  [403, () => new GatewayError('camera-unauthorized', 'camera refuses the login', { reason: 'stream is forbidden' })],
  [404, () => refused('camera has no such stream')],
  [453, () => refused('camera has no connection left for us')],
  [503, () => refused('camera has no connection left for us')],
]);

/** DESCRIBE until it is anything but a challenge that is worth an answer. */
async function admitted(url: URL, credentials: Credentials | undefined, signal: AbortSignal): Promise<RtspReply> {
  const auth = credentials && new DigestAuth(credentials);
  const server = new Server(url, signal);
  try {
    for (let refusals = 0; ; ) {
      const authorization = auth?.authorization('DESCRIBE', requestUri(url));
      const login = authorization === undefined ? {} : { Authorization: authorization };
      const reply = await server.ask('DESCRIBE', { Accept: 'application/sdp', ...login });
      if (reply.status !== 401) return reply;
      if (authorization !== undefined) refusals++;
      const answerable = auth?.challenged(reply.headers.get('www-authenticate') ?? []) ?? false;
      if (!answerable || refusals >= MOST_REFUSALS) throw unauthorized(credentials);
    }
  } finally {
    server.close();
  }
}

/** One connection as long as the server keeps it, for a nonce may hold on one only; some end it after each 401. */
class Server {
  readonly #url: URL;
  readonly #signal: AbortSignal;
  #connection: RtspConnection | undefined;

  constructor(url: URL, signal: AbortSignal) {
    this.#url = url;
    this.#signal = signal;
  }

  async ask(method: string, headers: Readonly<Record<string, string>>): Promise<RtspReply> {
    const kept = this.#connection;
    this.#connection ??= new RtspConnection(this.#url, this.#signal);
    try {
      return await this.#connection.request(method, requestUri(this.#url), headers);
    } catch (err) {
      if (!kept || !isKind(err, 'camera-unreachable')) throw err;
      this.#connection = undefined;
      return this.ask(method, headers);
    }
  }

  close(): void {
    this.#connection?.close();
  }
}

function unauthorized(credentials: Credentials | undefined): GatewayError {
  const reason = credentials ? 'its stream refuses the user name or password' : 'its stream wants a user name';
  return new GatewayError('camera-unauthorized', 'camera refuses the login', { reason });
}

/** As in the URL, without user info, which has no place in a request line. */
function requestUri(url: URL): string {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain.href;
}

function inTime<T>(url: URL, clock: Clock, signal: AbortSignal, work: (s: AbortSignal) => Promise<T>): Promise<T> {
  const late = (): Error => unreachable('no answer', { host: url.host });
  return withDeadline({ clock, ms: DEADLINE_MS, signal, late }, work);
}
