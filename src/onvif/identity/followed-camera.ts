import type { Camera, CameraListener, CameraPicture, NetworkInterface, PtzOrder } from '../../channel/ports.ts';
import type { Place } from '../endpoint.ts';
import { placeOf, type Whereabouts } from './whereabouts.ts';

export interface FollowedCameraParts {
  readonly whereabouts: Whereabouts;
  /** The camera at a place that has been found. */
  readonly cameraAt: (place: Place) => Camera;
  /** What orders meet before the first stay. */
  readonly absent: Camera;
  /** The camera has been lost: a scan would be welcome. */
  readonly lost: () => void;
}

/** A camera that keeps its channel wherever it goes: found again, by who it is, before each stay. */
export class FollowedCamera implements Camera {
  readonly #parts: FollowedCameraParts;
  #camera: Camera;
  #address = '';
  #missed = false;

  constructor(parts: FollowedCameraParts) {
    this.#parts = parts;
    this.#camera = parts.absent;
  }

  async watch(listener: CameraListener, signal: AbortSignal): Promise<void> {
    try {
      await this.#find(signal);
      this.#missed = false;
    } catch (err) {
      if (signal.aborted) return;
      if (!this.#missed) this.#parts.lost();
      this.#missed = true;
      throw err;
    }
    await this.#camera.watch(listener, signal);
  }

  async info(signal: AbortSignal): Promise<CameraPicture> {
    await this.#find(signal);
    return this.#camera.info(signal);
  }

  ptz(order: PtzOrder): void {
    this.#camera.ptz(order);
  }

  halt(): void {
    this.#camera.halt();
  }

  presetIds(signal: AbortSignal): Promise<readonly number[]> {
    return this.#camera.presetIds(signal);
  }

  reboot(signal: AbortSignal): Promise<void> {
    return this.#camera.reboot(signal);
  }

  setClock(toleranceMs: number, signal: AbortSignal): Promise<void> {
    return this.#camera.setClock(toleranceMs, signal);
  }

  networkInterfaces(signal: AbortSignal): Promise<readonly NetworkInterface[]> {
    return this.#camera.networkInterfaces(signal);
  }

  snapshot(signal: AbortSignal): Promise<Buffer> {
    return this.#camera.snapshot(signal);
  }

  async #find(signal: AbortSignal): Promise<void> {
    const { whereabouts, cameraAt } = this.#parts;
    const device = await whereabouts.find(signal);
    if (device.href === this.#address) return;
    this.#camera = cameraAt(placeOf(device));
    this.#address = device.href;
  }
}
