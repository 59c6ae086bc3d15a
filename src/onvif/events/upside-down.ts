import type { Alarm } from '../../channel/alarm.ts';

interface Share {
  readonly alarm: Alarm;
  on: boolean;
  onMs: number;
  offs: number;
}

const DAY_MS = 24 * 3_600_000;
const NEARLY_ALWAYS = 0.95;
/** A camera that keeps inventing object ids must not fill the memory. */
const MOST_STATES = 200;

/**
 * Alarms that may be upside down: cameras that say "motion" while nothing moves (ONVIF field guide 2.3). On for more
 * than 95 % of a day that was listened to, and off in between: one that never says off is another matter. Nobody's alarms
 * are turned over for that; it is a hint for the installer. Knows no clock.
 */
export class UpsideDown {
  readonly #shares = new Map<string, Share>();
  #suspects: ReadonlySet<Alarm> = new Set();
  #windowMs = 0;
  #lastMs: number | undefined;

  get suspects(): ReadonlySet<Alarm> {
    return this.#suspects;
  }

  /** A state of the camera, as it says it. */
  said(key: string, alarm: Alarm, on: boolean): void {
    const before = this.#shares.get(key);
    if (!before && this.#shares.size >= MOST_STATES) return;
    const share = before ?? { alarm, on, onMs: 0, offs: 0 };
    if (share.on && !on) share.offs++;
    share.on = on;
    this.#shares.set(key, share);
  }

  /** Lets time pass; what passes while nobody listens does not count. */
  tick(nowMs: number, listening: boolean): void {
    const passedMs = nowMs - (this.#lastMs ?? nowMs);
    this.#lastMs = nowMs;
    if (!listening) return;
    this.#windowMs += passedMs;
    for (const share of this.#shares.values()) if (share.on) share.onMs += passedMs;
    if (this.#windowMs >= DAY_MS) this.#judge();
  }

  #judge(): void {
    const all = [...this.#shares.values()];
    const suspects = all.filter(({ onMs, offs }) => offs > 0 && onMs > this.#windowMs * NEARLY_ALWAYS);
    this.#suspects = new Set(suspects.map(({ alarm }) => alarm));
    this.#windowMs = 0;
    for (const share of all) Object.assign(share, { onMs: 0, offs: 0 });
  }
}
