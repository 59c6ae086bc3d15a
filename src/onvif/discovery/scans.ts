import type { Logger } from 'pino';
import { Bell } from '../../runtime/bell.ts';
import type { Clock } from '../../runtime/clock.ts';
import { aborted, Scope } from '../../runtime/scope.ts';
import type { Runnable } from '../../runtime/supervise.ts';
import { type DiscoveredDevice, keysOf } from './device.ts';

/** A device, and when it last answered a scan. */
export interface Sighting {
  readonly device: DiscoveredDevice;
  readonly at: Date;
}

/** What one finished scan has found. */
export type ScanHeard = (found: readonly DiscoveredDevice[]) => void;

export interface ScansParts {
  /** Undefined: only when somebody asks. */
  readonly intervalMs: number | undefined;
  /** One scan; never rejects. */
  readonly scan: (signal: AbortSignal) => Promise<readonly DiscoveredDevice[]>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Asked for by a person or by a camera that is lost (ONVIF field guide 4.5). */
const SOONEST_MS = 10_000;
const MOST_SIGHTINGS = 512;
/** A device that was not seen for so many intervals is forgotten. */
const KEPT_INTERVALS = 3;
const SHORTEST_KEPT_MS = 180_000;

interface Kept extends Sighting {
  readonly atMs: number;
}

/** Scans now and again, and keeps what was found. Proves nothing of whom it finds. */
export class Scans implements Runnable {
  readonly #parts: ScansParts;
  readonly #wishes = new Bell();
  readonly #listeners = new Set<ScanHeard>();
  #sightings: readonly Kept[] = [];
  #begunMs = Number.NEGATIVE_INFINITY;
  #endedAt: Date | undefined;
  #waiting: Array<() => void> = [];

  constructor(parts: ScansParts) {
    this.#parts = parts;
  }

  /** Whoever has answered lately, the latest first. */
  get sightings(): readonly Sighting[] {
    return this.#sightings;
  }

  /** When the last scan ended; undefined before the first. */
  get endedAt(): Date | undefined {
    return this.#endedAt;
  }

  /** Hears of each finished scan for as long as the object lives. */
  onScan(heard: ScanHeard): void {
    this.#listeners.add(heard);
  }

  /** A scan soon: within ten seconds of the last one it waits for these to be over. */
  wish(): void {
    this.#wishes.ring();
  }

  /** The same, and resolves with what is known once that scan is over, or when the signal aborts. */
  async now(signal: AbortSignal): Promise<readonly Sighting[]> {
    const over = new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.wish();
    const scope = new Scope(signal);
    await Promise.race([over, aborted(scope.signal)]).finally(() => scope.end());
    return this.#sightings;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { intervalMs } = this.#parts;
    if (intervalMs !== undefined) this.wish();
    while (!signal.aborted) {
      await this.#due(signal);
      if (!signal.aborted) await this.#once(signal);
    }
    // Nobody is to wait for a scan that will not be.
    for (const resolve of this.#waiting.splice(0)) resolve();
  }

  /** Resolves when the interval is over, or somebody wishes and it is not too soon. */
  async #due(signal: AbortSignal): Promise<void> {
    const { clock, intervalMs } = this.#parts;
    const scope = new Scope(signal);
    try {
      const wished = this.#wishes.heard(scope.signal);
      const patience = intervalMs === undefined ? [] : [clock.sleep(this.#leftMs(intervalMs), scope.signal)];
      await Promise.race([wished, ...patience]);
    } finally {
      scope.end();
    }
    const tooSoonMs = this.#leftMs(SOONEST_MS);
    if (tooSoonMs > 0) await clock.sleep(tooSoonMs, signal);
  }

  #leftMs(ms: number): number {
    return Math.max(0, this.#begunMs + ms - this.#parts.clock.now());
  }

  async #once(signal: AbortSignal): Promise<void> {
    const { scan, clock, log } = this.#parts;
    this.#begunMs = clock.now();
    const waiting = this.#waiting.splice(0);
    const found = await scan(signal);
    if (signal.aborted) return;
    this.#keep(found);
    this.#endedAt = clock.wall();
    log.debug({ devices: found.length }, 'scanned');
    for (const resolve of waiting) resolve();
    for (const heard of this.#listeners) heard(found);
  }

  #keep(found: readonly DiscoveredDevice[]): void {
    const { clock, intervalMs = 0 } = this.#parts;
    const atMs = clock.now();
    const at = clock.wall();
    const keys = new Set(found.flatMap(keysOf));
    const oldestMs = atMs - Math.max(SHORTEST_KEPT_MS, KEPT_INTERVALS * intervalMs);
    const others = this.#sightings.filter(
      (kept) => kept.atMs >= oldestMs && !keysOf(kept.device).some((key) => keys.has(key)),
    );
    this.#sightings = [...found.map((device) => ({ device, at, atMs })), ...others].slice(0, MOST_SIGHTINGS);
  }
}
