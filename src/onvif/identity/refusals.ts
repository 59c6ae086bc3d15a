import { createHash } from 'node:crypto';
import type { Credentials } from '../../channel/ports.ts';

/** Where refusals are kept over restarts: by device and login, when it refused, in ms since 1970. */
export interface RefusalBook {
  read(): Readonly<Record<string, readonly number[]>>;
  write(refusals: Record<string, number[]>): void;
}

/** Cameras lock an account, or us, after three to five wrong logins, for 5 to 30 minutes (ONVIF field guide 4.1). */
const MOST_REFUSALS = 3;
const WINDOW_MS = 10 * 60_000;
/** One login may be refused so often before it is given up. */
const REFUSALS_PER_LOGIN = 2;
const MOST_KEPT = 512;

/** One of the accounts that are tried; undefined is to ask without a login. */
export type Account = Credentials | undefined;

/**
 * How often each device has refused us lately, and so whether it may be tried again. Only the logins that are tried now
 * count: a password that was corrected must not wait for what the wrong one has cost.
 */
export class Refusals {
  readonly #book: RefusalBook;
  readonly #accounts: readonly Account[];
  readonly #now: () => Date;

  constructor(book: RefusalBook, accounts: readonly Account[], now: () => Date) {
    this.#book = book;
    this.#accounts = accounts;
    this.#now = now;
  }

  /** True when a login that is refused, too, would still be one below what locks an account. */
  mayTry(device: string): boolean {
    const book = this.#book.read();
    const keys = new Set(this.#accounts.map((account) => keyOf(device, account)));
    const refusals = [...keys].flatMap((key) => this.#recent(book[key] ?? []));
    return refusals.length + REFUSALS_PER_LOGIN <= MOST_REFUSALS;
  }

  note(device: string, account: Account, times: number): void {
    if (times === 0) return;
    const key = keyOf(device, account);
    const book = this.#book.read();
    const kept = Object.entries(book)
      .map(([name, at]) => [name, this.#recent(at)] as const)
      .filter(([name, at]) => at.length > 0 && name !== key)
      .slice(-MOST_KEPT);
    const at = [...this.#recent(book[key] ?? []), ...Array<number>(times).fill(this.#now().getTime())];
    this.#book.write(Object.fromEntries([...kept, [key, at]]));
  }

  #recent(at: readonly number[]): number[] {
    const now = this.#now().getTime();
    // A time to come is from a clock that has been set back since.
    return at.filter((each) => Math.abs(now - each) < WINDOW_MS);
  }
}

/**
 * The login is in it as 16 bits of a digest: enough to tell that it is another one now, and next to nothing for whoever
 * reads the file and tries passwords against it.
 */
function keyOf(device: string, account: Account): string {
  const login = account ? `${account.username}\0${account.password.reveal()}` : '';
  return `${device} ${createHash('sha256').update(`${device}\0${login}`).digest('hex').slice(0, 4)}`;
}
