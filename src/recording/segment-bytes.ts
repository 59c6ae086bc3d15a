import { TS_PACKET_BYTES } from '../runtime/ts-packet.ts';

/** Whole packets; so large that a segment is a dozen of pieces, each of which the system gets back when it is let go. */
const SLAB_BYTES = 1024 * TS_PACKET_BYTES;

/** The content of a segment while it grows, packet by packet, in few large pieces. Knows nothing of what is in it. */
export class SegmentBytes {
  #full: Buffer[] = [];
  #slab: Buffer = Buffer.allocUnsafeSlow(SLAB_BYTES);
  #used = 0;

  get length(): number {
    return this.#full.length * SLAB_BYTES + this.#used;
  }

  /** Puts a copy of whole packets at the end, and gives `touch` each stretch of the copy to write into. */
  append(packets: Buffer, touch: (stretch: Buffer) => void): void {
    for (let from = 0; from < packets.length; ) {
      const copied = packets.copy(this.#slab, this.#used, from);
      touch(this.#slab.subarray(this.#used, this.#used + copied));
      from += copied;
      this.#used += copied;
      if (this.#used === SLAB_BYTES) this.#next();
    }
  }

  /** Takes all out; the next bytes begin anew. The pieces take no more memory than what is in them. */
  take(): Buffer[] {
    const parts = this.#full;
    if (this.#used > 0) parts.push(exactCopy(this.#slab.subarray(0, this.#used)));
    this.#full = [];
    this.#used = 0;
    return parts;
  }

  #next(): void {
    this.#full.push(this.#slab);
    this.#slab = Buffer.allocUnsafeSlow(SLAB_BYTES);
    this.#used = 0;
  }
}

/** The pieces up to that many bytes, and those behind; what is cut in two is copied, for neither shall hold the other. */
export function splitAt(parts: readonly Buffer[], bytes: number): { head: Buffer[]; tail: Buffer[] } {
  const head: Buffer[] = [];
  const tail: Buffer[] = [];
  let at = 0;
  for (const part of parts) {
    const inHead = Math.min(Math.max(bytes - at, 0), part.length);
    if (inHead > 0) head.push(inHead === part.length ? part : exactCopy(part.subarray(0, inHead)));
    if (inHead < part.length) tail.push(inHead === 0 ? part : part.subarray(inHead));
    at += part.length;
  }
  return { head, tail };
}

function exactCopy(bytes: Buffer): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(copy);
  return copy;
}
