import { ALARMS, type Alarm } from '../../channel/alarm.ts';
import type { Item, Notification } from './notification.ts';
import { type ReadingOptions, reading, type Signal } from './reading.ts';
import type { EndMode } from './topics.ts';
import { UpsideDown } from './upside-down.ts';

/** An alarm of the channel begins or ends. */
export interface AlarmEdge {
  readonly alarm: Alarm;
  readonly state: 'start' | 'end';
  /** When it happened, on the monotonic clock. */
  readonly atMs: number;
  /** For a person. */
  readonly desc: string;
  /** It was already so when we subscribed. */
  readonly initial: boolean;
}

export interface TrackerOptions extends ReadingOptions {
  /** False: what is on while subscribing is no alarm until it is said again. */
  readonly startOnInitialized?: boolean;
}

/** Values of the ONVIF field guide 2.3, chosen there, to be checked on hardware. */
export const TIMES = {
  pulseMs: 10_000,
  unreliableMs: 60_000,
  failsafeMs: 600_000,
  syncMs: 3000,
  quietMs: 1000,
  offlineMs: 30_000,
};

/** One state of the camera that is on: a topic, with its source, its key and the item. */
interface Active {
  readonly alarm: Alarm;
  /** Topic, source and key: what a Deleted ends. */
  readonly group: string;
  readonly topic: string;
  readonly end: EndMode;
  readonly holdMs: number | undefined;
  readonly desc: string;
  readonly sinceMs: number;
  readonly lastOnMs: number;
  readonly initial: boolean;
}

/** What an alarm was last said to be. */
interface Told {
  readonly desc: string | undefined;
  readonly endedMs: number;
}

/** What a topic of this camera has shown of itself. */
interface Habit {
  readonly endsSeen: boolean;
  readonly failsafes: number;
}

const NEVER_TOLD: Told = { desc: undefined, endedMs: Number.NEGATIVE_INFINITY };
const NEW: Habit = { endsSeen: false, failsafes: 0 };
/** A camera that keeps inventing object ids or topics must not fill the memory. */
const MOST_ACTIVE = 500;
const MOST_TOPICS = 200;

/**
 * The alarms of one channel, from messages to edges: one start and one end for as many states as the camera has for
 * one thing (ONVIF field guide 2.3). Knows no clock: every call says what time it is, and `dueMs` when the next
 * call is wanted. Never throws.
 */
export class AlarmTracker {
  readonly #options: TrackerOptions;
  readonly #active = new Map<string, Active>();
  readonly #told = new Map<Alarm, Told>();
  readonly #habits = new Map<string, Habit>();
  readonly #unknown = new Set<string>();
  readonly #upsideDown = new UpsideDown();
  #subscribedMs = Number.NEGATIVE_INFINITY;
  #offlineSinceMs: number | undefined;
  #lastReboot: string | undefined;

  constructor(options: TrackerOptions = {}) {
    this.#options = options;
  }

  /** Topics that no row knows, each once; for the log and for the installer. */
  get unknownTopics(): ReadonlySet<string> {
    return this.#unknown;
  }

  /** What the camera may have the wrong way round. */
  get upsideDown(): UpsideDown {
    return this.#upsideDown;
  }

