import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { aborted, Scope } from '../runtime/scope.ts';
import { type Pauses, type Runnable, supervise } from '../runtime/supervise.ts';
import { type AppParts, adminApp } from './app.ts';
import { Places } from './places.ts';

export interface AdminServerParts extends Omit<AppParts, 'signal'> {
  readonly host: string;
  /** 0 is any free one. */
  readonly port: number;
  /** Files in PEM; over https with them. They are read at each start. */
  readonly tls: { readonly certFile: string; readonly keyFile: string } | undefined;
  /** Hears of the address each time it is open. */
  readonly onListening: (address: AddressInfo, secure: boolean) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: Partial<Limits>;
}

export interface Limits {
  readonly connections: number;
  /** For the head of a request, and for all of it: slower is no browser. */
  readonly headMs: number;
  readonly requestMs: number;
  /** A connection on which nothing moves. */
  readonly idleMs: number;
}

/** A page opens six connections; live views and events hold one each, and events show a sign of life every 15 s. */
const LIMITS: Limits = { connections: 128, headMs: 10_000, requestMs: 30_000, idleMs: 120_000 };

/** Not of a kind to keep the gateway from its work: whoever has the port will let it go, or the file be changed. */
const PAUSES: Pauses = { minMs: 1_000, maxMs: 60_000, healthyMs: 10_000 };
const BYTES_OF_HEAD = 16 * 1024;

/** The listener of the local page: opened again as often as it takes. */
export class AdminServer implements Runnable {
  readonly #parts: AdminServerParts;

  constructor(parts: AdminServerParts) {
    this.#parts = parts;
  }

  run(signal: AbortSignal): Promise<void> {
    const { clock, log } = this.#parts;
    return supervise((life, working) => this.#listen(life, working), { signal, clock, log, pauses: PAUSES });
  }

  async #listen(signal: AbortSignal, working: () => void): Promise<void> {
    const { host, port, onListening, tls } = this.#parts;
    const life = new Scope(signal);
    const server = this.#server(life.signal);
    try {
      server.listen({ host, port });
      await once(server, 'listening', { signal });
      working();
      server.on('error', (err) => life.end(err));
      const address = server.address();
      if (address && typeof address === 'object') onListening(address, tls !== undefined);
      await aborted(life.signal);
    } catch (err) {
      if (signal.aborted) return;
      const reason = err instanceof Error ? err.message : String(err);
      throw new GatewayError('process-failed', 'the local page cannot be served', { reason });
    } finally {
      life.end();
      const closed = server.listening ? once(server, 'close') : undefined;
      server.close();
      server.closeAllConnections();
      await closed;
    }
  }

  #server(signal: AbortSignal): Server {
    const { tls, limits } = this.#parts;
    const { connections, headMs, requestMs, idleMs } = { ...LIMITS, ...limits };
    const app = adminApp({ ...this.#parts, signal });
    // What hono makes of a request that it cannot read is an answer too, and never a line on stderr.
    const listener = getRequestListener(app.fetch, {
      overrideGlobalObjects: false,
      errorHandler: () => new Response('bad request\n', { status: 400 }),
    });
    const options = {
      maxHeaderSize: BYTES_OF_HEAD,
      headersTimeout: headMs,
      requestTimeout: requestMs,
      connectionsCheckingInterval: Math.min(5_000, headMs),
    };
    const server = tls
      ? createTlsServer({ ...options, cert: pem(tls.certFile), key: pem(tls.keyFile) }, listener)
      : createServer(options, listener);
    const places = new Places(connections);
    server.on('connection', (socket: Socket) => places.take(socket));
    server.setTimeout(idleMs, (socket) => socket.destroy());
    return server;
  }
}

/** @throws GatewayError `process-failed` */
function pem(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (err) {
    const reason = err instanceof Error ? err.message : String(err);
    throw new GatewayError('process-failed', 'the certificate of the local page cannot be read', { reason });
  }
}
