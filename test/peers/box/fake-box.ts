import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createReadStream, existsSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import type { ErrorKind, SessionAnswer, SiteStatus } from '../../../src/admin/api.ts';
import { alarms, CAMERA, CAMERAS, history, LOG, PACKETS, settings } from './answers.ts';
import { siteStatus } from './states.ts';

const BUILT = join(import.meta.dirname, '../../../dist/pages/admin');
const CSP =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript',
  '.css': 'text/css',
  '.svg': 'image/svg+xml',
};
const PATIENCE_MS = 15_000;
const SCENE = 'gradients=size=640x360:rate=15:nb_colors=4';

/** A refusal, as the API words them. */
export class Refusal extends Error {
  readonly status: number;
  readonly kind: ErrorKind;
  readonly fields: object;
  constructor(status: number, kind: ErrorKind, fields: object = {}) {
    super(kind);
    this.status = status;
    this.kind = kind;
    this.fields = fields;
  }
}

type Route = (asked: { path: readonly string[]; body: Record<string, unknown> }) => unknown;

/** A box without a gateway: the local page's own server with answers that a test or a screenshot chooses. */
export class FakeBox {
  readonly #server: Server;
  readonly #streams = new Set<ServerResponse>();
  #port = 0;
  session: SessionAnswer = { state: 'signed-in', version: '1.0.0', needsCode: false, hasPassword: true };
  status: SiteStatus = siteStatus();
  /** Without it live video is refused, which costs no encoder. */
  video = true;
  /** What the page has asked for and given, in order: `POST api/channels/0/ptz {"op":"up"}`. */
  readonly heard: string[] = [];
  /** Rows that a test puts in place of the usual answers. */
  readonly routes: Record<string, Route> = {};

  private constructor() {
    this.#server = createServer((request, response) => void this.#serve(request, response));
  }

  static async listen(): Promise<FakeBox> {
    const box = new FakeBox();
    await new Promise<void>((resolve) => box.#server.listen(0, '127.0.0.1', resolve));
    return box;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  /** Resolves once the fact is true, looked at whenever something was heard. */
  async until(fact: () => boolean, words: () => string = () => this.heard.join()): Promise<void> {
    const deadline = AbortSignal.timeout(PATIENCE_MS);
    while (!fact()) {
      if (deadline.aborted) throw new Error(`that never came true: ${words()}`);
      await Promise.race([once(this.#server, 'heard'), once(deadline, 'abort')]);
    }
  }

  /** As when somebody pulls the plug. */
  async vanish(): Promise<void> {
    this.#port = (this.#server.address() as AddressInfo).port;
    this.#server.closeAllConnections();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async reappear(): Promise<void> {
    this.#server.listen(this.#port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  tell(event: string, content: unknown): void {
    for (const stream of this.#streams) stream.write(`event: ${event}\ndata: ${JSON.stringify(content)}\n\n`);
  }

  close(): void {
    this.#server.close();
    this.#server.closeAllConnections();
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://box');
    response.setHeader('content-security-policy', CSP);
    if (!pathname.startsWith('/api/')) return serveFile(pathname, response);
    if (pathname === '/api/events') return this.#openEvents(response);
    if (/\/picture$/.test(pathname))
      return void response.setHeader('content-type', 'image/jpeg').end(picture(pathname));
    if (pathname.endsWith('live.flv')) return this.video ? serveLive(response) : void response.writeHead(404).end();
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString() || '{}';
    if (request.method !== 'GET') this.heard.push(`${request.method} ${pathname.slice(1)} ${body}`);
    this.#server.emit('heard');
    this.#answer(`${request.method} ${pathname}`, { body: JSON.parse(body), response });
  }

  #answer(key: string, { body, response }: { body: Record<string, unknown>; response: ServerResponse }): void {
    const rows: Record<string, Route> = { ...this.#usual(), ...this.routes };
    const [row] = Object.entries(rows)
      .filter(([name]) => new RegExp(`^${name}$`).test(key))
      .reverse();
    response.setHeader('content-type', 'application/json');
    try {
      if (!row) throw new Refusal(404, 'not-found');
      response.end(JSON.stringify(row[1]({ path: key.split('/'), body })));
    } catch (err) {
      const { status, kind, fields } = err instanceof Refusal ? err : new Refusal(500, 'failed');
      response.writeHead(status).end(JSON.stringify({ error: { kind, message: kind, fields } }));
    }
  }

  #usual(): Record<string, Route> {
    return {
      '(POST|PATCH|DELETE) .*': () => ({ ok: true }),
      'GET /api/session': () => this.session,
      'GET /api/channels/\\d+/presets': () => [{ id: 1 }, { id: 2 }, { id: 5 }],
      'GET /api/channels/\\d+/camera': () => CAMERA,
      'GET /api/alarms': () => alarms(0),
      'GET /api/history': history,
      'GET /api/cameras': () => CAMERAS,
      'POST /api/cameras/scan': () => CAMERAS,
      'POST /api/cameras/try': () => ({ ok: false, kind: 'camera-unauthorized', why: 'not authorized' }),
      'POST /api/platform/test': () => ({ ok: true }),
      'GET /api/log': () => LOG,
      'GET /api/packets': () => PACKETS,
      'GET /api/settings': settings,
    };
  }

  #openEvents(response: ServerResponse): void {
    response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
    this.#streams.add(response);
    response.on('close', () => this.#streams.delete(response));
    response.write(`event: status\ndata: ${JSON.stringify(this.status)}\n\n`);
  }
}

function serveFile(pathname: string, response: ServerResponse): void {
  const file = join(BUILT, pathname === '/' ? 'index.html' : pathname);
  if (!file.startsWith(BUILT) || !existsSync(file)) return void response.writeHead(404).end();
  response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
  createReadStream(file).pipe(response);
}

const COLOURS = ['0x3b4a54', '0x8fa3ad', '0xc9bfa8', '0x5d6b58', '0x7a5f4c'];

/** A calm picture, another one for each number. */
function scene(number: number): string {
  const colours = [0, 1, 2, 3].map((at) => `c${at}=${COLOURS[(at + number) % COLOURS.length]}`).join(':');
  return `${SCENE}:${colours}:speed=0.01:seed=${number}`;
}

const pictures = new Map<string, Buffer>();

/** Another moment of the scene for each address, made once. */
function picture(pathname: string): Buffer {
  const made = pictures.get(pathname);
  if (made) return made;
  const seed = [...pathname].reduce((sum, letter) => sum + letter.charCodeAt(0), 0);
  const input = ['-v', 'error', '-f', 'lavfi', '-i', scene(seed)];
  const jpeg = execFileSync('ffmpeg', [...input, '-frames:v', '1', '-f', 'mjpeg', 'pipe:1']);
  pictures.set(pathname, jpeg);
  return jpeg;
}

function serveLive(response: ServerResponse): void {
  const encode = '-c:v libx264 -preset ultrafast -tune zerolatency -g 25 -f flv pipe:1'.split(' ');
  const child = spawn('ffmpeg', ['-v', 'error', '-re', '-f', 'lavfi', '-i', scene(1), ...encode]);
  child.stdout.pipe(response);
  response.on('close', () => child.kill('SIGKILL'));
}
