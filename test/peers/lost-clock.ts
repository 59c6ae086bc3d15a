import type { Clock } from '../../src/runtime/clock.ts';
import { type KnownTime, TrustedTime } from '../../src/runtime/trusted-time.ts';
import { readableLog } from './readable-log.ts';

/** A box without a battery for its clock: it thinks that it is in 1970, and nobody vouches for it. */
export function lostTime(clock: Clock, { boot = 'b007', bootedMs = 0 }: { boot?: string; bootedMs?: number } = {}) {
  let known: KnownTime = { latestMs: 0, earlierMs: 0, boots: {} };
  const memory = {
    read: () => known,
    write: (next: KnownTime) => {
      known = next;
    },
  };
  const host: Clock = {
    now: () => clock.now(),
    wall: () => new Date(bootedMs + clock.now()),
    sleep: (ms, signal) => clock.sleep(ms, signal),
  };
  return new TrustedTime({ clock: host, uptimeMs: () => clock.now(), boot, memory, log: readableLog().log });
}
