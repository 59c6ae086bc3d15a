import { GatewayError } from '../../runtime/errors.ts';
import { ByteQueue } from '../byte-queue.ts';
import type { FlvTag } from '../flv-tag.ts';

/** Cuts a byte stream in FLV into tags (FLV specification 10.1, annex E). Knows no codec. */

const MAX_BODY_BYTES = 8 * 1024 * 1024;
const FILE_HEADER_BYTES = 9;
/** The size of the tag before (4) and the header of the next (11) always come together. */
const TAG_HEADER_BYTES = 15;
const TYPE_MASK = 0x1f;
const KINDS: ReadonlyMap<number, FlvTag['kind']> = new Map([
  [8, 'audio'],
  [9, 'video'],
  [18, 'script'],
]);

interface TagHeader {
  readonly kind: FlvTag['kind'];
  readonly timestampMs: number;
  readonly bodyBytes: number;
}

export class FlvReader {
  readonly #onTag: (tag: FlvTag) => void;
  readonly #bytes = new ByteQueue();
  #started = false;
  #header: TagHeader | undefined;

  /** `onTag` gets each tag as soon as it is whole. A body that came in one piece shares that piece's memory. */
  constructor(onTag: (tag: FlvTag) => void) {
    this.#onTag = onTag;
  }

  /**
   * Takes the next bytes of the stream.
   * @throws GatewayError `feed-failed` when they are no FLV; the reader is of no use afterwards.
   */
  push(chunk: Buffer): void {
    this.#bytes.push(chunk);
    while (this.#step());
  }

  /** Reads one piece; false when it has not wholly arrived. */
  #step(): boolean {
    if (!this.#started) return this.#readSignature();
    if (!this.#header) return this.#readHeader();
    const body = this.#bytes.take(this.#header.bodyBytes);
    if (!body) return false;
    const { kind, timestampMs } = this.#header;
    this.#header = undefined;
    this.#onTag({ kind, timestampMs, body });
    return true;
  }

  #readSignature(): boolean {
    const head = this.#bytes.take(FILE_HEADER_BYTES);
    if (!head) return false;
    if (head.toString('latin1', 0, 3) !== 'FLV') throw broken('no FLV signature');
    this.#started = true;
    return true;
  }

  #readHeader(): boolean {
    const head = this.#bytes.take(TAG_HEADER_BYTES);
    if (!head) return false;
    const kind = KINDS.get(head.readUInt8(4) & TYPE_MASK);
    const bodyBytes = head.readUIntBE(5, 3);
    if (!kind) throw broken('unknown tag type');
    if (bodyBytes > MAX_BODY_BYTES) throw broken('tag too large');
    // The time's highest byte stands behind the lower three.
    this.#header = { kind, bodyBytes, timestampMs: head.readUInt8(11) * 0x1000000 + head.readUIntBE(8, 3) };
    return true;
  }
}

function broken(reason: string): GatewayError {
  return new GatewayError('feed-failed', 'ffmpeg wrote something that is no FLV', { reason });
}
