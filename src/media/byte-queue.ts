/** Bytes as they come off a socket, taken out in the pieces a parser wants. Copies only where a piece spans arrivals. */
export class ByteQueue {
  #arrivals: Buffer[] = [];
  #bytes = 0;

  get bytes(): number {
    return this.#bytes;
  }

  push(arrival: Buffer): void {
    if (arrival.length === 0) return;
    this.#arrivals.push(arrival);
    this.#bytes += arrival.length;
  }

  /** The next `count` bytes without taking them; fewer where there are not so many. Meant for headers. */
  peek(count: number): Buffer {
    const first = this.#arrivals[0] ?? Buffer.alloc(0);
    return first.length >= count ? first.subarray(0, count) : this.#joined().subarray(0, count);
  }

  /** The next `count` bytes, or undefined (and nothing taken) when they have not all arrived. */
  take(count: number): Buffer | undefined {
    if (count > this.#bytes) return undefined;
    const first = this.#arrivals[0] ?? Buffer.alloc(0);
    const source = first.length >= count ? first : this.#joined();
    this.#bytes -= count;
    const rest = source.subarray(count);
    if (rest.length > 0) this.#arrivals[0] = rest;
    else this.#arrivals.shift();
    return source.subarray(0, count);
  }

  #joined(): Buffer {
    const whole = Buffer.concat(this.#arrivals);
    this.#arrivals = whole.length > 0 ? [whole] : [];
    return whole;
  }
}
