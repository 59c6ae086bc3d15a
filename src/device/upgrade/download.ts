import { open, rm, stat } from 'node:fs/promises';
import http, { type IncomingMessage } from 'node:http';
import https from 'node:https';
import { rootCertificates } from 'node:tls';
import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { connectionWords } from '../../runtime/connection-words.ts';
import { GatewayError, isKind } from '../../runtime/errors.ts';
import { Scope } from '../../runtime/scope.ts';
import { type Pauses, supervise } from '../../runtime/supervise.ts';

/** Brings a file here over a network that breaks off: what has arrived is kept, and the rest asked for. */

export interface Download {
  readonly url: URL;
  /** What is there already is taken for the beginning. */
  readonly file: string;
  readonly maxBytes: number;
  /** PEM of an authority that is trusted beside the public ones. */
  readonly ca?: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

const HEADERS_MS = 20_000;
const SILENCE_MS = 30_000;
const LONGEST_MS = 3_600_000;
const MOST_REDIRECTS = 3;
const PAUSES: Pauses = { minMs: 2_000, maxMs: 60_000, healthyMs: 20_000 };

/** What the server has said of the file, so that a later part is of the same one. */
interface Known {
  etag?: string;
}

/**
 * Resolves when all of it is in the file and on the medium; tries for an hour.
 * @throws GatewayError `upgrade-refused` for what no try can mend, `upgrade-failed` when the hour is over
 */
export async function download(order: Download, signal: AbortSignal): Promise<void> {
  const { clock, log } = order;
  const scope = new Scope(signal);
  let outcome: unknown = new GatewayError('upgrade-failed', 'the release could not be downloaded in time');
  const known: Known = {};
  void clock.sleep(LONGEST_MS, scope.signal).then(() => scope.end());
  const attempt = async (within: AbortSignal, working: () => void): Promise<void> => {
    try {
      await fetchRest(order, known, { signal: within, working });
      outcome = undefined;
    } catch (err) {
      if (!isKind(err, 'upgrade-refused')) throw err;
      outcome = err;
    }
    scope.end();
  };
  try {
    await supervise(attempt, { signal: scope.signal, log, pauses: PAUSES, clock });
  } finally {
    scope.end();
  }
  if (outcome !== undefined && !signal.aborted) throw outcome;
  signal.throwIfAborted();
}

interface Try {
  readonly signal: AbortSignal;
  readonly working: () => void;
}

async function fetchRest({ url, file, maxBytes, ca }: Download, known: Known, { signal, working }: Try): Promise<void> {
  const have = await bytesOf(file);
  const { reply, close } = await ask(url, { have, known, ca, signal });
  try {
    const place = placeOf(reply, have);
    if (place === 'nowhere') await rm(file);
    if (place === 'nowhere')
      throw new GatewayError('upgrade-failed', 'the release has changed while it was downloaded');
    if (place === 'all here') return;
    if (place + lengthOf(reply) > maxBytes) throw tooLarge();
    const { etag } = reply.headers;
    if (etag !== undefined) known.etag = etag;
    await keep(reply, { file, from: place, maxBytes, working });
  } finally {
    close();
  }
}

const tooLarge = (): GatewayError => new GatewayError('upgrade-refused', 'the release is larger than allowed');

/** Where in the file the reply's body belongs. @throws GatewayError when there is nothing to be had */
function placeOf({ statusCode: status = 0, headers }: IncomingMessage, have: number): number | 'all here' | 'nowhere' {
  const range = headers['content-range'] ?? '';
  if (status === 200) return 0;
  if (status === 206) return range.startsWith(`bytes ${have}-`) ? have : 'nowhere';
  if (status === 416) return range === `bytes */${have}` ? 'all here' : 'nowhere';
  const lasting = status >= 400 && status < 500 && status !== 408 && status !== 429;
  const kind = lasting ? 'upgrade-refused' : 'upgrade-failed';
  throw new GatewayError(kind, 'the release cannot be had', { reason: `HTTP ${status}` });
}

function lengthOf({ headers }: IncomingMessage): number {
  return Number(headers['content-length'] ?? 0);
}

interface Keeping {
  readonly file: string;
  readonly from: number;
  readonly maxBytes: number;
  readonly working: () => void;
}

/** Piece by piece, so that all that came before a break is kept. */
async function keep(reply: IncomingMessage, { file, from, maxBytes, working }: Keeping): Promise<void> {
  const handle = await open(file, from === 0 ? 'w' : 'r+', 0o600);
  let size = from;
  try {
    for await (const chunk of reply as AsyncIterable<Buffer>) {
      // A reply without an encoding gives bytes.
      working();
      if (size + chunk.length > maxBytes) throw tooLarge();
      await handle.write(chunk, 0, chunk.length, size);
      size += chunk.length;
    }
    await handle.sync();
  } catch (cause) {
    if (cause instanceof GatewayError) throw cause;
    throw new GatewayError('upgrade-failed', 'the download broke off', { reason: connectionWords(cause) });
  } finally {
    await handle.close();
  }
}

interface Question {
  readonly have: number;
  readonly known: Known;
  readonly ca: string | undefined;
  readonly signal: AbortSignal;
}

/** The reply to a question for what is missing, redirects followed. The caller closes it. */
async function ask(
  url: URL,
  question: Question,
  redirects = 0,
): Promise<{ reply: IncomingMessage; close: () => void }> {
  const { have, known } = question;
  const headers = {
    ...(have > 0 && { Range: `bytes=${have}-` }),
    ...(have > 0 && known.etag?.startsWith('"') && { 'If-Range': known.etag }),
  };
  const { reply, close } = await send(url, headers, question);
  const { statusCode: status = 0, headers: said } = reply;
  if (![301, 302, 303, 307, 308].includes(status)) return { reply, close };
  close();
  const next = URL.canParse(said.location ?? '', url.href) ? new URL(said.location ?? '', url) : undefined;
  if (redirects >= MOST_REDIRECTS || !next || !['http:', 'https:'].includes(next.protocol))
    throw new GatewayError('upgrade-refused', 'the release cannot be had', { reason: 'it is redirected to nowhere' });
  return ask(next, question, redirects + 1);
}

function send(url: URL, headers: Record<string, string>, { ca, signal }: Question) {
  const secure = url.protocol === 'https:';
  const trust = secure && ca !== undefined ? { ca: [...rootCertificates, ca] } : {};
  return new Promise<{ reply: IncomingMessage; close: () => void }>((resolve, reject) => {
    const options = { headers, signal, agent: false, timeout: HEADERS_MS, ...trust };
    const request = (secure ? https : http).get(url, options, (reply) => {
      request.setTimeout(SILENCE_MS);
      resolve({ reply, close: () => request.destroy() });
    });
    request.on('timeout', () => request.destroy(Object.assign(new Error('silence'), { code: 'ETIMEDOUT' })));
    request.on('error', (cause) => {
      const fields = { host: url.host, reason: connectionWords(cause) };
      reject(new GatewayError('upgrade-failed', 'the release cannot be downloaded', fields));
    });
  });
}

async function bytesOf(file: string): Promise<number> {
  return (await stat(file).catch(() => undefined))?.size ?? 0;
}
