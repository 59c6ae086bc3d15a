import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { Scope } from '../../runtime/scope.ts';
import type { Faults } from './faults.ts';
import type { IngestSession, SessionParts } from './rtmp-session.ts';
import { StreamLedger, type StreamReport } from './rtmp-stream.ts';

/**
 * The platform's RTMP server for one machine: devices publish, anybody plays, and it can tell what it received. The
 * protocol is node-media-server's (an optional package); the listener is ours, because theirs binds every address.
 */

export interface IngestParts {
  readonly host: string;
  /** 0: any free one. */
  readonly port: number;
  /** PEM. With it the ingest speaks rtmps only. */
  readonly tls?: { readonly key: string; readonly cert: string };
  readonly faults: Faults;
  readonly log: Logger;
  readonly clock?: Clock;
  /** Hears of every change of a stream, each frame included. */
  readonly changed?: () => void;
}

/** Publishes that are remembered, the oldest go first. */
const MAX_STREAMS = 200;
const MAX_SESSIONS = 256;
/** A player that reads so slowly that this much waits for it is let go. */
const MAX_UNREAD_BYTES = 32 * 1024 * 1024;

export class RtmpIngest {
  readonly #parts: IngestParts;
  readonly #clock: Clock;
  readonly #Session: typeof IngestSession;
  readonly #server: Server;
  readonly #scope = new Scope();
  readonly #sessions = new Set<IngestSession>();
  readonly #sockets = new Set<Socket>();
  #streams: readonly StreamLedger[] = [];
  #published = 0;

  private constructor(parts: IngestParts, Session: typeof IngestSession) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#Session = Session;
    this.#server = parts.tls ? createTlsServer(parts.tls) : createServer();
  }

  /**
   * Opens the listener.
   * @throws GatewayError `config-invalid` when node-media-server is not installed; what the socket says otherwise
   */
  static async listen(parts: IngestParts): Promise<RtmpIngest> {
    const ingest = new RtmpIngest(parts, await loadSession());
    await ingest.#listen();
    return ingest;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  /** Every publish so far, the oldest first. */
  get streams(): readonly StreamReport[] {
    return this.#streams.map((stream) => stream.report());
  }

  /** A running publish as FLV for a viewer; undefined when there is none of that number, or too many look already. */
  watch(number: number): ReadableStream<Uint8Array> | undefined {
    for (const session of this.#sessions) {
      const stream = session.watch(number);
      if (stream) return stream;
    }
    return undefined;
  }

  /** Breaks off the publishers of one path (`/app/key`), or all; says how many there were. */
  cut(path?: string): number {
    const doomed = [...this.#sessions].filter(
      ({ publishing }) => publishing !== undefined && (path === undefined || publishing === path),
    );
    for (const session of doomed) session.cut();
    return doomed.length;
  }

  /** Ends every connection and the listener; resolves when they are gone. A second call does nothing. */
  async close(): Promise<void> {
    if (!this.#server.listening) return;
    this.#scope.end();
    const closed = once(this.#server, 'close');
    this.#server.close();
    for (const session of this.#sessions) session.cut();
    // A TLS peer in its handshake has no session yet.
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  async #listen(): Promise<void> {
    const { host, port, tls, faults } = this.#parts;
    const parts = this.#sessionParts();
    this.#server.on('connection', (socket: Socket) => this.#keep(socket));
    this.#server.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => this.#welcome(socket, parts));
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
    const forget = faults.onRtmp(() => {
      for (const session of this.#sessions) session.stall(faults.rtmp.stalled);
    });
    this.#scope.signal.addEventListener('abort', forget, { once: true });
  }

  #keep(socket: Socket): void {
    this.#sockets.add(socket);
    socket.on('close', () => this.#sockets.delete(socket));
    socket.on('error', (err) => this.#parts.log.debug({ err }, 'rtmp connection failed'));
  }

  #welcome(socket: Socket, parts: SessionParts): void {
    if (this.#sessions.size >= MAX_SESSIONS) {
      socket.destroy();
      return;
    }
    const session = new this.#Session(socket, parts);
    this.#sessions.add(session);
    socket.on('close', () => this.#sessions.delete(session));
    session.run();
  }

  #sessionParts(): SessionParts {
    const { faults, log, changed = () => undefined } = this.#parts;
    return {
      // Two ingests of one process share the library's list of publishers, so each has its own names in it.
      realm: crypto.randomUUID(),
      clock: this.#clock,
      log,
      signal: this.#scope.signal,
      faults: () => faults.rtmp,
      taken: (path) => [...this.#sessions].some(({ publishing }) => publishing === path),
      open: (path, peer) => this.#open(path, peer),
      changed: () => {
        this.#dropSlow();
        changed();
      },
    };
  }

  #open(path: string, peer: string): StreamLedger {
    const ledger = new StreamLedger({ number: ++this.#published, path, peer }, this.#clock);
    this.#streams = [...this.#streams, ledger].slice(-MAX_STREAMS);
    return ledger;
  }

  #dropSlow(): void {
    for (const session of this.#sessions) {
      if (session.socket.writableLength > MAX_UNREAD_BYTES) session.cut();
    }
  }
}

/** Loads what stands on the optional package, so that only who opens an ingest needs it. */
async function loadSession(): Promise<typeof IngestSession> {
  try {
    const logger = await import('node-media-server/src/node_core_logger.js');
    // It writes to the console otherwise; what matters we log ourselves.
    logger.default.setLogType(0);
    return (await import('./rtmp-session.ts')).IngestSession;
  } catch (cause) {
    throw new GatewayError('config-invalid', 'the RTMP ingest needs the optional package node-media-server', { cause });
  }
}
