import type { Logger } from 'pino';
import type { Credentials } from '../../channel/ports.ts';
import { Bell } from '../../runtime/bell.ts';
import type { Clock } from '../../runtime/clock.ts';
import { GatewayError, isKind } from '../../runtime/errors.ts';
import type { Runnable } from '../../runtime/supervise.ts';
import { type DiscoveredDevice, isOnvif } from '../discovery/device.ts';
import type { ProbeHost } from '../discovery/probe-host.ts';
import { findDevice, placeOf } from '../endpoint.ts';
import { type CameraIdentity, isProof, isTelling, joined, likeness, NOBODY, nameOf } from './identity.ts';
import { introduced, type Stranger, whoAnswers } from './introduction.ts';
import { announcedIdentity } from './questions.ts';
import type { Refusals } from './refusals.ts';

/** A camera that has let us in and belongs to no channel that is known by its address. */
export interface Newcomer {
  readonly identity: CameraIdentity;
  /** It has said so much without a login that it can be known again by that. */
  readonly openly: boolean;
  /** Its device service. */
  readonly device: URL;
  readonly name: string;
  /** Which of the accounts it takes, from 0. */
  readonly account: number;
}

export interface NewcomersParts {
  /** Tried in turn, once each in a run of the gateway. */
  readonly accounts: readonly (Credentials | undefined)[];
  /** True for a device that a channel has already, by its address or by what it says without a login. */
  readonly isTaken: (device: URL, identity: CameraIdentity) => boolean;
  readonly welcome: (newcomer: Newcomer) => void;
  readonly refusals: Refusals;
  readonly probe: ProbeHost;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What is known of a device before a login. */
interface Seen {
  readonly found: DiscoveredDevice;
  readonly told: CameraIdentity;
}

const AT_ONCE = 4;
const MOST_REMEMBERED = 2048;

/** Looks at devices that scans have found and that no channel has, and logs in to those that take one of the accounts. */
export class Newcomers implements Runnable {
  readonly #parts: NewcomersParts;
  readonly #bell = new Bell();
  readonly #tried = new Set<string>();
  #found: readonly DiscoveredDevice[] = [];

  constructor(parts: NewcomersParts) {
    this.#parts = parts;
  }

  /** What a scan has found; what an earlier one found and nobody has looked at yet is forgotten. */
  heard(found: readonly DiscoveredDevice[]): void {
    this.#found = found;
    this.#bell.ring();
  }

  async run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      await this.#bell.heard(signal);
      const queue = [...this.#found];
      const worker = async (): Promise<void> => {
        for (let each = queue.shift(); each && !signal.aborted; each = queue.shift()) await this.#meet(each, signal);
      };
      await Promise.all(Array.from({ length: AT_ONCE }, worker));
    }
  }

  async #meet(found: DiscoveredDevice, signal: AbortSignal): Promise<void> {
    const { isTaken, probe, clock, log } = this.#parts;
    const announced = announcedIdentity(found);
    if (!isOnvif(found) || isTaken(found.xaddr, announced) || !this.#hasUntried(found)) return;
    try {
      // Whoever does not answer as an ONVIF device gets no login: printers answer probes, too.
      const device = await findDevice(placeOf(found.xaddr), { clock, log }, signal);
      const stranger = { device, probe, clock, log };
      const told = joined(announced, await whoAnswers(stranger, NOBODY, signal));
      if (!isTaken(device, told)) await this.#logIn(stranger, { found, told }, signal);
    } catch (err) {
      if (signal.aborted) return;
      if (!(err instanceof GatewayError)) throw err;
      log.debug({ err, address: found.xaddr.host }, 'discovered device not looked at');
    }
  }

  async #logIn(stranger: Stranger, { found, told }: Seen, signal: AbortSignal): Promise<void> {
    const { accounts, refusals, log } = this.#parts;
    const { host } = stranger.device;
    for (const [account, credentials] of accounts.entries()) {
      if (signal.aborted || !refusals.mayTry(host)) return;
      if (this.#isTried(found, account)) continue;
      this.#note(found, account);
      const refused = (times: number): void => refusals.note(host, credentials, times);
      try {
        const introduction = { credentials, digestOnly: true, toTheTest: true, refused };
        const identity = await introduced(stranger, introduction, signal);
        const openly = isProof(likeness(identity, told));
        this.#greet({ identity, openly, device: stranger.device, name: found.name, account });
        return;
      } catch (err) {
        if (!isKind(err, 'camera-unauthorized')) {
          this.#forget(found, account);
          throw err;
        }
        log.debug({ err, address: host, account }, 'discovered camera refuses a login');
      }
    }
    if (!this.#hasUntried(found))
      log.warn({ address: host, name: found.name }, 'a discovered camera takes no known login');
  }

  #greet(newcomer: Newcomer): void {
    const { log, isTaken, welcome } = this.#parts;
    const { identity, device } = newcomer;
    if (!isTelling(identity)) {
      log.warn({ address: device.host }, 'a discovered camera cannot be told from others; give it a channel');
    } else if (!isTaken(device, identity)) {
      log.debug({ address: device.host, camera: nameOf(identity) }, 'a discovered camera has let us in');
      welcome(newcomer);
    }
  }

  #hasUntried(found: DiscoveredDevice): boolean {
    return this.#parts.accounts.some((_, account) => !this.#isTried(found, account));
  }

  #isTried(found: DiscoveredDevice, account: number): boolean {
    return this.#tried.has(`${account} ${keyOf(found)}`);
  }

  #note(found: DiscoveredDevice, account: number): void {
    this.#tried.add(`${account} ${keyOf(found)}`);
    for (const oldest of this.#tried) {
      if (this.#tried.size <= MOST_REMEMBERED) break;
      this.#tried.delete(oldest);
    }
  }

  #forget(found: DiscoveredDevice, account: number): void {
    this.#tried.delete(`${account} ${keyOf(found)}`);
  }
}

/** One camera, by what stays the same of it; endpoints are shared, and made anew. */
function keyOf({ xaddr, mac }: DiscoveredDevice): string {
  return mac ?? xaddr.host;
}
