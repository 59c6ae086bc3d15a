import type { Clock } from '../runtime/clock.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import { element, text } from './reply.ts';
import type { OnvifSession } from './session.ts';
import { isFault, type Operation } from './soap.ts';

const systemReboot: Operation<string> = {
  service: 'device',
  name: 'SystemReboot',
  reply: element({ Message: text }).transform(({ Message = '' }) => Message),
};

const ORDER_MS = 10_000;
/** A camera that goes down at once has no time to answer; one that refuses does so sooner. */
const TAKEN_MS = 1000;
/** A camera that still answers after so long has not gone down, or is back already. */
const GOES_DOWN_MS = 30_000;
const LOOK_EVERY_MS = 500;

/**
 * Resolves when the camera has taken the order (ONVIF field guide 4.6).
 * @throws GatewayError as the session's `call` does
 */
export async function orderReboot(session: OnvifSession, clock: Clock, signal: AbortSignal): Promise<void> {
  const sinceMs = clock.now();
  try {
    await session.call(systemReboot, { deadlineMs: ORDER_MS }, signal);
  } catch (err) {
    if (signal.aborted || clock.now() - sinceMs < TAKEN_MS || !isSilence(err)) throw err;
  }
}

/** Resolves when the camera is gone, or should be. Cameras answer for a while before they go down. */
export async function untilGone(session: OnvifSession, clock: Clock, signal: AbortSignal): Promise<void> {
  const sinceMs = clock.now();
  while (!signal.aborted && clock.now() - sinceMs < GOES_DOWN_MS) {
    try {
      await session.readClock({ deadlineMs: TAKEN_MS }, signal);
    } catch (err) {
      if (signal.aborted || isKind(err, 'camera-unreachable')) return;
      if (!(err instanceof GatewayError)) throw err;
    }
    await clock.sleep(LOOK_EVERY_MS, signal);
  }
}

/** The camera hung up, or said no in nothing but a status: what one does that is going down already. */
function isSilence(err: unknown): boolean {
  return isKind(err, 'camera-unreachable', 'camera-fault') && !isFault(err);
}
