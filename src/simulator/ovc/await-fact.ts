import { systemClock, withDeadline } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import type { Bell } from './bell.ts';

export interface Awaited<T> {
  /** Looks; undefined, null and false mean "not yet". */
  readonly fact: () => T | undefined | null | false;
  /** Rings at every change worth looking again. */
  readonly bell: Bell;
  /** Real milliseconds, whatever clock the platform runs on: they bound the patience of whoever waits. */
  readonly timeoutMs: number;
  /** What there is to see, for the error. */
  readonly seen: () => unknown;
  readonly signal: AbortSignal;
}

/**
 * Waits until a fact is one.
 * @throws GatewayError `timed-out`, with what was seen instead; `ended-early` when the signal aborts before
 */
export function awaitFact<T>({ fact, bell, timeoutMs, seen, signal }: Awaited<T>): Promise<T> {
  const late = (): Error => new GatewayError('timed-out', 'the awaited fact did not come', { seen: seen() });
  return withDeadline({ clock: systemClock, ms: timeoutMs, signal, late }, async (scope) => {
    while (!scope.aborted) {
      const found = fact();
      if (found !== undefined && found !== null && found !== false) return found;
      await bell.next(scope);
    }
    throw new GatewayError('ended-early', 'the platform closed before the awaited fact');
  });
}
