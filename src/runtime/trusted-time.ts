import type { Logger } from 'pino';
import type { Clock } from './clock.ts';
import type { Era, Stamps } from './stamps.ts';
import type { CertificateTime } from './tls-in-time.ts';

/**
 * Whether the clock of the box can be trusted, and what the time is where it cannot. A box without a battery for its
 * clock boots in 1970, or at its last shutdown. Knows no files and no network: others bring it what they hear.
 */

/** Who vouches for the time. */
export type Voucher = 'ntp' | 'rtc' | 'platform' | 'nobody';

/**
 * What the platform's word is worth, by how it came: a `Date` of HTTP is UTC and of this second; SyncTime's time has no
 * zone; `start_ts` is when a recording shall begin, which is mostly now.
 */
const WORTH = { start_ts: 1, sync_time: 2, date: 3, secure_date: 4, rtc: 5, ntp: 6 } as const;
export type PlatformWord = 'start_ts' | 'sync_time' | 'date' | 'secure_date';
/** From here on the word cannot have been altered on its way, and may bound what certificates are taken later. */
const BINDING = WORTH.secure_date;

/** When this was written: no clock that is right shows less. */
const EARLIEST_MS = Date.UTC(2026, 0);
/** Whole seconds, and the way through the network. */
const SAME_MS = 5_000;
/** A correction below that would only make stamps jump. */
const NOTICEABLE_MS = 2_000;
/** A voucher of the same rank is not followed in each second that its answers were under way. */
const DRIFTED_MS = 60_000;
const DAY_MS = 86_400_000;
const MOST_BOOTS = 16;

/** What is remembered over a restart. */
export interface KnownTime {
  /** The latest moment of which somebody vouched that it has been, in ms since 1970; and the one before this boot. */
  readonly latestMs: number;
  readonly earlierMs: number;
  /** When each boot really began, in ms since 1970, the newest last. */
  readonly boots: Readonly<Record<string, number>>;
}

export interface TrustedTimeParts {
  readonly clock: Clock;
  /** Since the boot, in ms; counts on whatever is done to the clock. */
  readonly uptimeMs: () => number;
  /** Names the boot, in a few hexadecimal digits. */
  readonly boot: string;
  readonly memory: { read(): KnownTime; write(known: KnownTime): void };
  readonly log: Logger;
}

export interface TimeStatus {
  readonly now: Date;
  readonly trusted: boolean;
  readonly by: Voucher;
}

export class TrustedTime implements Stamps, CertificateTime {
  readonly #parts: TrustedTimeParts;
  readonly #takenFrom = new Set<string>();
  #worth = 0;
  /** When this boot began, by the platform's word; undefined where the clock itself is right, or nothing is known. */
  #bootedMs: number | undefined;
  /** The same by the last word that contradicts what is believed and weighs no more; it counts when it is said again. */
  #contradictedMs: number | undefined;

