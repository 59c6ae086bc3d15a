import type { Logger } from 'pino';
import type { Camera, CameraListener, CameraPicture, CameraSight, Credentials } from '../channel/ports.ts';
import { ViewOnly } from '../channel/view-only.ts';
import { keepVigil, LOOK_DEADLINE_MS } from '../channel/vigil.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import { findDevice, type Place } from './endpoint.ts';
import { type LoginParts, logIn, lookAround, type OnvifLogin } from './login.ts';
import { OnvifSession } from './session.ts';
import { isFault } from './soap.ts';
import type { Describe } from './streams.ts';

export interface OnvifCameraParts extends Place {
  readonly credentials: Credentials | undefined;
  /** Asks a stream for its true codecs; speaks RTSP, so it comes from outside this room. */
  readonly describe: Describe;
  readonly clock: Clock;
  readonly log: Logger;
}

const REREAD_MS = 10 * 60_000;
/** A clock that has moved this far was set, or the camera has started anew: whatever else it has may be new, too. */
const CLOCK_SET_MS = 5000;

/** One ONVIF camera: logs in, looks, and keeps looking. Knows one stay at a time; coming back is the caller's work. */
export class OnvifCamera extends ViewOnly implements Camera {
  readonly #parts: OnvifCameraParts;
  /** Where it answered last, so that a search of all ports is not the price of every return. */
  #device: URL | undefined;

  constructor(parts: OnvifCameraParts) {
    super(parts.log);
    this.#parts = parts;
  }

  async watch(listener: CameraListener, signal: AbortSignal): Promise<void> {
    try {
      await this.#visit((parts) => this.#stay(parts, listener, signal), signal);
    } catch (err) {
      if (!signal.aborted) throw err;
    }
  }

  info(signal: AbortSignal): Promise<CameraPicture> {
    return this.#visit(async (parts) => {
      const { services, sight } = await logIn(parts, signal);
      return { ...sight, services: [...services.keys()] };
    }, signal);
  }

  async #visit<T>(work: (parts: LoginParts) => Promise<T>, signal: AbortSignal): Promise<T> {
    const { credentials, describe, clock, log } = this.#parts;
    const device = this.#device ?? (await findDevice(this.#parts, { clock, log }, signal));
    const session = new OnvifSession({ device, credentials, clock, log });
    try {
      this.#device = device;
      return await work({ session, credentials, describe, log, known: new Map() });
    } catch (err) {
      // It may come back on another port; a host that does not answer at all is no reason to knock on every door.
      if (isKind(err, 'not-onvif') || (isKind(err, 'camera-unreachable') && err.fields['reason'] !== 'no answer')) {
        this.#device = undefined;
      }
      throw err;
    } finally {
      session.close();
    }
  }

  async #stay(parts: LoginParts, listener: CameraListener, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    let seen = await logIn(parts, signal);
    let readMs = clock.now();
    listener.seen(seen.sight);
    const look = async (scope: AbortSignal): Promise<void> => {
      await this.#lookUp(parts.session, scope);
      const shift = shiftMs(seen.sight.clockOffsetMs, parts.session.clockOffsetMs);
      if (shift < CLOCK_SET_MS && clock.now() - readMs < REREAD_MS) return;
      const before = seen;
      seen = await this.#reread(parts, seen, scope);
      readMs = clock.now();
      if (differ(before.sight, seen.sight)) listener.seen(seen.sight);
    };
    await keepVigil({ look, clock }, signal);
  }

  /** Is it there? Throws when it is not. */
  async #lookUp(session: OnvifSession, signal: AbortSignal): Promise<void> {
    const sinceMs = this.#parts.clock.now();
    try {
      await session.readClock({ deadlineMs: LOOK_DEADLINE_MS }, signal);
    } catch (err) {
      // A camera that answers a slow question, or answers this one with a fault, is there.
      const alive = session.heardMs > sinceMs || (err instanceof GatewayError && isFault(err));
      if (!alive || signal.aborted) throw err;
    }
  }

  /** A camera that is there but too busy to answer in full keeps what we know of it. */
  async #reread(parts: LoginParts, seen: OnvifLogin, signal: AbortSignal): Promise<OnvifLogin> {
    try {
      return await lookAround(parts, seen.sight.device, signal);
    } catch (err) {
      if (!isKind(err, 'camera-fault', 'not-onvif')) throw err;
      this.#parts.log.debug({ err }, 'profiles not read again');
      return { ...seen, sight: { ...seen.sight, clockOffsetMs: parts.session.clockOffsetMs } };
    }
  }
}

function differ(before: CameraSight, after: CameraSight): boolean {
  const clockSet = shiftMs(before.clockOffsetMs, after.clockOffsetMs) >= CLOCK_SET_MS;
  return clockSet || JSON.stringify(before.streams) !== JSON.stringify(after.streams);
}

function shiftMs(before: number | undefined, after: number | undefined): number {
  return before === undefined || after === undefined ? 0 : Math.abs(after - before);
}
