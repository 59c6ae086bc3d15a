import type { Logger } from 'pino';
import type {
  Camera,
  CameraListener,
  CameraPicture,
  ClockOrder,
  Credentials,
  NetworkInterface,
  PtzOrder,
} from '../channel/ports.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import { together } from '../runtime/supervise.ts';
import { type CameraFinder, findDevice, type Place } from './endpoint.ts';
import type { CameraEvents } from './events/camera-events.ts';
import { type LoginParts, logIn } from './login.ts';
import type { CameraPtz } from './ptz/camera-ptz.ts';
import { OnvifSession } from './session.ts';
import { Stay } from './stay.ts';
import type { Describe } from './streams.ts';

export interface OnvifCameraParts extends Place {
  /** Finds this very camera's device service, wherever it is now; without it, it is looked for at its place only. */
  readonly finder?: CameraFinder | undefined;
  readonly credentials: Credentials | undefined;
  /** Asks a stream for its true codecs; speaks RTSP, so it comes from outside this room. */
  readonly describe: Describe;
  /** Token of the media profile that the channel shows, or `auto`; tells which channel of a recorder it is. */
  readonly profile: string;
  readonly ptz: CameraPtz;
  /** Undefined: its events are not wanted. */
  readonly events: CameraEvents | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One ONVIF camera: finds it, stays with it, hands orders to the stay. Coming back is the caller's work. */
export class OnvifCamera implements Camera {
  readonly #parts: OnvifCameraParts;
  /** Where it answered last, so that a search of all ports is not the price of every return. */
  #device: URL | undefined;
  #stay: Stay | undefined;

  constructor(parts: OnvifCameraParts) {
    this.#parts = parts;
  }

  async watch(listener: CameraListener, signal: AbortSignal): Promise<void> {
    const alarms = this.#parts.events?.alarms;
    const stay = { run: (life: AbortSignal) => this.#visit((parts) => this.#lodge(parts, listener, life), life) };
    // Time ends alarms also while the camera cannot be heard.
    const time = alarms && { run: (life: AbortSignal) => alarms.run(listener, life) };
    try {
      await together(signal, time ? [stay, time] : [stay]);
    } catch (err) {
      if (!signal.aborted) {
        alarms?.offline();
        throw err;
      }
    }
    alarms?.remember();
  }

  info(signal: AbortSignal): Promise<CameraPicture> {
    return this.#visit(async (parts) => {
      const { services, sight } = await logIn(parts, signal);
      return { ...sight, services: [...services.keys()] };
    }, signal);
  }

  ptz(order: PtzOrder): void {
    if (this.#stay) this.#stay.order(order);
    else this.#parts.log.warn({ order }, 'the camera is not online; order forgotten');
  }

  halt(): void {
    this.#stay?.halt();
  }

  async presetIds(signal: AbortSignal): Promise<readonly number[]> {
    return this.#staying().presetIds(signal);
  }

  async reboot(signal: AbortSignal): Promise<void> {
    await this.#staying().reboot(signal);
  }

  async setClock(order: ClockOrder, signal: AbortSignal): Promise<void> {
    await this.#staying().setClock(order, signal);
  }

  async networkInterfaces(signal: AbortSignal): Promise<readonly NetworkInterface[]> {
    return this.#staying().networkInterfaces(signal);
  }

  async snapshot(signal: AbortSignal): Promise<Buffer> {
    return this.#staying().snapshot(signal);
  }

  #staying(): Stay {
    if (!this.#stay) throw new GatewayError('channel-offline', 'the camera is not online');
    return this.#stay;
  }

  async #lodge(parts: LoginParts, listener: CameraListener, signal: AbortSignal): Promise<void> {
    const { profile, ptz, events, clock } = this.#parts;
    const stay = await Stay.begin({ ...parts, profile, ptz, events, clock }, signal);
    this.#stay = stay;
    try {
      await stay.run(listener, signal);
    } finally {
      this.#stay = undefined;
    }
  }

  async #find(signal: AbortSignal): Promise<URL> {
    const { finder, clock, log } = this.#parts;
    if (finder) return finder.find(signal);
    return this.#device ?? (await findDevice(this.#parts, { clock, log }, signal));
  }

  async #visit<T>(work: (parts: LoginParts) => Promise<T>, signal: AbortSignal): Promise<T> {
    const { credentials, describe, finder, clock, log } = this.#parts;
    const device = await this.#find(signal);
    const confirm = finder && ((scope: AbortSignal) => finder.confirm(device, scope));
    const session = new OnvifSession({ device, credentials, confirm, clock, log });
    try {
      this.#device = device;
      return await work({ session, credentials, describe, confirm, log, known: new Map() });
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
}
