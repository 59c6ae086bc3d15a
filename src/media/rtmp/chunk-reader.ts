import { GatewayError } from '../../runtime/errors.ts';
import { ByteQueue } from '../byte-queue.ts';
import { DEFAULT_CHUNK_BYTES, EXTENDED, type RtmpMessage, TYPE } from './message.ts';

/** A server has little to tell a publisher; what goes beyond this is broken or hostile. */
const MAX_MESSAGE_BYTES = 1024 * 1024;
const MAX_CHUNK_STREAMS = 64;

/** Bytes after the basic header, by the form in its two high bits (RTMP 1.0 §5.3.1.2). */
const HEADER_BYTES = [11, 7, 3, 0] as const;

/** What a chunk stream remembers from header to header, and the message under way on it. */
interface Stream {
  timestamp: number;
  delta: number;
  bytes: number;
  type: number;
  streamId: number;
  /** The last header carried its time in the extended field, so each continued chunk does too. */
  extended: boolean;
  pieces: Buffer[];
  missing: number;
}

/**
 * Puts the chunks of a server together to messages. Bounded: at most one message's worth of bytes is held, whatever
 * arrives. Follows Set Chunk Size and Abort itself, because they change how the very next bytes read.
 */
export class ChunkReader {
  readonly #queue = new ByteQueue();
  readonly #streams = new Map<number, Stream>();
  #chunkBytes = DEFAULT_CHUNK_BYTES;
  #heldBytes = 0;
  /** The stream whose header has been read and whose piece has not. */
  #current: Stream | undefined;

  /**
   * Takes what arrived and gives the messages that are complete by it.
   * @throws GatewayError `protocol-broken`
   */
  *read(arrival: Buffer): Generator<RtmpMessage, void, void> {
    this.#queue.push(arrival);
    for (;;) {
      this.#current ??= this.#header();
      if (!this.#current) return;
      const piece = this.#queue.take(Math.min(this.#current.missing, this.#chunkBytes));
      if (!piece) return;
      const message = this.#add(this.#current, piece);
      this.#current = undefined;
      if (message) {
        this.#follow(message);
        yield message;
      }
    }
  }

  /** Reads one chunk header; undefined while it has not arrived in full. */
  #header(): Stream | undefined {
    const start = this.#queue.peek(3);
    const first = start[0];
    if (first === undefined) return undefined;
    const basicBytes = BASIC_BYTES.get(first & 0x3f) ?? 1;
    if (start.length < basicBytes) return undefined;
    const form = (first >> 6) as 0 | 1 | 2 | 3; // Two bits have no other values.
    const fixedBytes = basicBytes + HEADER_BYTES[form];
    const fixed = this.#queue.peek(fixedBytes);
    if (fixed.length < fixedBytes) return undefined;
    const stream = this.#stream(chunkStreamId(start, basicBytes), form);
    const extended = form === 3 ? stream.extended : fixed.readUIntBE(basicBytes, 3) === EXTENDED;
    const header = this.#queue.take(fixedBytes + (extended ? 4 : 0));
    if (!header) return undefined;
    const time = extended
      ? header.readUInt32BE(fixedBytes)
      : form === 3
        ? stream.delta
        : header.readUIntBE(basicBytes, 3);
    apply({ form, time, extended, rest: header.subarray(basicBytes + 3) }, stream);
    if (stream.pieces.length === 0) this.#begin(stream);
    return stream;
  }

  #stream(id: number, form: number): Stream {
    const known = this.#streams.get(id);
    if (known) return known;
    if (form !== 0) throw broken('rtmp chunk continues a stream that never began');
    if (this.#streams.size >= MAX_CHUNK_STREAMS) throw broken('rtmp server uses too many chunk streams');
    const stream = { timestamp: 0, delta: 0, bytes: 0, type: 0, streamId: 0, extended: false, pieces: [], missing: 0 };
    this.#streams.set(id, stream);
    return stream;
  }

  #begin(stream: Stream): void {
    if (stream.bytes > MAX_MESSAGE_BYTES) throw broken('rtmp message is too long');
    stream.missing = stream.bytes;
  }

  #add(stream: Stream, piece: Buffer): RtmpMessage | undefined {
    stream.pieces.push(piece);
    stream.missing -= piece.length;
    this.#heldBytes += piece.length;
    if (this.#heldBytes > MAX_MESSAGE_BYTES) throw broken('rtmp server leaves too many messages unfinished');
    if (stream.missing > 0) return undefined;
    const { type, streamId, timestamp, pieces } = stream;
    const body = pieces.length === 1 ? piece : Buffer.concat(pieces);
    this.#drop(stream);
    return { type, streamId, timestampMs: timestamp, body };
  }

  #drop(stream: Stream): void {
    this.#heldBytes -= stream.pieces.reduce((sum, piece) => sum + piece.length, 0);
    stream.pieces = [];
    stream.missing = 0;
  }

  #follow({ type, body }: RtmpMessage): void {
    if (type !== TYPE.setChunkSize && type !== TYPE.abort) return;
    if (body.length < 4) throw broken('rtmp control message is cut short');
    const value = body.readUInt32BE();
    if (type === TYPE.setChunkSize) {
      if (value < 1 || value > 0x7fffffff) throw broken('rtmp chunk size is out of range');
      this.#chunkBytes = value;
      return;
    }
    const aborted = this.#streams.get(value);
    if (aborted) this.#drop(aborted);
  }
}

/** Ids beyond 63 take one or two more bytes, which the low bits 0 and 1 announce. */
const BASIC_BYTES: ReadonlyMap<number, number> = new Map([
  [0, 2],
  [1, 3],
]);

function chunkStreamId(start: Buffer, basicBytes: number): number {
  if (basicBytes === 1) return start.readUInt8() & 0x3f;
  return 64 + start.readUIntLE(1, basicBytes - 1);
}

interface ChunkHeader {
  readonly form: 0 | 1 | 2 | 3;
  readonly time: number;
  readonly extended: boolean;
  /** What follows the three bytes of time. */
  readonly rest: Buffer;
}

function apply({ form, time, extended, rest }: ChunkHeader, stream: Stream): void {
  const continued = stream.pieces.length > 0;
  if (form !== 3 && continued) throw broken('rtmp message begins inside another');
  if (form <= 1) {
    stream.bytes = rest.readUIntBE(0, 3);
    stream.type = rest.readUInt8(3);
  }
  if (form === 0) stream.streamId = rest.readUInt32LE(4);
  if (continued) return;
  stream.extended = extended;
  if (form !== 3 || !extended) stream.delta = form === 0 ? 0 : time;
  stream.timestamp = form === 0 ? time : (stream.timestamp + time) >>> 0;
}

function broken(message: string): GatewayError {
  return new GatewayError('protocol-broken', message);
}