  constructor(parts: TrustedTimeParts) {
    this.#parts = parts;
    // Another process has found it out in this boot.
    const known = parts.memory.read().boots[parts.boot];
    if (known === undefined) return;
    this.#worth = WORTH.date;
    if (this.#wasSetSince(known)) this.#bootedMs = known;
  }

  get trusted(): boolean {
    return this.#worth > 0;
  }

  get by(): Voucher {
    if (this.#worth === WORTH.ntp) return 'ntp';
    if (this.#worth === WORTH.rtc) return 'rtc';
    return this.trusted ? 'platform' : 'nobody';
  }

  get status(): TimeStatus {
    return { now: this.now(), trusted: this.trusted, by: this.by };
  }

  now(): Date {
    const { clock, uptimeMs } = this.#parts;
    return this.#bootedMs === undefined ? clock.wall() : new Date(this.#bootedMs + uptimeMs());
  }

  /** The same clock with the time of day as best known. */
  get clock(): Clock {
    const { clock } = this.#parts;
    return { now: () => clock.now(), wall: () => this.now(), sleep: (ms, signal) => clock.sleep(ms, signal) };
  }

  get clockIsRight(): boolean {
    return this.trusted && this.#bootedMs === undefined;
  }

  /**
   * Where the time is known from someone whose word cannot have been altered, that. Else the earliest at which the
   * certificate could be good, and neither before what is known to have been nor before what the clock shows: one that
   * ran out before any of these is never taken.
   */
  momentFor(notBefore: Date): Date {
    if (this.#worth >= BINDING) return this.now();
    const bounds = [notBefore, this.earliest, this.#parts.clock.wall(), this.now()];
    return new Date(Math.max(...bounds.map((bound) => bound.getTime())));
  }

  taken(host: string, moment: Date): void {
    const level = this.#takenFrom.has(host) ? 'debug' : 'warn';
    this.#takenFrom.add(host);
    const fields = { host, judged_at: moment.toISOString() };
    this.#parts.log[level](fields, 'a certificate was judged by another time than that of the clock');
  }

  /** No time before it can be now. */
  get earliest(): Date {
    return new Date(Math.max(EARLIEST_MS, this.#parts.memory.read().latestMs));
  }

  get clockOffMs(): number {
    return this.#bootedMs === undefined ? 0 : this.now().getTime() - this.#parts.clock.wall().getTime();
  }

  get era(): Era | undefined {
    if (this.trusted) return undefined;
    return { boot: this.#parts.boot, bootedMs: Math.round(this.#hostBootedMs) };
  }

  correctionMs(era: Era | undefined): number {
    if (!era) return 0;
    const { boot, memory } = this.#parts;
    const known = era.boot === boot && this.trusted ? this.#trueBootedMs : memory.read().boots[era.boot];
    // Of a boot that nobody has ever vouched for it is certain only that it was after all that was known before.
    const began = known ?? (era.boot === boot ? era.bootedMs : this.#before(era));
    const correction = began - era.bootedMs;
    return Math.abs(correction) < NOTICEABLE_MS ? 0 : Math.round(correction);
  }

  /** A time server, or a clock chip with a battery, keeps the clock of the box. */
  hostIsRight(by: 'ntp' | 'rtc'): void {
    if (WORTH[by] <= this.#worth) return;
    // A chip that was set before anything was known is none to trust.
    if (by === 'rtc' && this.#parts.clock.wall() < this.earliest) return;
    this.#bootedMs = undefined;
    this.#trust(WORTH[by], by);
  }

  /** The platform has told the time. */
  heard(at: Date, how: PlatformWord): void {
    const worth = WORTH[how];
    if (worth < this.#worth || at.getTime() < EARLIEST_MS) return;
    const { clock, uptimeMs } = this.#parts;
    const offMs = at.getTime() - this.now().getTime();
    const hostOffMs = at.getTime() - clock.wall().getTime();
    if (this.trusted && Math.abs(offMs) <= (worth === this.#worth ? DRIFTED_MS : SAME_MS)) {
      this.#worth = worth;
      this.#contradictedMs = undefined;
      return;
    }
    if (worth === this.#worth && !this.#isSaidAgain(at.getTime() - uptimeMs())) return;
    this.#bootedMs = Math.abs(hostOffMs) <= SAME_MS ? undefined : at.getTime() - uptimeMs();
    this.#trust(worth, how);
  }

  /** Two servers of one platform whose clocks differ would else be believed by turns. */
  #isSaidAgain(bootedMs: number): boolean {
    const before = this.#contradictedMs ?? Number.NaN;
    const again = Math.abs(bootedMs - before) <= DRIFTED_MS;
    this.#contradictedMs = again ? undefined : bootedMs;
    return again;
  }

  /** Remembers that time has passed, once a day: a memory card wears. And where the clock is kept for us and was set again, that. */
  remember(): void {
    if (!this.trusted) return;
    const { memory, boot } = this.#parts;
    const known = memory.read();
    const now = this.now().getTime();
    const { boots } = known;
    if (this.#worth >= WORTH.rtc && this.#wasSetSince(boots[boot] ?? 0)) {
      memory.write({ ...known, boots: { ...boots, [boot]: Math.round(this.#trueBootedMs) } });
    }
    if (this.#worth >= BINDING && now - known.latestMs >= DAY_MS) memory.write({ ...memory.read(), latestMs: now });
  }

  #trust(worth: number, how: string): void {
    const { clock, memory, boot, log } = this.#parts;
    this.#worth = worth;
    const offSeconds = Math.round((this.now().getTime() - clock.wall().getTime()) / 1000);
    const fields = { by: this.by, how, ...(offSeconds !== 0 && { clock_off_seconds: offSeconds }) };
    if (offSeconds === 0) log.info(fields, 'the time of this box can be trusted');
    else log.warn(fields, 'the clock of this box is wrong, so the platform is believed');
    const { latestMs, earlierMs, boots } = memory.read();
    const { [boot]: before, ...others } = boots;
    memory.write({
      latestMs: worth >= BINDING ? this.now().getTime() : latestMs,
      earlierMs: before === undefined ? latestMs : earlierMs,
      boots: Object.fromEntries([...Object.entries(others), [boot, Math.round(this.#trueBootedMs)]].slice(-MOST_BOOTS)),
    });
  }

  get #hostBootedMs(): number {
    return this.#parts.clock.wall().getTime() - this.#parts.uptimeMs();
  }

  /** The clock shows another time than it would had it run on since then: uptime and clock drift as one, only setting parts them. */
  #wasSetSince(bootedMs: number): boolean {
    return Math.abs(bootedMs - this.#hostBootedMs) > SAME_MS;
  }

  get #trueBootedMs(): number {
    return this.#bootedMs ?? this.#hostBootedMs;
  }

  #before({ bootedMs }: Era): number {
    // A clock that stood at its last shutdown is as good a guess as any; one of 1970 is none.
    return bootedMs >= EARLIEST_MS ? bootedMs : this.#parts.memory.read().earlierMs;
  }
}
