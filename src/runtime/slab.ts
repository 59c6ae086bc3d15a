/**
 * Cuts small buffers out of large ones. Each Buffer of its own costs memory outside the heap that the collector has to
 * be told of, and a few hundred a second make it run all the time. A slab lives as long as any piece of it.
 */
export class Slab {
  readonly #slabBytes: number;
  #slab: Buffer = Buffer.alloc(0);
  #used = 0;

  constructor(slabBytes: number) {
    this.#slabBytes = slabBytes;
  }

  /** A piece of memory with anything in it. What would take more than half a slab gets memory of its own. */
  take(bytes: number): Buffer {
    if (bytes > this.#slabBytes / 2) return Buffer.allocUnsafeSlow(bytes);
    if (this.#used + bytes > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(this.#slabBytes);
      this.#used = 0;
    }
    const piece = this.#slab.subarray(this.#used, this.#used + bytes);
    this.#used += bytes;
    return piece;
  }
}
