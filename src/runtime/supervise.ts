import type { Logger } from 'pino';
import { type Clock, systemClock } from './clock.ts';
import { type ErrorKind, GatewayError } from './errors.ts';
import { Scope } from './scope.ts';

/** A thing that lives until `signal` aborts. It resolves only when everything it opened is closed again. */
export interface Runnable {
  run(signal: AbortSignal): Promise<void>;
}

/** How long to wait between two tries: growing from `minMs` to `maxMs`, from the start again after a healthy spell. */
export interface Pauses {
  readonly minMs: number;
  readonly maxMs: number;
  readonly healthyMs: number;
  /** The part of each pause that is left to chance: 0.5 draws from the upper half, 1 (full jitter) from all of it. */
  readonly jitter?: number;
  /** Each pause is so many times the one before; 2 unless said otherwise. */
  readonly growth?: number;
}

export interface Supervision {
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly pauses: Pauses;
  /** Kinds of failure that want a pace of their own, such as a refused password on a camera that locks accounts. */
  readonly pausesByKind?: Partial<Record<ErrorKind, Pauses>>;
  readonly clock?: Clock;
  readonly random?: () => number;
  /** Hears of each failure and of the pause that follows it; for status, not for control. */
  readonly onFailure?: (err: unknown, waitMs: number) => void;
}

/** Whoever gives another reason each time says nothing new, and shall fill neither log nor memory. */
const MOST_NEWS = 16;

/** Errors that no retry can mend. */
const PERMANENT: ReadonlySet<ErrorKind> = new Set(['config-invalid']);

/** Growing pauses in ms, part of each left to chance, so that many gateways never knock in unison. */
export function* backoff(
  { minMs, maxMs, jitter = 0.5, growth = 2 }: Pauses,
  random = Math.random,
): Generator<number, never> {
  for (let step = minMs; ; step = Math.min(step * growth, maxMs)) yield step * (1 - jitter + jitter * random());
}

/** What is tried; it calls `working` once it truly does its work, so that its next failure is news again. */
export type Attempt = (signal: AbortSignal, working: () => void) => Promise<void>;

/**
 * The only retry loop in the house: runs `once` again and again until the signal aborts. A failure is a warning when
 * it is news, and a debug line when it has been told since things last worked, so that a camera that stays dead fills no
 * log, also when it is dead in two ways by turns.
 * @throws GatewayError of a permanent kind, and nothing else.
 */
export async function supervise(once: Attempt, supervision: Supervision): Promise<void> {
  const { signal, log, pauses, pausesByKind = {}, clock = systemClock, random = Math.random, onFailure } = supervision;
  let current = pauses;
  let waits = backoff(current, random);
  const said = new Said();
  while (!signal.aborted) {
    const since = clock.now();
    const err = await failure(once, signal, () => said.clear());
    if (signal.aborted) return;
    if (err instanceof GatewayError && PERMANENT.has(err.kind)) throw err;
    const healthy = clock.now() - since > current.healthyMs;
    const next = (err instanceof GatewayError ? pausesByKind[err.kind] : undefined) ?? pauses;
    if (healthy || next !== current) waits = backoff(next, random);
    current = next;
    const waitMs = Math.round(waits.next().value);
    if (healthy) said.clear();
    logFailure(log, err, { waitMs, news: said.isNew(err) });
    onFailure?.(err, waitMs);
    await clock.sleep(waitMs, signal);
  }
}

/** What has been told of failures since things last worked. */
class Said {
  readonly #words = new Set<string>();

  /** True once for each failure. */
  isNew(err: unknown): boolean {
    const words = err instanceof GatewayError ? `${err.kind}: ${err.sentence}` : String(err);
    if (this.#words.has(words) || this.#words.size >= MOST_NEWS) return false;
    this.#words.add(words);
    return true;
  }

  clear(): void {
    this.#words.clear();
  }
}

function logFailure(log: Logger, err: unknown, { waitMs, news }: { waitMs: number; news: boolean }): void {
  if (err === undefined) return;
  const expected = err instanceof GatewayError;
  const level = !expected ? 'error' : news ? 'warn' : 'debug';
  log[level]({ err, wait_ms: waitMs }, expected ? err.message : 'failed unexpectedly');
}

async function failure(once: Attempt, signal: AbortSignal, working: () => void): Promise<unknown> {
  try {
    await once(signal, working);
    return undefined;
  } catch (err) {
    return err;
  }
}

/**
 * Runs all parts as one: the first failure stops the others, and nothing outlives the call.
 * @throws the one failure, or an AggregateError of several.
 */
export async function together(signal: AbortSignal, parts: readonly Runnable[]): Promise<void> {
  const scope = new Scope(signal);
  const settled = await Promise.allSettled(
    parts.map(async (part) => {
      try {
        await part.run(scope.signal);
      } catch (err) {
        scope.end(err);
        throw err;
      }
    }),
  );
  scope.end();
  const errors = settled.flatMap((s) => (s.status === 'rejected' ? [s.reason as unknown] : []));
  if (errors.length === 1) throw errors[0];
  if (errors.length > 1) throw new AggregateError(errors, 'several parts failed');
}
