import { type EventEmitter, once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

const require = createRequire(import.meta.url);

interface Session {
  run(): void;
  stop(): void;
}

/**
 * A foreign RTMP server: node-media-server's own session on a listener of ours, because its server would listen on
 * all interfaces. It keeps its streams in a global, so tests use a stream key each.
 */
export class NmsRtmpServer {
  readonly #server: Server;
  readonly #scheme: string;
  readonly #sessions: Session[] = [];

  private constructor(server: Server, scheme: string) {
    this.#server = server;
    this.#scheme = scheme;
  }

  static async listen(tls?: { key: Buffer; cert: Buffer }): Promise<NmsRtmpServer> {
    // The package has no types for its insides; this is all we use of them.
    const NodeRtmpSession = require('node-media-server/src/node_rtmp_session.js') as new (
      config: object,
      socket: Socket,
    ) => Session;
    const logger = require('node-media-server/src/node_core_logger.js') as { setLogType(level: number): void };
    logger.setLogType(0);
    const listener = tls ? createTlsServer(tls) : createServer();
    const server = new NmsRtmpServer(listener, tls ? 'rtmps' : 'rtmp');
    listener.on(tls ? 'secureConnection' : 'connection', (socket: Socket) => {
      const session = new NodeRtmpSession(
        { rtmp: { chunk_size: 60000, gop_cache: true, ping: 30, ping_timeout: 60 } },
        socket,
      );
      server.#sessions.push(session);
      session.run();
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return server;
  }

  url(path: string): string {
    const address = this.#server.address();
    const port = typeof address === 'object' && address ? address.port : 0;
    return `${this.#scheme}://127.0.0.1:${port}/${path}`;
  }

  /** Resolves when a player has joined the stream at `/path`. */
  async playerJoins(path: string): Promise<void> {
    const { nodeEvent } = require('node-media-server/src/node_core_ctx.js') as { nodeEvent: EventEmitter };
    for (;;) {
      const [, joined] = await once(nodeEvent, 'postPlay');
      if (joined === `/${path}`) return;
    }
  }

  async close(): Promise<void> {
    for (const session of this.#sessions) session.stop();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
