import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import type { Answers } from './answers.ts';
import type { Bell } from './bell.ts';
import { Device } from './device.ts';
import type { Faults } from './faults.ts';
import type { BookLimits } from './packet-book.ts';

export interface DevicesParts {
  readonly answers: Answers;
  readonly faults: Faults;
  readonly limits: BookLimits & { readonly devices: number };
  readonly bell: Bell;
  readonly clock: Clock;
  readonly log: Logger;
  /** Ends with the platform. */
  readonly signal: AbortSignal;
}

/** Who has an account or has logged in, by login code. */
export class Devices {
  readonly #parts: DevicesParts;
  readonly #known = new Map<string, Device>();

  constructor(parts: DevicesParts) {
    this.#parts = parts;
  }

  get all(): ReadonlyMap<string, Device> {
    return this.#known;
  }

  /** The device of that code, made at the first call; undefined when there are too many already. */
  admit(code: string): Device | undefined {
    const { answers, faults, limits, bell, clock, log, signal } = this.#parts;
    const known = this.#known.get(code);
    if (known || this.#known.size >= limits.devices) return known;
    const own = { code, faults: () => faults.link(code), log: log.child({ device: code }) };
    const device = new Device({ ...own, answers, limits, bell, clock, signal });
    this.#known.set(code, device);
    return device;
  }

  /** @throws GatewayError `link-lost` for one that never logged in */
  get(code: string): Device {
    const device = this.#known.get(code);
    if (!device) throw new GatewayError('link-lost', 'no such device has logged in', { device: code });
    return device;
  }
}
