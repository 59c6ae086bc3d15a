import { createServer, type Socket } from 'node:net';
import type { Logger } from 'pino';
import { GatewayError } from '../../runtime/errors.ts';
import { type ListenAt, runListener } from './listener.ts';
import type { Mount } from './rtsp-mount.ts';
import { RtspParser } from './rtsp-parser.ts';
import { type RtspLogin, type RtspReply, RtspSession } from './rtsp-session.ts';

export interface RtspServerParts {
  readonly at: ListenAt;
  readonly mounts: readonly Mount[];
  readonly login: () => RtspLogin;
  readonly sessionTimeoutSeconds: number;
  readonly log: Logger;
}

const MOST_CONNECTIONS = 128;
/** A connection that neither plays nor publishes has this long to say something. */
const SILENCE_MS = 30_000;

const REASONS: ReadonlyMap<number, string> = new Map([
  [200, 'OK'],
  [401, 'Unauthorized'],
  [404, 'Not Found'],
  [405, 'Method Not Allowed'],
  [455, 'Method Not Valid in This State'],
  [461, 'Unsupported Transport'],
  [501, 'Not Implemented'],
  [503, 'Service Unavailable'],
]);

/**
 * The camera's RTSP side: RTSP 1.0 over TCP, packets interleaved, one source and any number of players per mount.
 * Lives until the signal aborts; `ready` hears the port. Knows the wire; what is answered is the session's.
 */
export async function runRtspServer(
  parts: RtspServerParts,
  signal: AbortSignal,
  ready: (port: number) => void,
): Promise<void> {
  const server = createServer({ noDelay: true }, (socket) => converse(socket, parts));
  server.maxConnections = MOST_CONNECTIONS;
  await runListener(server, parts.at, signal, ready);
}

function converse(socket: Socket, { mounts, login, sessionTimeoutSeconds, log }: RtspServerParts): void {
  const parser = new RtspParser();
  const session = new RtspSession({ socket, mounts, login, sessionTimeoutSeconds });
  socket.setTimeout(SILENCE_MS, () => socket.destroy());
  socket.on('data', (chunk) => {
    try {
      for (const item of parser.read(chunk)) {
        if ('channel' in item) session.hear(item);
        else socket.write(wire(session.answer(item), item.headers.get('cseq') ?? '0'));
      }
    } catch (err) {
      if (!(err instanceof GatewayError)) throw err;
      log.debug({ err }, 'rtsp connection dropped');
      socket.destroy();
    }
  });
  // A connection that breaks is one that ends: what there is to do is done at its close.
  socket.on('error', () => undefined);
  socket.on('close', () => session.end());
}

function wire({ status, headers = [], body = '' }: RtspReply, cseq: string): string {
  const length = body === '' ? [] : [['Content-Length', String(Buffer.byteLength(body))] as const];
  const lines = [['CSeq', cseq] as const, ...headers, ...length].map(([name, value]) => `${name}: ${value}\r\n`);
  return `RTSP/1.0 ${status} ${REASONS.get(status) ?? 'Unknown'}\r\n${lines.join('')}\r\n${body}`;
}
