import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { TS_PACKET_BYTES } from '../../runtime/ts-packet.ts';
import { type Call, readCall } from './callback-form.ts';
import type { Faults, Step, StorageFaults } from './faults.ts';
import { Flapping } from './flapping.ts';
import type { RecordingLedger } from './recording-ledger.ts';
import type { Recordings } from './recordings.ts';

/** Where recorders call: `POST /cbk/<session>` and `PUT /store/<session>/<name>`, with faults on order. Knows HTTP. */

export interface DeskParts {
  readonly recordings: Recordings;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends with the platform. */
  readonly signal: AbortSignal;
}

/** One request that came for a session. */
interface Visit {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly session: string;
  readonly ledger: RecordingLedger;
}

/** What is to be answered; `reason` stands in the JSON of a refusal. */
type Reply = { readonly status: number; readonly reason?: string; readonly json?: object };

const PLACE = /^\/(?:cbk\/([^/]+)|store\/([^/]+)\/([^/]+))$/;
const MAX_FORM_BYTES = 16 * 1024;
const MAX_SEGMENT_BYTES = 256 * 1024 * 1024;
/** Nobody listens there. */
const DEAD_PORT = 1;
const SEGMENT_TYPE = /^video\/mp2t\s*(;|$)/i;
const SYNC_BYTE = 0x47;

export class RecordingDesk {
  readonly #parts: DeskParts;
  readonly #flapping = new Flapping();

  constructor(parts: DeskParts) {
    this.#parts = parts;
  }

  /** Whether the request is for this desk. */
  takes({ url = '' }: IncomingMessage): boolean {
    return url.startsWith('/cbk/') || url.startsWith('/store/');
  }

