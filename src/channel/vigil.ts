import type { Clock } from '../runtime/clock.ts';
import { type ErrorKind, GatewayError, isKind } from '../runtime/errors.ts';

/** With a look of at most 4 s, a camera that goes silent is known to be gone 14 s later at the latest. */
const EVERY_MS = 5000;
const SHORTEST_PAUSE_MS = 1000;
export const LOOK_DEADLINE_MS = 4000;

/** One look in vain may be a lost packet or a camera at its busiest; two in a row are an absence. */
const MISSES: readonly ErrorKind[] = ['camera-unreachable', 'not-onvif', 'camera-fault'];

export interface Vigil {
  /** Throws when the camera is not there. It keeps its own deadline. */
  readonly look: (signal: AbortSignal) => Promise<void>;
  readonly clock: Clock;
}

/**
 * Keeps looking at a camera that has just been there. Resolves on abort.
 * @throws GatewayError `camera-unreachable` after two looks in vain; whatever else `look` throws at once.
 */
export async function keepVigil({ look, clock }: Vigil, signal: AbortSignal): Promise<void> {
  let missed = false;
  let sinceMs = clock.now();
  while (!signal.aborted) {
    await clock.sleep(Math.max(SHORTEST_PAUSE_MS, EVERY_MS - (clock.now() - sinceMs)), signal);
    if (signal.aborted) return;
    sinceMs = clock.now();
    try {
      await look(signal);
      missed = false;
    } catch (err) {
      if (signal.aborted) return;
      if (!isKind(err, ...MISSES)) throw err;
      if (missed) throw gone(err);
      missed = true;
    }
  }
}

function gone(err: GatewayError): GatewayError {
  if (err.kind === 'camera-unreachable') return err;
  return new GatewayError('camera-unreachable', 'camera no longer answers properly', {
    reason: err.sentence,
    cause: err,
  });
}
