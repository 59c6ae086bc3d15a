import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Logger } from 'pino';
import { type ListenAt, runListener } from './listener.ts';

export interface HttpRequest {
  readonly method: string;
  /** Path and query, as sent. */
  readonly target: string;
  readonly authorization: string | undefined;
  readonly body: string;
}

export interface HttpReply {
  readonly kind: 'soap' | 'picture' | 'other';
  readonly status: number;
  readonly contentType: string;
  readonly body: string | Buffer;
  /** The values of the `WWW-Authenticate` headers. */
  readonly challenges?: readonly string[];
  /** The call is none that this camera knows. */
  readonly unsupported?: boolean;
  /** How much of the promised body never comes: the connection is closed instead. */
  readonly missingBytes?: number;
  /** Nothing is sent, and the connection is broken. */
  readonly hangsUp?: boolean;
  /** Nothing is sent, and the connection stays. */
  readonly silent?: boolean;
}

export interface HttpServerParts {
  readonly at: ListenAt;
  /** `signal` lives as long as the server does. */
  readonly answer: (request: HttpRequest, signal: AbortSignal) => Promise<HttpReply>;
  readonly log: Logger;
}

const MOST_BODY_BYTES = 65_536;
const MOST_CONNECTIONS = 128;

/** Speaks HTTP until the signal aborts; `ready` hears the port. Knows nothing of what is asked. */
export async function runHttpServer(
  { at, answer, log }: HttpServerParts,
  signal: AbortSignal,
  ready: (port: number) => void,
): Promise<void> {
  const server = createServer((request, response) => {
    // A client may leave in the middle of anything, which is not worth a word.
    request.on('error', () => undefined);
    response.on('error', () => undefined);
    serve(request, response, (parsed) => answer(parsed, signal)).catch((err: unknown) => {
      log.error({ err }, 'http request failed unexpectedly');
      response.destroy();
    });
  });
  server.maxConnections = MOST_CONNECTIONS;
  await runListener(server, at, signal, ready);
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  answer: (request: HttpRequest) => Promise<HttpReply>,
): Promise<void> {
  const body = await bodyOf(request);
  if (body === undefined) {
    response.destroy();
    return;
  }
  const { method = '', url = '', headers } = request;
  send(response, await answer({ method, target: url, authorization: headers.authorization, body }));
}

/** Undefined when there is more of it than any client of ours would send, or when the client left. */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  try {
    for await (const chunk of request) {
      if (!Buffer.isBuffer(chunk)) return undefined;
      bytes += chunk.length;
      if (bytes > MOST_BODY_BYTES) return undefined;
      chunks.push(chunk);
    }
  } catch {
    return undefined;
  }
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, reply: HttpReply): void {
  if (reply.silent === true) return;
  if (reply.hangsUp === true) {
    response.destroy();
    return;
  }
  const { status, contentType, body, challenges = [], missingBytes = 0 } = reply;
  const bytes = Buffer.from(body);
  if (challenges.length > 0) response.setHeader('WWW-Authenticate', challenges);
  response.writeHead(status, { 'Content-Type': contentType, 'Content-Length': bytes.length + missingBytes });
  if (missingBytes === 0) response.end(bytes);
  else response.write(bytes, () => response.destroy());
}
