import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';

/** So many from one address may be somebody's typing. */
const TYPING = 3;
const QUIET_MS = 10 * 60_000;

/** Tells the log that somebody guesses, once in a while however many do. */
export class GuessReport {
  readonly #clock: Clock;
  readonly #log: Logger;
  #guesses = 0;
  #toldAt: number | undefined;

  constructor(clock: Clock, log: Logger) {
    this.#clock = clock;
    this.#log = log;
  }

  /** One more wrong guess; `inARow` have come from that address. */
  wrong(address: string, inARow: number): void {
    this.#guesses++;
    const now = this.#clock.now();
    if (inARow < TYPING || (this.#toldAt !== undefined && now - this.#toldAt < QUIET_MS)) return;
    this.#log.warn({ address, guesses: this.#guesses }, 'somebody guesses at the login of the local page');
    this.#guesses = 0;
    this.#toldAt = now;
  }
}
