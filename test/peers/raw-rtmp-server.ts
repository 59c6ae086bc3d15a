import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { type AmfValue, amfObject, decodeAmf, encodeAmf } from '../../src/media/rtmp/amf0.ts';
import { ChunkReader } from '../../src/media/rtmp/chunk-reader.ts';
import { ChunkWriter } from '../../src/media/rtmp/chunk-writer.ts';
import { shakeHands } from '../../src/media/rtmp/handshake.ts';
import { CHUNK_STREAM, type ChunkStream, type RtmpMessage, TYPE } from '../../src/media/rtmp/message.ts';

export interface HeardCommand {
  readonly name: string;
  readonly transaction: number;
  readonly streamId: number;
  readonly values: readonly AmfValue[];
}

/** How a script answers one command; undefined for a command means the ordinary answer. */
export type Script = Partial<Record<string, (peer: RawPeer, command: HeardCommand) => void>>;

const WELL_BEHAVED: Script = {
  connect: (peer, { transaction }) =>
    peer.answer('_result', transaction, status('status', 'NetConnection.Connect.Success')),
  createStream: (peer, { transaction }) => peer.answer('_result', transaction, 7),
  publish: (peer) => peer.say(status('status', 'NetStream.Publish.Start')),
};

export function status(level: string, code: string, description = ''): ReadonlyMap<string, AmfValue> {
  return amfObject({ level, code, description });
}

/** One client on the raw server: everything it said, and words to say back. */
export class RawPeer {
  readonly socket: Socket;
  readonly commands: HeardCommand[] = [];
  readonly messages: RtmpMessage[] = [];
  readonly reader = new ChunkReader();
  readonly writer = new ChunkWriter();
  /** Set, it reads no more; its kernel takes what it can hold. */
  deaf = false;
  #heard = (): void => undefined;

  constructor(socket: Socket) {
    this.socket = socket;
  }

  answer(name: string, transaction: number, value: AmfValue): void {
    this.send(CHUNK_STREAM.command, { type: TYPE.command, body: encodeAmf(name, transaction, null, value) });
  }

  say(value: AmfValue): void {
    this.send(CHUNK_STREAM.command, { type: TYPE.command, body: encodeAmf('onStatus', 0, null, value) });
  }

  control(type: number, value: number): void {
    const body = Buffer.alloc(type === TYPE.setPeerBandwidth ? 5 : 4);
    body.writeUInt32BE(value);
    this.send(CHUNK_STREAM.control, { type, body });
  }

  send(stream: ChunkStream, { type, body }: { type: number; body: Buffer }): void {
    for (const bytes of this.writer.chunks(stream, { type, body, streamId: 0, timestampMs: 0 }))
      this.socket.write(bytes);
  }

  /** Waits until the client has sent something of the kind. */
  async hears<T>(find: (peer: RawPeer) => T | undefined): Promise<T> {
    for (;;) {
      const found = find(this);
      if (found !== undefined) return found;
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  async listen(script: Script): Promise<void> {
    const input = this.socket.iterator({ destroyOnReturn: false });
    const rest = await shakeHands(this.socket, input);
    this.#read(rest, script);
    while (!this.deaf) {
      const { done, value } = await input.next();
      if (done === true) return;
      this.#read(value, script);
    }
  }

  #read(bytes: Buffer, script: Script): void {
    for (const message of this.reader.read(bytes)) {
      this.messages.push(message);
      if (message.type === TYPE.command) this.#obey(message, script);
      this.#heard();
    }
  }

  #obey({ body, streamId }: RtmpMessage, script: Script): void {
    const [name, transaction, ...values] = decodeAmf(body);
    const command = { name: String(name), transaction: Number(transaction), streamId, values };
    this.commands.push(command);
    ({ ...WELL_BEHAVED, ...script })[command.name]?.(this, command);
  }
}

/** A listener that does with each connection what a test says; nothing of the client under test is mocked. */
export class RawRtmpServer {
  readonly #server: Server;
  readonly peers: RawPeer[] = [];
  #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  /** Shakes hands and follows the script. */
  static scripted(script: Script = {}): Promise<RawRtmpServer> {
    return RawRtmpServer.listen((peer) => void peer.listen(script).catch(() => undefined));
  }

  /** Does with the bare socket what it is told. */
  static async listen(treat: (peer: RawPeer) => void): Promise<RawRtmpServer> {
    const listener = createServer();
    const server = new RawRtmpServer(listener);
    listener.on('connection', (socket) => {
      server.#sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => server.#sockets.delete(socket));
      const peer = new RawPeer(socket);
      server.peers.push(peer);
      treat(peer);
    });
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    return server;
  }

  get port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address ? address.port : 0;
  }

  get url(): string {
    return `rtmp://127.0.0.1:${this.port}/live/secretkey?token=hush`;
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    this.#server.close();
    await once(this.#server, 'close');
  }
}
