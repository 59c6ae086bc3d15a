/** Before this many acknowledgements their rhythm is not known: some servers send one at the start and then none. */
const LEARN_FROM = 3;

/**
 * Learns after how many bytes a server acknowledges, and says how long an acknowledgement has been overdue. Learns,
 * because servers keep the window we ask for, or one of their own twenty times as large, or never acknowledge.
 */
export class AckCadence {
  readonly #leastBytes: number;
  #heard = 0;
  #writtenAtLast = 0;
  #longestBytes = 0;
  #overdueSince: number | undefined;

  /** `leastBytes`: no rhythm is taken for shorter than this. */
  constructor(leastBytes: number) {
    this.#leastBytes = leastBytes;
  }

  /** The server has acknowledged something, now that `writtenBytes` have been written. */
  heard(writtenBytes: number): void {
    this.#heard++;
    this.#longestBytes = Math.max(this.#longestBytes, writtenBytes - this.#writtenAtLast);
    this.#writtenAtLast = writtenBytes;
    this.#overdueSince = undefined;
  }

  /** How long the server has owed more than twice its longest rhythm, as far as looks at it could tell; ms. */
  overdueMs(writtenBytes: number, now: number): number {
    const allowed = 2 * Math.max(this.#leastBytes, this.#longestBytes);
    if (this.#heard < LEARN_FROM || writtenBytes - this.#writtenAtLast <= allowed) return 0;
    this.#overdueSince ??= now;
    return now - this.#overdueSince;
  }
}
