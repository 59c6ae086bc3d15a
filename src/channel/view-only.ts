import type { Logger } from 'pino';
import { GatewayError } from '../runtime/errors.ts';
import type { Camera, NetworkInterface, PtzOrder } from './ports.ts';

/** What a camera that can only be watched does with orders: says so. A base for such cameras. */
export abstract class ViewOnly implements Omit<Camera, 'watch' | 'info'> {
  readonly #log: Logger;

  constructor(log: Logger) {
    this.#log = log;
  }

  ptz(order: PtzOrder): void {
    this.#log.warn({ order }, 'the camera cannot be moved');
  }

  halt(): void {
    // Nothing moves.
  }

  presetIds(): Promise<readonly number[]> {
    return refused('the camera has no presets');
  }

  reboot(): Promise<void> {
    return refused('the camera cannot be rebooted');
  }

  setClock(): Promise<void> {
    return refused('the clock of the camera cannot be set');
  }

  networkInterfaces(): Promise<readonly NetworkInterface[]> {
    return refused('the camera does not tell its network');
  }

  snapshot(): Promise<Buffer> {
    return refused('the camera has no snapshot');
  }
}

function refused(sentence: string): Promise<never> {
  return Promise.reject(new GatewayError('unsupported', sentence));
}