  /** Answers a request, or does not, as the switches are. Never rejects. */
  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { recordings, log } = this.#parts;
    try {
      const [path = '', query] = (request.url ?? '').split('?', 2);
      const [, called, stored, name] = PLACE.exec(path) ?? [];
      const session = called ?? stored ?? '';
      const ledger = recordings.ledger(session);
      if (!ledger) return send(response, { status: 404, reason: 'no such session' });
      const visit = { request, response, query: new URLSearchParams(query), session, ledger };
      ledger.called();
      if (name === undefined) await this.#call(visit);
      else await this.#upload(visit, name);
    } catch (err) {
      // A recorder that goes away in the middle of its request has lost nothing here.
      log.debug({ err }, 'recorder went away');
      request.destroy();
    } finally {
      recordings.bell.ring();
    }
  }

  async #call(visit: Visit): Promise<void> {
    const { request, response, query, session, ledger } = visit;
    if (request.method !== 'POST') return send(response, refuse(ledger, 405, `${request.method} instead of POST`));
    if (!this.#parts.recordings.admits(session, query.get('key') ?? '')) {
      return send(response, { status: 403, reason: 'not allowed' });
    }
    judgeHeaders(visit);
    const text = await form(request);
    if (text === undefined) return send(response, refuse(ledger, 413, 'form too large'));
    const read = readCall(request.headers['content-type'], text);
    if ('faults' in read) return send(response, refuse(ledger, 400, read.faults.join('; ')));
    const faults = this.#faults(visit, read.call.op);
    if (misbehaved(visit, faults)) return;
    const reply = this.#reply(read.call, visit, faults);
    if (faults.down === 'reset_after') request.socket.resetAndDestroy();
    else if (faults.wrongJson) response.end('{"name": "x');
    else send(response, reply);
  }

  #reply(call: Call, { request, session, ledger }: Visit, { down, uriLifetimeMs }: StorageFaults): Reply {
    if (call.op === 'next_dts') return { status: 200, json: { next_dts: ledger.nextDts } };
    if (call.op === 'create') {
      const name = ledger.create(call);
      if (name === undefined) return { status: 200, json: { name: '', uri: '' } };
      const origin = `http://${request.headers.host ?? ''}`;
      const at = down === 'refused' ? origin.replace(/(:\d+)?$/, `:${DEAD_PORT}`) : origin;
      return {
        status: 200,
        json: { name, uri: this.#parts.recordings.uploadUrl(at, { session, name }, uriLifetimeMs) },
      };
    }
    ledger[call.op](call.name);
    if (call.op === 'fail') void this.#parts.recordings.folder.remove(call.name);
    return { status: 200 };
  }

  async #upload(visit: Visit, name: string): Promise<void> {
    const { request, response, session, query, ledger } = visit;
    const { recordings } = this.#parts;
    if (request.method !== 'PUT') return send(response, refuse(ledger, 405, `${request.method} instead of PUT`));
    judgeHeaders(visit);
    const faults = this.#faults(visit, 'put');
    if (misbehaved(visit, faults)) return;
    if (!ledger.offer(name)) return send(response, refuse(ledger, 404, `PUT of ${name}, which was not offered`));
    if (!recordings.permits({ session, name }, query))
      return send(response, { status: 403, reason: 'Request has expired' });
    const length = Number(request.headers['content-length']);
    if (Number.isNaN(length)) return send(response, refuse(ledger, 411, 'PUT without Content-Length'));
    if (length > MAX_SEGMENT_BYTES) return send(response, refuse(ledger, 413, 'segment too large'));
    const type = request.headers['content-type'];
    if (!SEGMENT_TYPE.test(type ?? '')) ledger.note(`PUT with content type ${type ?? 'missing'}`);
    await this.#store(visit, name, faults.bytesPerSecond);
    if (faults.down === 'reset_after') request.socket.resetAndDestroy();
    else send(response, { status: 200 });
  }

  async #store({ request, ledger }: Visit, name: string, bytesPerSecond: number): Promise<void> {
    const { folder } = this.#parts.recordings;
    ledger.uploadingBytes = 0;
    try {
      const bytes = await folder.write(name, this.#received({ request, ledger }, bytesPerSecond));
      for (const unwanted of ledger.stored(name, bytes)) await folder.remove(unwanted);
    } finally {
      ledger.uploadingBytes = undefined;
    }
  }

  /** The body at the pace that is set, looked at as it comes. */
  async *#received(
    { request, ledger }: Pick<Visit, 'request' | 'ledger'>,
    bytesPerSecond: number,
  ): AsyncGenerator<Buffer> {
    const { clock, signal, recordings } = this.#parts;
    let bytes = 0;
    for await (const piece of request) {
      const chunk = Buffer.from(piece);
      if (bytes === 0 && chunk[0] !== SYNC_BYTE) ledger.note('the segment does not begin with a TS packet');
      bytes += chunk.length;
      ledger.uploadingBytes = bytes;
      recordings.bell.ring();
      if (bytesPerSecond > 0) await clock.sleep((chunk.length * 1000) / bytesPerSecond, signal);
      yield chunk;
    }
    if (bytes % TS_PACKET_BYTES !== 0) ledger.note('the segment does not end with a whole TS packet');
  }

  #faults({ session }: Visit, step: Step): StorageFaults {
    const switches = this.#parts.faults.storage(session);
    const quiet = { ...switches, down: 'no', status: 0, hangs: false, wrongJson: false, bytesPerSecond: 0 } as const;
    return switches.steps.includes(step) ? this.#flapping.next(switches) : quiet;
  }
}

/** What goes wrong before a request is looked at; true when that was all. */
function misbehaved({ request, response }: Visit, { down, hangs, status, retryAfterSeconds }: StorageFaults): boolean {
  const isCreate = request.method === 'POST';
  if (down === 'reset' || (down === 'refused' && !isCreate)) request.socket.resetAndDestroy();
  else if (status !== 0) {
    if (retryAfterSeconds > 0) response.setHeader('Retry-After', retryAfterSeconds);
    send(response, { status, reason: 'out of order' });
  } else return hangs;
  return true;
}

/** What no step of the dialogue may carry. */
function judgeHeaders({ request, ledger }: Visit): void {
  if (request.headers.expect !== undefined) ledger.note(`${request.method} with Expect: ${request.headers.expect}`);
}

function refuse(ledger: RecordingLedger, status: number, fault: string): Reply {
  ledger.note(fault);
  return { status, reason: fault };
}

function send(response: ServerResponse, { status, reason, json }: Reply): void {
  const body = reason === undefined ? json : { info: reason };
  response.writeHead(status, { 'Content-Type': 'application/json' });
  response.end(body === undefined ? '' : JSON.stringify(body));
}

/** The text of a form; undefined when it is too long. */
async function form(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const piece of request) {
    const chunk = Buffer.from(piece);
    bytes += chunk.length;
    if (bytes > MAX_FORM_BYTES) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
