import type { Logger } from 'pino';
import type { ClockOrder } from '../channel/ports.ts';
import type { Clock } from '../runtime/clock.ts';
import { HostClock } from './host-clock.ts';
import { aheadMs, localDateTime } from './local-time.ts';
import { type Restart, reboot } from './reboot.ts';
import type { UpgradeOrder } from './upgrade/upgrader.ts';

export interface BoxParts {
  readonly rebootCommand: readonly string[] | undefined;
  /** SyncTime may set the clock. */
  readonly maySetClock: boolean;
  readonly restart: Restart;
  readonly upgrade: (order: UpgradeOrder) => void;
  /** Hears what time SyncTime means. */
  readonly heard: (at: Date) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

export type DeviceBox = ReturnType<typeof boxFor>;

/** What the platform may order of the box itself. */
export function boxFor(parts: BoxParts) {
  const { rebootCommand: command, maySetClock: maySet, restart, upgrade, heard, clock, log } = parts;
  const hostClock = new HostClock({ maySet, clock, log });
  return {
    localDateTime: (): string => localDateTime(clock.wall()),
    aheadMs: (written: string): number => aheadMs(written, clock.wall()),
    syncClock: (order: ClockOrder, signal: AbortSignal): Promise<ClockOrder> => {
      heard(new Date(clock.wall().getTime() + order.aheadMs));
      return hostClock.sync(order, signal);
    },
    upgrade,
    reboot: (signal: AbortSignal) => reboot({ command, restart, log }, signal),
  };
}
