import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Logger } from 'pino';
import { WebSocketServer } from 'ws';
import type { Device } from './device.ts';
import type { Faults } from './faults.ts';

/** The platform's door (OVS RPC §1): who may come in by `/ovc?login_code=…&login_passwd=…`, and what becomes of the others. */

/** Login codes with their passwords, or `any` for whoever knocks. */
export type Accounts = Readonly<Record<string, string>> | 'any';

export interface DoorParts {
  readonly accounts: Accounts;
  readonly faults: Faults;
  /** The device of an account; undefined when there are too many already. */
  readonly device: (code: string) => Device | undefined;
  readonly log: Logger;
}

const PATH = '/ovc';
const MAX_CODE_LENGTH = 128;
const MAX_MODEL_LENGTH = 256;
const MAX_PACKET_BYTES = 1024 * 1024;

/** What a device that may not come in is told. */
const REFUSALS = {
  path: '404 Not Found',
  query: '400 Bad Request',
  login: '401 Unauthorized',
  full: '503 Service Unavailable',
} as const;

/** What may come of a knock. */
type Reading =
  | { readonly refusal: keyof typeof REFUSALS }
  | { readonly device: Device; readonly query: URLSearchParams };

export class Door {
  readonly #parts: DoorParts;
  readonly #sockets = new WebSocketServer({
    noServer: true,
    maxPayload: MAX_PACKET_BYTES,
    perMessageDeflate: false,
  });

  constructor(parts: DoorParts) {
    this.#parts = parts;
  }

  /** An HTTP upgrade: becomes a device's connection or is refused. */
  knock(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const { faults, log } = this.#parts;
    // A peer that resets the connection now has lost nothing.
    socket.on('error', (err) => log.debug({ err }, 'device link failed'));
    const reading = this.#read(request);
    if ('refusal' in reading) {
      refuse(socket, reading.refusal);
      return;
    }
    const { device, query } = reading;
    const { code } = device.report;
    const how = this.#rightPassword(code, query) ? faults.link(code).refuseLogin : 'status';
    if (how === 'status') {
      device.refused('HTTP 401');
      log.info({ device: code }, 'device login refused');
      refuse(socket, 'login');
      return;
    }
    this.#sockets.handleUpgrade(request, socket, head, (link) => {
      if (how === 'close') {
        device.refused('closed at once');
        link.on('error', (err) => log.debug({ err }, 'device link failed'));
        link.close();
        return;
      }
      log.info({ device: code }, 'device logged in');
      void device.serve(link, { hardware: model(query, 'hardware_model'), firmware: model(query, 'firmware_model') });
    });
  }

  /** Breaks off what is still open, the refused included. */
  close(): void {
    for (const link of this.#sockets.clients) link.terminate();
    this.#sockets.close();
  }

  #read(request: IncomingMessage): Reading {
    const address = `http://device${request.url ?? ''}`;
    const url = URL.canParse(address) ? new URL(address) : undefined;
    if (url?.pathname !== PATH) return { refusal: 'path' };
    const code = url.searchParams.get('login_code') ?? '';
    if (code === '' || code.length > MAX_CODE_LENGTH) return { refusal: 'query' };
    if (!this.#known(code)) return { refusal: 'login' };
    const device = this.#parts.device(code);
    return device ? { device, query: url.searchParams } : { refusal: 'full' };
  }

  #known(code: string): boolean {
    const { accounts } = this.#parts;
    return accounts === 'any' || Object.hasOwn(accounts, code);
  }

  #rightPassword(code: string, query: URLSearchParams): boolean {
    const { accounts } = this.#parts;
    return accounts === 'any' || accounts[code] === query.get('login_passwd');
  }
}

function refuse(socket: Duplex, why: keyof typeof REFUSALS): void {
  socket.end(`HTTP/1.1 ${REFUSALS[why]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
}

function model(query: URLSearchParams, name: string): string {
  return (query.get(name) ?? '').slice(0, MAX_MODEL_LENGTH);
}
