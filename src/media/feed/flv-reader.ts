import { GatewayError } from '../../runtime/errors.ts';
import { Slab } from '../../runtime/slab.ts';
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
/** Half a second of a common camera: tags are kept for a group of pictures, and a slab for as long as one of its tags. */
const SLAB_BYTES = 144 * 1024;

export class FlvReader {
  readonly #onTag: (tag: FlvTag) => void;
  readonly #slab = new Slab(SLAB_BYTES);
  readonly #header = Buffer.alloc(TAG_HEADER_BYTES);
  /** What is being received, how much of it is there, and what to do with it when it is whole. */
  #piece: Buffer = this.#header.subarray(0, FILE_HEADER_BYTES);
  #filled = 0;
  #onWhole: () => void = () => this.#readSignature();

  /** `onTag` gets each tag as soon as it is whole. Bodies are copies. */
  constructor(onTag: (tag: FlvTag) => void) {
    this.#onTag = onTag;
  }

  /**
   * Takes the next bytes of the stream; they may change afterwards.
   * @throws GatewayError `feed-failed` when they are no FLV; the reader is of no use afterwards.
   */
  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const copied = chunk.copy(this.#piece, this.#filled, at);
      this.#filled += copied;
      at += copied;
      // A body of no bytes is whole at once.
      while (this.#filled === this.#piece.length) this.#onWhole();
    }
  }

  #expect(piece: Buffer, onWhole: () => void): void {
    this.#piece = piece;
    this.#filled = 0;
    this.#onWhole = onWhole;
  }

  #expectHeader(): void {
    this.#expect(this.#header, () => this.#readHeader());
  }

  #readSignature(): void {
    if (this.#piece.toString('latin1', 0, 3) !== 'FLV') throw broken('no FLV signature');
    this.#expectHeader();
  }

  #readHeader(): void {
    const head = this.#header;
    const kind = KINDS.get(head.readUInt8(4) & TYPE_MASK);
    const bodyBytes = head.readUIntBE(5, 3);
    if (!kind) throw broken('unknown tag type');
    if (bodyBytes > MAX_BODY_BYTES) throw broken('tag too large');
    // The time's highest byte stands behind the lower three.
    const timestampMs = head.readUInt8(11) * 0x1000000 + head.readUIntBE(8, 3);
    const body = this.#slab.take(bodyBytes);
    this.#expect(body, () => {
      this.#expectHeader();
      this.#onTag({ kind, timestampMs, body });
    });
  }
}

function broken(reason: string): GatewayError {
  return new GatewayError('feed-failed', 'ffmpeg wrote something that is no FLV', { reason });
}
