/**
 * The parts of node-media-server 2.7.4 that the ingest builds on. The package brings no types, and those published
 * for it know the server only, not the session.
 */
declare module 'node-media-server/src/node_rtmp_session.js' {
  import type { Socket } from 'node:net';

  namespace NodeRtmpSession {
    /** A decoded command; whatever the peer put in is in it. */
    interface Command {
      readonly transId?: unknown;
      readonly cmdObj?: { app?: unknown };
      readonly streamName?: unknown;
      readonly streamId?: unknown;
    }
    /** The message in the parser's hand. Its payload's buffer is longer than the message. */
    interface Message {
      readonly header: { readonly stream_id: number; readonly length: number; readonly type: number };
      /** Milliseconds. */
      readonly clock: number;
      readonly payload: Buffer;
    }
    interface Config {
      readonly rtmp: { readonly chunk_size: number; readonly gop_cache: boolean; readonly ping: number };
    }
  }

  /** One RTMP connection: handshake, chunks, commands, and the relay from a publisher to its players. */
  class NodeRtmpSession {
    readonly id: string;
    readonly socket: Socket;
    /** True from `run` to `stop`. */
    readonly isStarting: boolean;
    readonly isPublishing: boolean;
    readonly publishStreamId: number;
    readonly playStreamId: number;
    readonly videoWidth: unknown;
    readonly videoHeight: unknown;
    readonly inPackets: ReadonlyMap<number, unknown>;
    readonly rtmpGopCacheQueue: Set<Buffer> | null;
    flvGopCacheQueue: Set<Buffer> | null;
    appname: string;
    videoCount: number;
    parserPacket: NodeRtmpSession.Message;

    constructor(config: NodeRtmpSession.Config, socket: Socket);
    run(): void;
    stop(): void;
    onSocketData(bytes: Buffer): void;
    onSocketTimeout(): void;
    rtmpPacketAlloc(): void;
    rtmpHandler(): void;
    rtmpInvokeHandler(): void;
    rtmpAudioHandler(): void;
    rtmpVideoHandler(): void;
    onConnect(command: NodeRtmpSession.Command): void;
    onPublish(command: NodeRtmpSession.Command): void;
    onPlay(command: NodeRtmpSession.Command): void;
    onDeleteStream(command: NodeRtmpSession.Command): void;
    sendStatusMessage(streamId: number, level: string, code: string, description: string): void;
    sendInvokeMessage(streamId: number, message: Readonly<Record<string, unknown>>): void;
  }
  export default NodeRtmpSession;
}

declare module 'node-media-server/src/node_core_logger.js' {
  const logger: { setLogType(level: number): void };
  export default logger;
}
