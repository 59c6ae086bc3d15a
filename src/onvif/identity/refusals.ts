/** Where refusals are kept over restarts: by device, when it refused, in ms since 1970. */
export interface RefusalBook {
  read(): Readonly<Record<string, readonly number[]>>;
  write(refusals: Record<string, number[]>): void;
}

/** Cameras lock an account, or us, after three to five wrong logins, for 5 to 30 minutes (ONVIF field guide 4.1). */
const MOST_REFUSALS = 3;
const WINDOW_MS = 10 * 60_000;
/** One login may be refused so often before it is given up. */
const REFUSALS_PER_LOGIN = 2;
const MOST_DEVICES = 512;

/** How often each device has refused us lately, and so whether it may be tried again. */
export class Refusals {
  readonly #book: RefusalBook;
  readonly #now: () => Date;

  constructor(book: RefusalBook, now: () => Date) {
    this.#book = book;
    this.#now = now;
  }

  /** True when a login that is refused, too, would still be one below what locks an account. */
  mayTry(device: string): boolean {
    return this.#recent(this.#book.read()[device] ?? []).length + REFUSALS_PER_LOGIN <= MOST_REFUSALS;
  }

  note(device: string, times: number): void {
    if (times === 0) return;
    const kept = Object.entries(this.#book.read())
      .map(([name, at]) => [name, this.#recent(at)] as const)
      .filter(([name, at]) => at.length > 0 && name !== device)
      .slice(-MOST_DEVICES);
    const before = this.#recent(this.#book.read()[device] ?? []);
    const now = this.#now().getTime();
    this.#book.write(Object.fromEntries([...kept, [device, [...before, ...Array<number>(times).fill(now)]]]));
  }

  #recent(at: readonly number[]): number[] {
    const now = this.#now().getTime();
    // A time to come is from a clock that has been set back since.
    return at.filter((each) => Math.abs(now - each) < WINDOW_MS);
  }
}
