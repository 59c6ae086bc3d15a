import { type IncomingHttpHeaders, request as plainRequest } from 'node:http';
import { request as tlsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Access, type Keys } from '../../src/admin/access.ts';
import type { House } from '../../src/admin/house.ts';
import { AdminServer, type AdminServerParts } from '../../src/admin/server.ts';
import type { Clock } from '../../src/runtime/clock.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { readableLog } from './readable-log.ts';
import { scratch } from './scratch.ts';

export const SET_UP_CODE = 'ABCD2345';
/** As a proxy on this box sends it: whoever is behind it is somewhere else. */
export const FROM_AFAR = { 'x-forwarded-for': '192.0.2.7' };
/** Whoever is no browser says so. */
export const NO_BROWSER = { 'x-requested-with': 'test' };

/** Every room of the house answers a call with its name; those given do what they do. */
export function houseWith(rooms: { [Room in keyof House]?: Partial<House[Room]> } = {}): House {
  const room = <T extends object>(given: Partial<T> = {}): T =>
    // The table of routes asks for whatever a room has.
    new Proxy({ ...given } as T, {
      get: (target, name) => Reflect.get(target, name) ?? (() => ({ asked: String(name) })),
    });
  return {
    site: room(rooms.site),
    orders: room(rooms.orders),
    search: room(rooms.search),
    editing: room(rooms.editing),
    box: room(rooms.box),
  };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface Asking {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** The local page's server alone, on a port of its own. */
export async function adminDesk(
  t: TestContext,
  {
    house = houseWith(),
    keys = {},
    clock = systemClock,
    ...wish
  }: { house?: House; keys?: Partial<Keys>; clock?: Clock } & Partial<AdminServerParts> = {},
) {
  const { log, text: logText } = readableLog('trace');
  const access = new Access({
    keys: () => ({ setUp: false, password: undefined, token: undefined, ...keys }),
    setUpCode: SET_UP_CODE,
    ...{ clock, log },
  });
  const pages = join(await scratch(t), 'none');
  const stop = new AbortController();
  const listening = new Promise<AddressInfo>((resolve) => {
    const server = new AdminServer({
      ...{ house, access, version: '1.2.3', pages, hosts: [] },
      ...{ host: '127.0.0.1', port: 0, tls: undefined, onListening: resolve, clock: systemClock, log },
      ...wish,
    });
    const done = server.run(stop.signal);
    t.after(async () => {
      stop.abort();
      await done;
    });
  });
  const { port } = await listening;
  const ask = (path: string, { method = 'GET', headers = {}, body }: Asking = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const text = body === undefined || typeof body === 'string' ? body : JSON.stringify(body);
      const chunked = headers['transfer-encoding'] !== undefined;
      const length = text !== undefined && !chunked && { 'content-length': String(Buffer.byteLength(text)) };
      const json = text === undefined ? {} : { 'content-type': 'application/json', ...length };
      const request = wish.tls ? tlsRequest : plainRequest;
      const options = { host: '127.0.0.1', port, path, method, agent: false, rejectUnauthorized: false } as const;
      const sent = request({ ...options, headers: { ...json, ...headers } }, (response) => {
        const chunks: Buffer[] = [];
        response.on('data', (chunk: Buffer) => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers: heads } = response;
          resolve({ status, headers: heads, text: Buffer.concat(chunks).toString() });
        });
      });
      sent.on('error', reject);
      sent.end(text);
    });
  return { ask, port, access, logText };
}

/** The word for what went wrong. */
export function kindOf({ text }: Answer): string {
  const { error }: { error?: { kind?: string } } = JSON.parse(text);
  return error?.kind ?? '';
}
