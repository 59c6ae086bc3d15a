import type { Clock } from './clock.ts';

/**
 * What a stamp leans on that was made while nobody vouched for the clock: the boot, and when that boot began by the clock
 * of then. Within one boot only the second can turn out to be wrong, by the same amount for all stamps.
 */
export interface Era {
  /** A few hexadecimal digits that name the boot. */
  readonly boot: string;
  /** Ms since 1970. */
  readonly bootedMs: number;
}

/** The time of day for whoever writes it down for others. */
export interface Stamps {
  /** As best known. */
  now(): Date;
  /** Somebody vouches for it. */
  readonly trusted: boolean;
  /** For a stamp made now; undefined while the time can be trusted. */
  readonly era: Era | undefined;
  /** What is to be added to a reading of the box's own clock at this moment, in ms; 0 where that is right, or unknown. */
  readonly clockOffMs: number;
  /** What is to be added to a stamp of that era, in ms; 0 while that is unknown. */
  correctionMs(era: Era | undefined): number;
}

/** A clock that is never wrong; for tests, and for what stamps nothing. */
export function plainStamps(clock: Clock): Stamps {
  return { now: () => clock.wall(), trusted: true, era: undefined, clockOffMs: 0, correctionMs: () => 0 };
}
