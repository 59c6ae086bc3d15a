import type { Logger } from 'pino';

/** A link that is closed by the OVC so soon after the login has had no trouble of its own. */
const SHORT_MS = 15_000;
/** So often in a row is no restart of the platform any more. */
const TOO_OFTEN = 5;

/**
 * Notices that the OVC takes our login and closes the link again and again: most OVCs let a device log in once, and
 * throw the one before out. Two boxes with one login code, such as copied memory cards, would do that to each other for
 * ever.
 */
export class RivalWatch {
  readonly #log: Logger;
  #times = 0;

  constructor(log: Logger) {
    this.#log = log;
  }

  /** A link that was up has been closed by the OVC after `livedMs`. */
  closed(livedMs: number): void {
    this.#times = livedMs < SHORT_MS ? this.#times + 1 : 0;
    if (this.#times !== TOO_OFTEN) return;
    this.#log.warn(
      { times: this.#times },
      'the OVC closes the link soon after each login; is the login code in use twice?',
    );
  }
}
