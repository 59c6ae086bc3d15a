/** Wakes whoever waits for a change. It carries nothing: the woken look for themselves. */
export class Bell {
  readonly #waiting = new Set<() => void>();
  readonly #louder: Bell | undefined;

  /** Each stroke of this bell strikes the `louder` one too. */
  constructor(louder?: Bell) {
    this.#louder = louder;
  }

  ring(): void {
    for (const wake of [...this.#waiting]) wake();
    this.#louder?.ring();
  }

  /**
   * Resolves at the next stroke, or when the signal aborts. Call it right after looking, with no `await` between, and
   * no stroke is missed.
   */
  next(signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#waiting.delete(wake);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      this.#waiting.add(wake);
      signal.addEventListener('abort', wake, { once: true });
    });
  }
}
