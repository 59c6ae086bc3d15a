import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { uptime } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import type { Runnable } from '../runtime/supervise.ts';
import type { TrustedTime } from '../runtime/trusted-time.ts';
import { ntpSynchronised } from './ntp.ts';

export interface ClockWatchParts {
  readonly time: TrustedTime;
  readonly clock: Clock;
  readonly log: Logger;
  /** Where the kernel tells of the clock chip; another place for tests. */
  readonly sys?: string;
  readonly underNtp?: (signal: AbortSignal) => Promise<boolean>;
}

/** A time server answers some seconds after the boot, or not for long; each look starts a program. */
const PAUSES = { leastMs: 2_000, growth: 2, mostMs: 300_000 };
const ONCE_SET_MS = 3_600_000;
/** From here on it is worth a line that nobody vouches for the time. */
const TELL_AFTER_MS = 60_000;

/** Looks whether a time server or a clock chip keeps the clock of the box, and tells the gateway's own time. */
export class ClockWatch implements Runnable {
  readonly #parts: ClockWatchParts;

  constructor(parts: ClockWatchParts) {
    this.#parts = parts;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { time, clock, log } = this.#parts;
    const since = clock.now();
    let told = false;
    for (let waitMs = PAUSES.leastMs; !signal.aborted; waitMs = Math.min(waitMs * PAUSES.growth, PAUSES.mostMs)) {
      await this.look(signal);
      time.remember();
      if (!told && !time.trusted && clock.now() - since > TELL_AFTER_MS) {
        told = true;
        log.warn('nobody vouches for the time of this box');
      }
      await clock.sleep(time.by === 'ntp' ? ONCE_SET_MS : waitMs, signal);
    }
  }

  /** One look, now. */
  async look(signal: AbortSignal): Promise<void> {
    const { time, clock, sys = '/sys', underNtp = ntpSynchronised } = this.#parts;
    if (time.by === 'ntp') return;
    if (await underNtp(signal)) time.hostIsRight('ntp');
    else if (await chipAgrees(sys, clock)) time.hostIsRight('rtc');
  }
}

/** Drift of a chip that nobody has set for months. */
const MOST_DRIFT_MS = 120_000;

/**
 * The clock was set from a chip at the boot, and the chip still says the same. A chip that lost its power begins at its
 * own zero, and a system that knows better (it was built, or shut down, later) has moved on from there.
 */
export async function chipAgrees(sys: string, clock: Clock): Promise<boolean> {
  const chip = (file: string): Promise<string> => readFile(join(sys, 'class/rtc/rtc0', file), 'utf8').catch(() => '');
  if ((await chip('hctosys')).trim() !== '1') return false;
  const seconds = Number.parseInt(await chip('since_epoch'), 10);
  return Math.abs(seconds * 1000 - clock.wall().getTime()) < MOST_DRIFT_MS;
}

/** The boot that we are in: its name, and how long ago it was. */
export const thisBoot = {
  get boot(): string {
    try {
      return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').replaceAll('-', '').slice(0, 12);
    } catch {
      // Not Linux, or hidden: each process counts as a boot of its own.
      return randomBytes(6).toString('hex');
    }
  },
  uptimeMs: (): number => uptime() * 1000,
};
