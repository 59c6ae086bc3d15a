import { type ChunkStream, DEFAULT_CHUNK_BYTES, EXTENDED, type RtmpMessage } from './message.ts';

/** What the last message on a chunk stream looked like: the next header leaves out what has not changed. */
interface Last {
  readonly timestamp: number;
  readonly bytes: number;
  readonly type: number;
  readonly streamId: number;
}

/** First bytes of a chunk: the header form in the two high bits (RTMP 1.0 §5.3.1). */
const FORM = { full: 0x00, sameStream: 0x40, onlyTime: 0x80, continued: 0xc0 } as const;

/** Cuts messages into chunks. Bodies are never copied: what comes out are small headers and slices of the body. */
export class ChunkWriter {
  /** The largest piece of a body, in bytes. Whoever raises it has told the other side first. */
  chunkBytes = DEFAULT_CHUNK_BYTES;
  readonly #last = new Map<ChunkStream, Last>();

  /** The buffers to send, in order. */
  chunks(stream: ChunkStream, message: RtmpMessage): Buffer[] {
    const { body, type, streamId } = message;
    const timestamp = message.timestampMs >>> 0;
    const { header, extended } = firstHeader(
      stream,
      { timestamp, bytes: body.length, type, streamId },
      this.#last.get(stream),
    );
    this.#last.set(stream, { timestamp, bytes: body.length, type, streamId });

    const buffers = [header, body.subarray(0, this.chunkBytes)];
    if (body.length <= this.chunkBytes) return buffers;
    const between = continuedHeader(stream, extended ? timestamp : undefined);
    for (let from = this.chunkBytes; from < body.length; from += this.chunkBytes) {
      buffers.push(between, body.subarray(from, from + this.chunkBytes));
    }
    return buffers;
  }
}

/**
 * A full header on a new stream, when time runs backwards or wraps round after 49.7 days (servers that add deltas up
 * get lost beyond 32 bits), and when the step does not fit. Otherwise the shorter forms. A new message never takes the
 * one byte form: after a full header its meaning differs between servers, and it would save three bytes.
 */
function firstHeader(stream: ChunkStream, next: Last, last: Last | undefined): { header: Buffer; extended: boolean } {
  const delta = last && last.streamId === next.streamId ? next.timestamp - last.timestamp : -1;
  if (!last || delta < 0 || delta >= EXTENDED) return fullHeader(stream, next);
  const same = last.bytes === next.bytes && last.type === next.type;
  const header = Buffer.allocUnsafe(same ? 4 : 8);
  header[0] = (same ? FORM.onlyTime : FORM.sameStream) | stream;
  header.writeUIntBE(delta, 1, 3);
  if (!same) {
    header.writeUIntBE(next.bytes, 4, 3);
    header[7] = next.type;
  }
  return { header, extended: false };
}

function fullHeader(
  stream: ChunkStream,
  { timestamp, bytes, type, streamId }: Last,
): { header: Buffer; extended: boolean } {
  const extended = timestamp >= EXTENDED;
  const header = Buffer.allocUnsafe(extended ? 16 : 12);
  header[0] = FORM.full | stream;
  header.writeUIntBE(extended ? EXTENDED : timestamp, 1, 3);
  header.writeUIntBE(bytes, 4, 3);
  header[7] = type;
  header.writeUInt32LE(streamId, 8);
  if (extended) header.writeUInt32BE(timestamp, 12);
  return { header, extended };
}

/** Under an extended time each further chunk of the message repeats it. */
function continuedHeader(stream: ChunkStream, extendedTime: number | undefined): Buffer {
  const header = Buffer.allocUnsafe(extendedTime === undefined ? 1 : 5);
  header[0] = FORM.continued | stream;
  if (extendedTime !== undefined) header.writeUInt32BE(extendedTime, 1);
  return header;
}
