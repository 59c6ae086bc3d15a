import type { CameraListener, CameraSight, ClockOrder, NetworkInterface, PtzOrder } from '../channel/ports.ts';
import { keepVigil, LOOK_DEADLINE_MS } from '../channel/vigil.ts';
import { unreachable } from '../runtime/camera-unreachable.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import { aborted, Scope } from '../runtime/scope.ts';
import { type Runnable, together } from '../runtime/supervise.ts';
import { setCameraClock } from './clock-setting.ts';
import { type CameraEvents, hearEvents } from './events/camera-events.ts';
import { type LoginParts, logIn, lookAround, type OnvifLogin } from './login.ts';
import { networkInterfaces } from './network.ts';
import { type CameraPtz, openPtz } from './ptz/camera-ptz.ts';
import type { PtzControl } from './ptz/control.ts';
import { orderReboot, untilGone } from './reboot.ts';
import { Snapshots } from './snapshots.ts';
import { isFault } from './soap.ts';
import { type VideoSource, videoSourceIn } from './video-source.ts';

export interface StayParts extends LoginParts {
  /** The profile that the channel shows, or `auto`. */
  readonly profile: string;
  readonly ptz: CameraPtz;
  readonly events: CameraEvents | undefined;
  readonly clock: Clock;
}

const REREAD_MS = 10 * 60_000;
/** A clock that has moved this far was set, or the camera has started anew: whatever else it has may be new, too. */
const CLOCK_SET_MS = 5000;

/** One stay with a camera that has let us in: keeps looking, hears its events, and carries orders out. */
export class Stay {
  readonly #parts: StayParts;
  readonly #source: VideoSource;
  readonly #ptz: PtzControl | undefined;
  readonly #snapshots: Snapshots;
  readonly #rebooting = new Scope();
  #seen: OnvifLogin;
  #readMs: number;

  private constructor(parts: StayParts, seen: OnvifLogin, source: VideoSource, ptz: PtzControl | undefined) {
    this.#parts = parts;
    this.#seen = seen;
    this.#source = source;
    this.#ptz = ptz;
    this.#readMs = parts.clock.now();
    const { session, credentials, clock } = parts;
    const { services } = seen;
    this.#snapshots = new Snapshots({ session, services, profiles: source.profiles, credentials, clock });
  }

  /**
   * Logs in and looks around. `run` has to follow.
   * @throws GatewayError as `Camera.watch` does
   */
  static async begin(parts: StayParts, signal: AbortSignal): Promise<Stay> {
    const seen = await logIn(parts, signal);
    const wanted = parts.profile === 'auto' ? seen.sight.streams[0]?.profile : parts.profile;
    const source = videoSourceIn(seen.profiles, wanted);
    const ptz = await openPtz(parts, { seen, source }, signal);
    return new Stay(parts, seen, source, ptz);
  }

  /** Tells the listener what it sees until the signal aborts; resolves with a camera that moved stopped. */
  async run(listener: CameraListener, signal: AbortSignal): Promise<void> {
    listener.seen(this.#seen.sight);
    const { clock, events } = this.#parts;
    const look = (scope: AbortSignal): Promise<void> => this.#look(listener, scope);
    const place = { session: this.#parts.session, services: this.#seen.services, source: this.#source };
    const parts: Array<Runnable | undefined> = [
      { run: (life) => keepVigil({ look, clock }, life) },
      { run: (life) => this.#untilRebooted(life) },
      this.#ptz,
      events && { run: (life) => hearEvents(events, place, life) },
    ];
    try {
      await together(
        signal,
        parts.flatMap((part) => part ?? []),
      );
    } finally {
      this.#rebooting.end();
      this.#snapshots.close();
    }
  }

  order(order: PtzOrder): void {
    if (this.#ptz) this.#ptz.order(order);
    else this.#parts.log.warn({ order }, 'the camera cannot be moved');
  }

  halt(): void {
    this.#ptz?.halt();
  }

  async presetIds(signal: AbortSignal): Promise<readonly number[]> {
    if (!this.#ptz) throw new GatewayError('unsupported', 'the camera has no presets');
    return this.#ptz.presetIds(signal);
  }

  /** Ends the stay too, once the camera is gone: what comes back is looked at anew. */
  async reboot(signal: AbortSignal): Promise<void> {
    const { session, events, clock, log } = this.#parts;
    await orderReboot(session, clock, signal);
    log.info('camera has been told to reboot');
    events?.alarms.rebooted();
    this.#rebooting.end();
  }

  async setClock(order: ClockOrder, signal: AbortSignal): Promise<void> {
    const { session, clock, log } = this.#parts;
    const done = await setCameraClock(session, clock, order, signal);
    if (done === 'set') log.info({ clock_offset_ms: session.clockOffsetMs }, 'clock of the camera set');
  }

  networkInterfaces(signal: AbortSignal): Promise<readonly NetworkInterface[]> {
    return networkInterfaces(this.#parts.session, signal);
  }

  snapshot(signal: AbortSignal): Promise<Buffer> {
    return this.#snapshots.take(signal);
  }

  async #untilRebooted(signal: AbortSignal): Promise<void> {
    const { session, clock } = this.#parts;
    const scope = new Scope(signal, this.#rebooting.signal);
    await aborted(scope.signal).finally(() => scope.end());
    await untilGone(session, clock, signal);
    if (!signal.aborted) throw unreachable('it is rebooting');
  }

  async #look(listener: CameraListener, signal: AbortSignal): Promise<void> {
    const { session, clock } = this.#parts;
    await this.#isThere(signal);
    const before = this.#seen.sight;
    const shift = shiftMs(before.clockOffsetMs, session.clockOffsetMs);
    if (shift < CLOCK_SET_MS && clock.now() - this.#readMs < REREAD_MS) return;
    this.#seen = await this.#reread(signal);
    this.#readMs = clock.now();
    if (differ(before, this.#seen.sight)) listener.seen(this.#seen.sight);
  }

  /** Throws when the camera is not there. */
  async #isThere(signal: AbortSignal): Promise<void> {
    const { session, clock } = this.#parts;
    const sinceMs = clock.now();
    try {
      await session.readClock({ deadlineMs: LOOK_DEADLINE_MS }, signal);
    } catch (err) {
      // A camera that answers a slow question, or answers this one with a fault, is there.
      const alive = session.heardMs > sinceMs || (err instanceof GatewayError && isFault(err));
      if (!alive || signal.aborted) throw err;
    }
  }

  /** A camera that is there but too busy to answer in full keeps what we know of it. */
  async #reread(signal: AbortSignal): Promise<OnvifLogin> {
    const { sight } = this.#seen;
    try {
      return await lookAround(this.#parts, sight.device, signal);
    } catch (err) {
      if (!isKind(err, 'camera-fault', 'not-onvif')) throw err;
      this.#parts.log.debug({ err }, 'profiles not read again');
      return { ...this.#seen, sight: { ...sight, clockOffsetMs: this.#parts.session.clockOffsetMs } };
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
