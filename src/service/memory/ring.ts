/** The last so many of something; whoever listens hears of each new one. */
export class Ring<T> {
  readonly #most: number;
  readonly #listeners = new Set<(item: T) => void>();
  #items: T[] = [];

  constructor(most: number) {
    this.#most = most;
  }

  /** The oldest first. */
  get items(): readonly T[] {
    return this.#items;
  }

  get isHeard(): boolean {
    return this.#listeners.size > 0;
  }

  add(item: T): void {
    this.#items.push(item);
    // Cut in blocks, so that the common case moves nothing.
    if (this.#items.length >= this.#most * 1.25) this.#items = this.#items.slice(-this.#most);
    for (const tell of this.#listeners) tell(item);
  }

  /** Calls `tell` with each new one until the result is called. */
  listen(tell: (item: T) => void): () => void {
    this.#listeners.add(tell);
    return () => void this.#listeners.delete(tell);
  }
}
