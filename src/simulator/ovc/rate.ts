/** How much came a second, over the last few of them. */

const SECONDS = 4;

export class Rate {
  /** Full seconds, the newest last. */
  #past: readonly number[] = [];
  #second = Number.NEGATIVE_INFINITY;
  #current = 0;

  add(amount: number, nowMs: number): void {
    this.#advance(nowMs);
    this.#current += amount;
  }

  /** Of the full seconds of the window; the running one alone before the first is full. */
  perSecond(nowMs: number): number {
    this.#advance(nowMs);
    if (this.#past.length === 0) return this.#current;
    return this.#past.reduce((sum, amount) => sum + amount, 0) / this.#past.length;
  }

  #advance(nowMs: number): void {
    const second = Math.floor(nowMs / 1000);
    if (second <= this.#second) return;
    const passed = Number.isFinite(this.#second) ? second - this.#second : 0;
    const quiet = Array.from({ length: Math.min(SECONDS, Math.max(0, passed - 1)) }, () => 0);
    this.#past = passed === 0 ? [] : [...this.#past, this.#current, ...quiet].slice(-SECONDS);
    this.#second = second;
    this.#current = 0;
  }
}
