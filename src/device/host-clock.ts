import type { Logger } from 'pino';
import type { ClockOrder } from '../channel/ports.ts';
import type { Clock } from '../runtime/clock.ts';
import { runProgram } from '../runtime/program.ts';
import { ntpSynchronised } from './ntp.ts';

export interface HostClockParts {
  /** The configuration lets the platform set it. */
  readonly maySet: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /** Whether NTP keeps the clock; another's word for tests. */
  readonly underNtp?: (signal: AbortSignal) => Promise<boolean>;
  /** Sets the clock to a moment; another way for tests. */
  readonly set?: (at: Date, signal: AbortSignal) => Promise<unknown>;
}

/** The clock of the box itself, as SyncTime may set it. */
export class HostClock {
  readonly #parts: HostClockParts;

  constructor(parts: HostClockParts) {
    this.#parts = parts;
  }

  /**
   * Sets the clock where it is off by more than the order allows, where it may, and where NTP does not keep it. Never
   * throws; resolves with what the order means by the clock as it is then, for the cameras.
   */
  async sync(order: ClockOrder, signal: AbortSignal): Promise<ClockOrder> {
    const { maySet, clock, log, underNtp = ntpSynchronised, set = setClock } = this.#parts;
    if (!maySet || Math.abs(order.aheadMs) <= order.toleranceMs) return order;
    const aheadSeconds = Math.round(order.aheadMs / 1000);
    if (await underNtp(signal)) {
      log.info({ ahead_seconds: aheadSeconds }, 'the clock of this box is left alone: NTP keeps it');
      return order;
    }
    const before = steps(clock);
    try {
      await set(new Date(clock.wall().getTime() + order.aheadMs), signal);
      log.info({ ahead_seconds: aheadSeconds }, 'the clock of this box is set');
    } catch (err) {
      log.warn({ err }, 'the clock of this box cannot be set');
    }
    return { ...order, aheadMs: order.aheadMs - (steps(clock) - before) };
  }
}

/** The wall clock against the one that no one sets: differs by what the clock was set by. */
const steps = (clock: Clock): number => clock.wall().getTime() - clock.now();

/** By `date`, which every Linux has; it needs the capability CAP_SYS_TIME. */
async function setClock(at: Date, signal: AbortSignal): Promise<void> {
  await runProgram(['date', '-s', `@${(at.getTime() / 1000).toFixed(3)}`], signal);
}
