import type { RememberedAlarm } from '../channel/ports.ts';

/** More than a day of a busy site; what is beyond has lost its worth, and the disk is small. */
const MOST = 1_000;

/** Edges that the OVC is still to be told of, in the order in which they happened. Knows no link and no disk. */
export class Outbox {
  readonly #most: number;
  #waiting: RememberedAlarm[];
  #dropped = 0;

  /** `waiting` is what an earlier process has left. */
  constructor(waiting: readonly RememberedAlarm[], most = MOST) {
    this.#most = most;
    this.#waiting = waiting.slice(-most);
    this.#dropped = waiting.length - this.#waiting.length;
  }

  /** The oldest first. A new array after each change, so that whoever keeps one sees whether there was any. */
  get waiting(): readonly RememberedAlarm[] {
    return this.#waiting;
  }

  /** How many were given up for newer ones. */
  get dropped(): number {
    return this.#dropped;
  }

  get oldest(): RememberedAlarm | undefined {
    return this.#waiting[0];
  }

  /**
   * Puts an edge at the end; where there is no room for it, gives the one back that was dropped. `underway` is not: the
   * OVC is just being told of it.
   */
  add(edge: RememberedAlarm, underway?: RememberedAlarm): RememberedAlarm | undefined {
    const dropped = this.#waiting.length < this.#most ? undefined : this.#waiting.find((each) => each !== underway);
    this.#waiting = [...this.#waiting.filter((each) => each !== dropped), edge];
    if (dropped) this.#dropped++;
    return dropped;
  }

  /** The OVC has it. */
  remove(edge: RememberedAlarm): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting !== edge);
  }
}