  /** Alarms that are on, as told. */
  get alarms(): ReadonlySet<Alarm> {
    return new Set(ALARMS.filter((alarm) => this.#told.get(alarm)?.desc !== undefined));
  }

  /** A subscription begins; what comes right after it is state, not news. States are kept from the one before. */
  subscribed(nowMs: number): void {
    this.#subscribedMs = nowMs;
    this.#offlineSinceMs = undefined;
  }

  /** The camera is out of reach; a lost subscription on a camera that answers is no reason to call this. */
  offline(nowMs: number): void {
    this.#offlineSinceMs ??= nowMs;
  }

  rebooted(nowMs: number): AlarmEdge[] {
    this.#dropNonLevel();
    return this.#edges(nowMs);
  }

  /** All messages of one reply at once, so that one that hands over to the next makes no end and start between. */
  apply(batch: readonly Notification[], nowMs: number): AlarmEdge[] {
    const before = this.tick(nowMs);
    // Whoever answers is there, even with nothing to tell.
    this.#offlineSinceMs = undefined;
    for (const notification of batch) this.#read(notification, nowMs);
    return [...before, ...this.#edges(nowMs)];
  }

  /** What time alone has brought about. */
  tick(nowMs: number): AlarmEdge[] {
    const edges: AlarmEdge[] = [];
    for (let due = this.dueMs(); due !== undefined && due <= nowMs; due = this.dueMs()) {
      if (this.#offlineSinceMs !== undefined && this.#offlineSinceMs + TIMES.offlineMs <= due) this.#dropNonLevel();
      this.#expire(due);
      edges.push(...this.#edges(due));
    }
    return edges;
  }

  /** When `tick` should be called next, undefined while nothing is under way. */
  dueMs(): number | undefined {
    const ends = [...this.#active.values()].map((active) => this.#endsMs(active));
    const offline = this.#offlineSinceMs !== undefined && [...this.#active.values()].some(({ end }) => end !== 'level');
    const starts = ALARMS.flatMap((alarm) => this.#heldBackMs(alarm) ?? []);
    const all = [...ends, ...starts, ...(offline ? [(this.#offlineSinceMs ?? 0) + TIMES.offlineMs] : [])];
    const first = Math.min(...all);
    return Number.isFinite(first) ? first : undefined;
  }

  #read(notification: Notification, nowMs: number): void {
    const said = reading(notification, this.#options);
    const group = identity(notification);
    switch (said.type) {
      case 'signals':
        for (const signal of said.signals) this.#signal(signal, { notification, group, nowMs });
        return;
      case 'gone':
        for (const [key, active] of this.#active) if (active.group === group) this.#active.delete(key);
        return;
      case 'rebooted':
        if (this.#lastReboot !== undefined && this.#lastReboot !== said.at) this.#dropNonLevel();
        this.#lastReboot = said.at;
        return;
      case 'unknown':
        if (this.#unknown.size < MOST_TOPICS) this.#unknown.add(notification.topic);
        return;
      case 'ignored':
        return;
    }
  }

  #signal(signal: Signal, at: { notification: Notification; group: string; nowMs: number }): void {
    const { notification, group, nowMs } = at;
    const topic = notification.topic.toLowerCase();
    const key = `${group}.${signal.item.toLowerCase()}`;
    const before = this.#active.get(key);
    if (signal.level !== 'pulse') this.#upsideDown.said(key, signal.alarm, signal.level === 'on');
    if (signal.level === 'off') {
      if (before) this.#habit(topic, { endsSeen: true, failsafes: 0 });
      this.#active.delete(key);
      return;
    }
    const initial = notification.operation === 'Initialized';
    const syncing = initial && nowMs - this.#subscribedMs <= TIMES.syncMs;
    // Uniview sends a crossing that never was with every subscription.
    if (syncing && (signal.level === 'pulse' || this.#options.startOnInitialized === false)) return;
    if (!before && this.#active.size >= MOST_ACTIVE) return;
    const { alarm, end, holdMs } = signal;
    const desc = described(signal.desc, notification.source);
    const sinceMs = before?.sinceMs ?? nowMs;
    this.#active.set(key, { alarm, group, topic, end, holdMs, desc, sinceMs, lastOnMs: nowMs, initial });
  }

  /** Ends what has had its time by `dueMs`. */
  #expire(dueMs: number): void {
    for (const [key, active] of this.#active) {
      if (this.#endsMs(active) > dueMs) continue;
      this.#active.delete(key);
      const { endsSeen, failsafes } = this.#habits.get(active.topic) ?? NEW;
      const failed = this.#mode(active) === 'explicit' ? failsafes + 1 : failsafes;
      this.#habit(active.topic, { endsSeen: endsSeen && failed < 2, failsafes: failed });
    }
  }

  #endsMs(active: Active): number {
    const { lastOnMs, holdMs } = active;
    const spans: Record<EndMode, number> = {
      auto: TIMES.pulseMs,
      unreliable: holdMs ?? TIMES.unreliableMs,
      explicit: holdMs ?? TIMES.failsafeMs,
      level: Number.POSITIVE_INFINITY,
    };
    return lastOnMs + spans[this.#mode(active)];
  }

  /** What the table says of the topic, unless this camera has shown otherwise. */
  #mode({ end, topic }: Active): EndMode {
    const { endsSeen, failsafes } = this.#habits.get(topic) ?? NEW;
    if (end === 'unreliable' && endsSeen) return 'explicit';
    return end === 'explicit' && failsafes >= 2 ? 'unreliable' : end;
  }

  #habit(topic: string, habit: Habit): void {
    if (this.#habits.has(topic) || this.#habits.size < MOST_TOPICS) this.#habits.set(topic, habit);
  }

  #dropNonLevel(): void {
    for (const [key, { end }] of this.#active) if (end !== 'level') this.#active.delete(key);
  }

  /** Tells what the states now amount to, compared with what was told. */
  #edges(nowMs: number): AlarmEdge[] {
    return ALARMS.flatMap((alarm): AlarmEdge[] => {
      const told = this.#told.get(alarm) ?? NEVER_TOLD;
      const active = [...this.#active.values()].filter((each) => each.alarm === alarm);
      if (told.desc !== undefined && active.length === 0) {
        this.#told.set(alarm, { desc: undefined, endedMs: nowMs });
        return [{ alarm, state: 'end', atMs: nowMs, desc: told.desc, initial: false }];
      }
      if (told.desc !== undefined || active.length === 0 || nowMs < told.endedMs + TIMES.quietMs) return [];
      const desc = together(active);
      this.#told.set(alarm, { ...told, desc });
      const atMs = Math.min(...active.map(({ sinceMs }) => sinceMs));
      return [{ alarm, state: 'start', atMs, desc, initial: active.every(({ initial }) => initial) }];
    });
  }

  /** When a start may be told that came too soon after the last end. */
  #heldBackMs(alarm: Alarm): number | undefined {
    const told = this.#told.get(alarm) ?? NEVER_TOLD;
    const waits = told.desc === undefined && [...this.#active.values()].some((active) => active.alarm === alarm);
    return waits ? told.endedMs + TIMES.quietMs : undefined;
  }
}

/** What tells one state of a camera from another: the topic, the sorted source and the sorted key. */
export function identity({ topic, source, key }: Notification): string {
  const sorted = (items: readonly Item[]): string[][] =>
    items.map(({ name, value }) => [name.toLowerCase(), value]).sort(([a = ''], [b = '']) => (a < b ? -1 : 1));
  return JSON.stringify([topic.toLowerCase(), sorted(source), sorted(key)]);
}

/** Names that a factory gave: they tell a person nothing. */
const FACTORY_NAME = /^(?:[\d\s._-]*|my.*|.*rule.*|.*token.*|[\da-f-]{12,})$/i;

/** Adds the name that the installer gave to the rule, where there is one. */
function described(desc: string, source: readonly Item[]): string {
  const rule = source.find(({ name }) => /^rule(name)?$/i.test(name))?.value.trim() ?? '';
  return FACTORY_NAME.test(rule) ? desc : `${desc} (${rule.replaceAll(/[\s\p{C}]+/gu, ' ').slice(0, 40)})`;
}

/** "person" says more than "motion", so that goes when there is more to say. */
function together(active: readonly Active[]): string {
  const all = [...new Set(active.map(({ desc }) => desc))];
  const special = all.filter((desc) => desc !== 'motion');
  return (special.length > 0 ? special : all).slice(0, 4).join(', ');
}
