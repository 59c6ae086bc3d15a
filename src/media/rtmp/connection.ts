import type { Socket } from 'node:net';
import type { Clock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { AckCadence } from './ack-cadence.ts';
import { ChunkReader } from './chunk-reader.ts';
import { ChunkWriter } from './chunk-writer.ts';
import { shakeHands } from './handshake.ts';
import { CHUNK_STREAM, type ChunkStream, type RtmpMessage, TYPE } from './message.ts';
import { Outbox } from './outbox.ts';

/** Most frames fit into one chunk of this size; it is the largest that all servers take. */
const CHUNK_BYTES = 65_536;
/** We ask for an acknowledgement this often, so that a dead network shows before the kernel's buffers are full. */
const WINDOW_BYTES = 250_000;
const PING_REQUEST = 6;
const PING_RESPONSE = 7;

/**
 * One RTMP connection over an open socket: handshake, messages in and out, and the protocol's own control messages.
 * Knows nothing of commands or media.
 */
export class RtmpConnection {
  readonly #socket: Socket;
  readonly #clock: Clock;
  readonly #input: AsyncIterator<Buffer>;
  readonly #outbox: Outbox;
  readonly #writer = new ChunkWriter();
  readonly #reader = new ChunkReader();
  #receivedBytes = 0;
  #acknowledgedBytes = 0;
  /** How many received bytes the server wants acknowledged; until it says so, none. */
  #theirWindow = Number.POSITIVE_INFINITY;
  #ourWindow = WINDOW_BYTES;
  readonly #acks = new AckCadence(WINDOW_BYTES);

  constructor(socket: Socket, clock: Clock) {
    this.#socket = socket;
    this.#clock = clock;
    this.#outbox = new Outbox(socket, clock);
    this.#input = socket.iterator({ destroyOnReturn: false });
    // The iterator throws what goes wrong; an error after its end would otherwise end the process.
    socket.on('error', () => undefined);
  }

  get bufferedBytes(): number {
    return this.#outbox.bytes;
  }

  /** How long the oldest queued byte has been waiting for the kernel. */
  get bufferedMs(): number {
    return this.#outbox.oldestMs;
  }

  /**
   * How long the server has shown no sign of reading while it should: the kernel takes nothing, or the server falls
   * out of the rhythm of its acknowledgements. Asked regularly, it tells the latter in time.
   */
  stalledMs(): number {
    return Math.max(this.#outbox.stuckMs, this.#acks.overdueMs(this.#outbox.takenBytes, this.#clock.now()));
  }

  /** Shakes hands; then `listen` may be called. */
  async open(): Promise<void> {
    this.#socket.unshift(await shakeHands(this.#socket, this.#input));
  }

  /**
   * Reads until the server hangs up, and gives every message that is not the protocol's own to `hear`.
   * @throws GatewayError `protocol-broken`, what `hear` throws, or the socket's error
   */
  async listen(hear: (message: RtmpMessage) => void): Promise<void> {
    for (;;) {
      const { done, value } = await this.#input.next();
      if (done === true) return;
      this.#receivedBytes += value.length;
      for (const message of this.#reader.read(value)) {
        const control = CONTROLS.get(message.type);
        if (control) this.#control(control, message.body);
        else hear(message);
      }
      this.#acknowledge();
    }
  }

  /** What may wait goes out with the next message. */
  send(stream: ChunkStream, message: RtmpMessage, mayWait = false): void {
    this.#outbox.push(this.#writer.chunks(stream, message), mayWait);
  }

  /** Announces what we write from here on: large chunks, and how often we want to hear that they arrive. */
  announce(): void {
    this.#tell(TYPE.windowAckSize, this.#ourWindow);
    this.#tell(TYPE.setChunkSize, CHUNK_BYTES);
    this.#writer.chunkBytes = CHUNK_BYTES;
  }

  /** Writes what is queued, then ends the stream: resolves once the server has hung up too. */
  async finish(): Promise<void> {
    await this.#outbox.empty();
    if (this.#socket.closed) return;
    await new Promise<void>((resolve) => {
      this.#socket.once('close', () => resolve());
      this.#socket.end();
    });
  }

  /** Drops the connection at once, whatever is queued. */
  destroy(): void {
    this.#socket.destroy();
  }

  #control({ bytes, act }: Control, body: Buffer): void {
    if (body.length < bytes) throw new GatewayError('protocol-broken', 'rtmp control message is cut short');
    act(this.#actions, body);
  }

  readonly #actions: Actions = {
    acknowledged: () => this.#acks.heard(this.#outbox.takenBytes),
    window: (bytes) => {
      this.#theirWindow = bytes === 0 ? Number.POSITIVE_INFINITY : bytes;
    },
    bandwidth: (bytes) => {
      if (bytes === 0 || bytes >= this.#ourWindow) return;
      this.#ourWindow = bytes;
      this.#tell(TYPE.windowAckSize, bytes);
    },
    ping: (stamp) => {
      const body = Buffer.alloc(6);
      body.writeUInt16BE(PING_RESPONSE);
      body.writeUInt32BE(stamp, 2);
      this.send(CHUNK_STREAM.control, { type: TYPE.userControl, streamId: 0, timestampMs: 0, body });
    },
  };

  #acknowledge(): void {
    if (this.#receivedBytes - this.#acknowledgedBytes < this.#theirWindow) return;
    this.#acknowledgedBytes = this.#receivedBytes;
    this.#tell(TYPE.acknowledgement, this.#receivedBytes);
  }

  #tell(type: number, value: number): void {
    const body = Buffer.alloc(4);
    body.writeUInt32BE(value >>> 0);
    this.send(CHUNK_STREAM.control, { type, streamId: 0, timestampMs: 0, body });
  }
}

/** What a control message may do to the connection. */
interface Actions {
  acknowledged(): void;
  window(bytes: number): void;
  bandwidth(bytes: number): void;
  ping(stamp: number): void;
}

interface Control {
  /** What its body holds at least. */
  readonly bytes: number;
  readonly act: (on: Actions, body: Buffer) => void;
}

/** The protocol's own messages (RTMP 1.0 §5.4, §6.2). Chunk size and abort have been followed by the reader. */
const CONTROLS: ReadonlyMap<number, Control> = new Map<number, Control>([
  [TYPE.setChunkSize, { bytes: 4, act: () => undefined }],
  [TYPE.abort, { bytes: 4, act: () => undefined }],
  [TYPE.acknowledgement, { bytes: 4, act: (on) => on.acknowledged() }],
  [TYPE.windowAckSize, { bytes: 4, act: (on, body) => on.window(body.readUInt32BE()) }],
  [TYPE.setPeerBandwidth, { bytes: 4, act: (on, body) => on.bandwidth(body.readUInt32BE()) }],
  [TYPE.userControl, { bytes: 2, act: answerEvent }],
]);

function answerEvent(on: Actions, body: Buffer): void {
  if (body.readUInt16BE() === PING_REQUEST && body.length >= 6) on.ping(body.readUInt32BE(2));
}
