export interface RingWeight<T> {
  /** Of all together; a single one may be heavier. */
  readonly mostBytes: number;
  readonly bytesOf: (item: T) => number;
}

const WEIGHTLESS: RingWeight<unknown> = { mostBytes: 0, bytesOf: () => 0 };

/** The last so many of something, and no more than so many bytes of it; whoever listens hears of each new one. */
export class Ring<T> {
  readonly #most: number;
  readonly #weight: RingWeight<T>;
  readonly #listeners = new Set<(item: T) => void>();
  readonly #items: T[] = [];
  #bytes = 0;

  constructor(most: number, weight: RingWeight<T> = WEIGHTLESS) {
    this.#most = most;
    this.#weight = weight;
  }

  /** The oldest first. */
  get items(): readonly T[] {
    return this.#items;
  }

  add(item: T): void {
    const { mostBytes, bytesOf } = this.#weight;
    this.#items.push(item);
    this.#bytes += bytesOf(item);
    while (this.#items.length > this.#most || (this.#items.length > 1 && this.#bytes > mostBytes)) {
      const oldest = this.#items.shift();
      if (oldest !== undefined) this.#bytes -= bytesOf(oldest);
    }
    for (const tell of this.#listeners) tell(item);
  }

  /** Calls `tell` with each new one until the result is called. */
  listen(tell: (item: T) => void): () => void {
    this.#listeners.add(tell);
    return () => void this.#listeners.delete(tell);
  }
}
