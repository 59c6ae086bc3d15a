import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { Logger } from 'pino';
import { Bell } from '../../runtime/bell.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { aborted } from '../../runtime/scope.ts';
import { content } from '../reply.ts';
import { parseXml } from '../xml.ts';
import { type Notification, notifications } from './notification.ts';

export interface ReceiverParts {
  /** Where cameras can reach it; 0.0.0.0 for all network cards. */
  readonly host: string;
  /** 0 lets the system choose. */
  readonly port: number;
  readonly log: Logger;
}

/** A place for one camera's messages; `close` it in a `finally`. */
export interface Inbox {
  /** What the camera at `host` can send to, with a secret path; once the receiver is open, or the signal aborts. */
  addressFor(host: string, signal: AbortSignal): Promise<URL>;
  close(): void;
}

type Hear = (batch: readonly Notification[]) => void;

const MOST_BODY_BYTES = 262_144;
const MOST_CONNECTIONS = 128;
const REQUEST_MS = 10_000;

/**
 * The HTTP server that cameras send their notifications to (WS-BaseNotification), one secret path for each. Whatever
 * is sent to a known path is answered 200 and empty: cameras that hear anything else give up or repeat themselves.
 */
export class WebhookReceiver {
  readonly #parts: ReceiverParts;
  readonly #inboxes = new Map<string, Hear>();
  readonly #needed = new Bell();
  readonly #waiting = new Set<() => void>();
  #port = 0;

  constructor(parts: ReceiverParts) {
    this.#parts = parts;
  }

  /** Opens with the first inbox: most sites never need a port of ours. Otherwise as `run`. */
  async runWhenNeeded(signal: AbortSignal): Promise<void> {
    if (this.#inboxes.size === 0) await this.#needed.heard(signal);
    if (!signal.aborted) await this.run(signal);
  }

  /** Receives until the signal aborts. `ready` hears the port. Rejects when the port cannot be had. */
  async run(signal: AbortSignal, ready: (port: number) => void = () => undefined): Promise<void> {
    const server = createServer({ requestTimeout: REQUEST_MS, insecureHTTPParser: true }, (request, response) => {
      this.#receive(request, response).catch(() => response.destroy());
    });
    server.maxConnections = MOST_CONNECTIONS;
    const sockets = new Set<Socket>();
    server.on('connection', (socket: Socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    const failed = new Promise<never>((_, reject) => server.once('error', reject));
    try {
      server.listen(this.#parts.port, this.#parts.host, () => {
        this.#port = portOf(server);
        for (const go of this.#waiting) go();
        ready(this.#port);
      });
      await Promise.race([aborted(signal), failed]);
    } finally {
      this.#port = 0;
      for (const socket of sockets) socket.destroy();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    }
  }

  open(hear: Hear): Inbox {
    const path = `/${randomBytes(9).toString('base64url')}`;
    this.#inboxes.set(path, hear);
    this.#needed.ring();
    return {
      addressFor: async (host, signal) => {
        if (this.#port === 0) await this.#opened(signal);
        if (this.#port === 0) throw new GatewayError('camera-fault', 'the receiver for events is not open');
        return new URL(`http://${await ownAddress(host)}:${this.#port}${path}`);
      },
      close: () => this.#inboxes.delete(path),
    };
  }

  async #opened(signal: AbortSignal): Promise<void> {
    let go = (): void => undefined;
    const opened = new Promise<void>((resolve) => {
      go = resolve;
    });
    this.#waiting.add(go);
    await Promise.race([opened, aborted(signal)]);
    this.#waiting.delete(go);
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const hear = this.#inboxes.get(request.url ?? '');
    const body = request.method === 'POST' && hear ? await whole(request) : undefined;
    if (!hear || body === undefined) {
      response.writeHead(404, { Connection: 'close' }).end();
      return;
    }
    response.writeHead(200, { 'Content-Length': 0 }).end();
    try {
      hear(messagesIn(body));
    } catch (err) {
      this.#parts.log.debug({ err }, 'camera sent an event that makes no sense');
    }
  }
}

/** @throws GatewayError `camera-fault` */
function messagesIn(body: string): Notification[] {
  const envelope = content.parse(content.parse(parseXml(body)).get('Envelope'));
  const notify = content.parse(content.parse(envelope.get('Body')).get('Notify'));
  return notifications.parse(notify.get('NotificationMessage'));
}

/** Undefined when there is more of it than any camera has to say, or when the camera left in the middle. */
async function whole(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      const piece = Buffer.from(chunk);
      bytes += piece.length;
      if (bytes > MOST_BODY_BYTES) return undefined;
      chunks.push(piece);
    }
  } catch {
    // It hung up; there is nobody to tell.
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

/** Our address on the way to a host, as the system routes it; no packet is sent for this. */
async function ownAddress(host: string): Promise<string> {
  const name = host.replace(/^\[|\]$/g, '');
  const socket = createSocket(name.includes(':') ? 'udp6' : 'udp4');
  try {
    const failed = once(socket, 'error').then(([err]) => {
      throw new GatewayError('camera-unreachable', 'camera cannot be reached', { reason: 'no route', cause: err });
    });
    socket.connect(9, name);
    await Promise.race([once(socket, 'connect'), failed]);
    const { address, family } = socket.address();
    return family === 'IPv6' ? `[${address}]` : address;
  } finally {
    socket.close();
  }
}

function portOf(server: Server): number {
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
