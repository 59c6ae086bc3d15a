import type { Clock } from '../../src/runtime/clock.ts';

interface Sleeper {
  readonly at: number;
  wake(): void;
}

/** A clock that stands still until a test moves it; sleepers wake in the order of their time. */
export class FakeClock implements Clock {
  #now = 0;
  readonly #epochMs: number;
  readonly #sleepers = new Set<Sleeper>();

  constructor(epoch = '2026-01-02T03:04:05Z') {
    this.#epochMs = Date.parse(epoch);
  }

  now(): number {
    return this.#now;
  }

  wall(): Date {
    return new Date(this.#epochMs + this.#now);
  }

  /** How many sleeps are under way: a test waits for this fact before it moves the time. */
  get sleeping(): number {
    return this.#sleepers.size;
  }

  sleep(ms: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { at: this.#now + ms, wake };
      this.#sleepers.add(sleeper);
      signal.addEventListener('abort', wake, { once: true });
    });
  }

  /** Moves time forward, waking one sleeper after the other and letting each do its work before the next. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (;;) {
      await settled();
      const due = [...this.#sleepers].filter(({ at }) => at <= end).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#now = Math.max(this.#now, due.at);
      due.wake();
    }
    this.#now = end;
    await settled();
  }
}

/** Lets everything that is ready to run do so: promises, then one turn of the event loop. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn++) await new Promise((resolve) => setImmediate(resolve));
}
