import { setTimeout as delay } from 'node:timers/promises';
import { Scope } from './scope.ts';

/** Time, so that tests can own it. */
export interface Clock {
  /** Monotonic milliseconds; for durations and deadlines. */
  now(): number;
  /** The wall clock; for what people and the OVC read. */
  wall(): Date;
  /** Resolves after `ms`, or early and without a throw when the signal aborts. */
  sleep(ms: number, signal: AbortSignal): Promise<void>;
}

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => performance.now(),
  wall: () => new Date(),
  // An aborted sleep is an ended sleep: whoever slept looks at the signal next.
  sleep: (ms, signal) => delay(ms, undefined, { signal }).catch(() => undefined),
};

/**
 * Runs `work` under a deadline of `ms`. Its signal aborts at the deadline or with `signal`.
 * Throws what `late()` makes at the deadline, even when `work` ignores its signal.
 */
export async function withDeadline<T>(
  { clock, ms, signal, late }: { clock: Clock; ms: number; signal: AbortSignal; late: () => Error },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const scope = new Scope(signal);
  const deadline = new Promise<never>((_, reject) => {
    void clock.sleep(ms, scope.signal).then(() => {
      if (scope.signal.aborted) return;
      const err = late();
      reject(err);
      scope.end(err);
    });
  });
  try {
    return await Promise.race([work(scope.signal), deadline]);
  } finally {
    scope.end();
  }
}
