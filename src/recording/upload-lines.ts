import PQueue from 'p-queue';

/**
 * The lines on which sessions upload; more at a time would only share the same uplink. Slow sessions together take half
 * of them at most: stores that hang shall not hold up those of other platforms for as long as they are waited for.
 */

export interface Turn {
  /** Of those that wait, the greatest comes first. */
  readonly priority: number;
  readonly slow: boolean;
  readonly signal: AbortSignal;
}

export class UploadLines {
  readonly #all: PQueue;
  readonly #forSlow: PQueue;

  constructor(all: PQueue) {
    this.#all = all;
    this.#forSlow = new PQueue({ concurrency: Math.ceil(all.concurrency / 2) });
  }

  /** Does the work as soon as there is a line for it. Rejects as soon as the signal aborts, whatever the work does. */
  take<T>(work: () => Promise<T>, { priority, slow, signal }: Turn): Promise<T> {
    const onLine = (): Promise<T> => this.#all.add(work, { priority, signal });
    return slow ? this.#forSlow.add(onLine, { priority, signal }) : onLine();
  }
}
