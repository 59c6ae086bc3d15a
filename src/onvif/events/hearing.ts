import type { HearingState } from '../../channel/ports.ts';

/** What is remembered of how much a camera talks. */
export interface HeardBefore {
  /** The last news, as ISO 8601. */
  readonly heardAt: string;
  /** The longest silence that ended by itself. */
  readonly longestMs: number;
  /** Listened to since the last news. */
  readonly quietMs: number;
}

/** Where that is kept over restarts. */
export interface HearingMemory {
  recall(): HeardBefore | undefined;
  keep(heard: HeardBefore): void;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
/**
 * A camera of a yard where nothing happens over the weekend is silent for that long every week, and is not to be
 * reported for it more than once. Chosen here, to be checked on hardware.
 */
const TIMES = { silentMs: DAY_MS, longestMs: 14 * DAY_MS, unheardMs: 15 * 60_000 };
/** What is remembered need not be newer: SD cards wear. */
const KEEP_MS = DAY_MS;
/** What comes right after a subscription is state and not news, unless it says that something changed. */
const SYNC_MS = 3000;

/**
 * Whether a camera that used to talk still does. It is silent after a day in which it was listened to and had nothing
 * to say, or twice its longest silence so far, whichever is longer; and when it is there but gives no subscription for a
 * quarter of an hour. Time in which nobody listened does not count, so a restart neither forgets nor accuses. Knows no
 * clock: every call says what time it is.
 */
export class Hearing {
  readonly #memory: HearingMemory | undefined;
  #mode: HearingState['mode'] = 'none';
  #heard: HeardBefore | undefined;
  #keptMs = Number.NEGATIVE_INFINITY;
  #lastMs: number | undefined;
  #subscribedMs = Number.NEGATIVE_INFINITY;
  /** Since when the camera is there without a subscription. */
  #unheardSinceMs: number | undefined;

  constructor(memory?: HearingMemory) {
    this.#memory = memory;
    this.#heard = memory?.recall();
  }

  /** The camera is there; its events are about to be listened to. */
  began(nowMs: number): void {
    this.#unheardSinceMs = nowMs;
  }

  subscribed(mode: 'pull' | 'webhook', nowMs: number): void {
    this.#pass(nowMs);
    this.#mode = mode;
    this.#subscribedMs = nowMs;
  }

  /** The subscription is over; the camera is there still. */
  lost(nowMs: number): void {
    this.#pass(nowMs);
    this.#unheardSinceMs ??= nowMs;
    this.#mode = 'none';
  }

  /** The camera is out of reach, which is another trouble. */
  offline(nowMs: number): void {
    this.lost(nowMs);
    this.#unheardSinceMs = undefined;
  }

  /** The subscription works, whatever it brings. */
  answered(): void {
    this.#unheardSinceMs = undefined;
  }

  /** Messages about this camera; `changed` when one of them says that it is news. */
  heard(changed: boolean, nowMs: number, wall: Date): void {
    this.#pass(nowMs);
    if (!changed && nowMs - this.#subscribedMs <= SYNC_MS) return;
    const { longestMs = 0, quietMs = 0 } = this.#heard ?? {};
    const first = this.#heard === undefined || quietMs > longestMs;
    this.#heard = { heardAt: wall.toISOString(), longestMs: Math.max(longestMs, quietMs), quietMs: 0 };
    if (first && quietMs > HOUR_MS) this.#keptMs = Number.NEGATIVE_INFINITY;
    this.#keepSometimes(nowMs);
  }

  /** Lets time pass. */
  tick(nowMs: number): void {
    this.#pass(nowMs);
    this.#keepSometimes(nowMs);
  }

  /** Writes down what is known, because nobody listens from now on. */
  end(nowMs: number): void {
    this.offline(nowMs);
    if (this.#heard) this.#memory?.keep(this.#heard);
  }

  /** When `tick` should be called next to say in time that the camera is silent. */
  dueMs(nowMs: number): number | undefined {
    if (!this.#heard) return undefined;
    const silentMs = this.#mode === 'none' ? Number.NaN : nowMs + patienceMs(this.#heard) - this.#heard.quietMs;
    const unheardMs = (this.#unheardSinceMs ?? Number.NaN) + TIMES.unheardMs;
    const [first] = [silentMs, unheardMs].filter((ms) => ms > nowMs).sort((a, b) => a - b);
    return first;
  }

  state(nowMs: number, wall: Date): Pick<HearingState, 'mode' | 'heardAt' | 'silentSince'> {
    const heard = this.#heard;
    const ago = (ms: number): Date => new Date(wall.getTime() - ms);
    const unheardMs = this.#unheardSinceMs === undefined ? 0 : nowMs - this.#unheardSinceMs;
    const silent = heard && heard.quietMs >= patienceMs(heard) ? ago(heard.quietMs) : undefined;
    const unheard = heard && unheardMs >= TIMES.unheardMs ? ago(unheardMs) : undefined;
    return {
      mode: this.#mode,
      heardAt: heard && new Date(heard.heardAt),
      silentSince: silent ?? unheard,
    };
  }

  #pass(nowMs: number): void {
    const passedMs = nowMs - (this.#lastMs ?? nowMs);
    this.#lastMs = nowMs;
    if (!this.#heard || this.#mode === 'none') return;
    this.#heard = { ...this.#heard, quietMs: this.#heard.quietMs + passedMs };
  }

  #keepSometimes(nowMs: number): void {
    if (!this.#heard || nowMs - this.#keptMs < KEEP_MS) return;
    this.#keptMs = nowMs;
    this.#memory?.keep(this.#heard);
  }
}

function patienceMs({ longestMs }: HeardBefore): number {
  return Math.min(Math.max(TIMES.silentMs, 2 * longestMs), TIMES.longestMs);
}
