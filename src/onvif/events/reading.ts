import type { Alarm } from '../../channel/alarm.ts';
import type { Item, Notification } from './notification.ts';
import { type EndMode, type ItemRow, STATE_ITEMS, TOPICS, type TopicRow, TYPED_ITEMS } from './topics.ts';

/** What one item of one message says about one alarm. */
export interface Signal {
  readonly alarm: Alarm;
  readonly level: 'on' | 'off' | 'pulse';
  /** The item's name, part of the identity of a state; empty when the message itself is the event. */
  readonly item: string;
  readonly desc: string;
  readonly end: EndMode;
  readonly holdMs?: number;
}

export type Reading =
  | { readonly type: 'signals'; readonly signals: readonly Signal[] }
  /** Whatever the message's source and key stood for is gone. */
  | { readonly type: 'gone' }
  | { readonly type: 'rebooted'; readonly at: string }
  | { readonly type: 'ignored' }
  | { readonly type: 'unknown' };

/** What an installer may say about one camera. */
export interface ReadingOptions {
  /** An area entered counts as a tripwire. */
  readonly regionAsTripwire?: boolean;
  /** Relay outputs count as alarm inputs (Avigilon). */
  readonly relayAsInput?: boolean;
  /** Alarms whose true and false this camera has the wrong way round. */
  readonly inverted?: ReadonlySet<Alarm>;
  /** Source tokens of alarm inputs that are closed when idle. */
  readonly invertedInputs?: ReadonlySet<string>;
}

const IGNORED: Reading = { type: 'ignored' };
const RELAY_AS_INPUT = { alarm: 'external', desc: 'alarm input', end: 'level' } as const;

/** What a message means, by the tables of topics.ts. Knows one message, not what came before it. */
export function reading(notification: Notification, options: ReadingOptions = {}): Reading {
  const { topic, operation, source, data } = notification;
  const rebootedAt = /^monitoring\/operatingtime\/lastreboot$/i.test(topic) ? data[0]?.value : undefined;
  if (rebootedAt) return { type: 'rebooted', at: rebootedAt };
  const row = rowFor(notification, options);
  if (row && row.alarm === undefined) return IGNORED;
  // Axis reports each port a second time as "any port".
  if (source.some(({ name, value }) => name.toLowerCase() === 'port' && value === '-1')) return IGNORED;
  if (operation === 'Deleted') return { type: 'gone' };
  const signals = signalsOf(notification, row).map((signal) => adjusted(signal, notification, options));
  if (signals.length > 0) return { type: 'signals', signals };
  return row ? IGNORED : { type: 'unknown' };
}

function rowFor({ topic, data }: Notification, { relayAsInput, regionAsTripwire }: ReadingOptions) {
  const row = TOPICS.find(
    (candidate) =>
      candidate.topic.test(topic) &&
      (candidate.itemName === undefined || data.some(({ name }) => candidate.itemName?.test(name))) &&
      (candidate.itemValue === undefined || data.some(({ value }) => candidate.itemValue?.test(value))),
  );
  if (row?.relay && relayAsInput) return { ...row, ...RELAY_AS_INPUT };
  return row?.region && regionAsTripwire ? { ...row, alarm: 'tripwire' as const } : row;
}

const TYPED_ROOTS = /^(ruleengine|audioanalytics)\//i;

function signalsOf(notification: Notification, row: TopicRow | undefined): Signal[] {
  const { topic, data } = notification;
  const typed = TYPED_ROOTS.test(topic) ? data.filter(isTyped) : [];
  const signals = typed.flatMap((item) => typedSignal(item, row));
  if (signals.length > 0 || row?.alarm === undefined) return signals;
  if (row.read === 'classes') return classSignals(data, row);
  if (row.read === 'sound-class') return soundSignals(data);
  const state = stateItem(data);
  if (state) return [{ ...basics(row, row.alarm), level: state.on ? 'on' : 'off', item: state.item.name }];
  // An item that should be a boolean and is none, or one that we don't know, is no event.
  if (!row.edge || typed.length > 0 || data.some(({ name }) => STATE_ITEMS.includes(plain(name)))) return [];
  return [{ alarm: row.alarm, desc: row.desc, end: 'auto', level: 'pulse', item: '' }];
}

function basics(row: TopicRow, alarm: Alarm) {
  const { desc, end = 'explicit', holdMs } = row;
  return { alarm, desc, end, ...(holdMs === undefined ? {} : { holdMs }) };
}

function isTyped({ name }: Item): boolean {
  return /^is/i.test(name) && !STATE_ITEMS.includes(plain(name));
}

/** The item decides which alarm it is; the topic, where it agrees, how the alarm ends. */
function typedSignal({ name, value }: Item, row: TopicRow | undefined): Signal[] {
  const on = booleanOf(value);
  const known = TYPED_ITEMS.get(plain(name));
  if (on === undefined || known === undefined) return [];
  const alarm = alarmOf(known, row);
  const end = row?.alarm === alarm ? (row.end ?? known.end) : known.end;
  return [{ alarm, desc: known.desc, end, level: on ? 'on' : 'off', item: name }];
}

function alarmOf(known: ItemRow, row: TopicRow | undefined): Alarm {
  return known.region && row?.region && row.alarm !== undefined ? row.alarm : known.alarm;
}

/** Ajax and the specification: the classes of the objects now in view; none means that it is over. */
function classSignals(data: readonly Item[], row: TopicRow): Signal[] {
  const item = data.find(({ name }) => plain(name) === 'classtypes');
  if (!item) return [];
  const classes = item.value
    .toLowerCase()
    .split(/[\s,;]+/)
    .filter((word) => word !== '');
  const level = (on: boolean) => (on ? 'on' : 'off');
  const objects: Signal = {
    ...basics(row, 'motion'),
    desc: classes.join(' ') || row.desc,
    level: level(classes.length > 0),
    item: item.name,
  };
  const face = classes.some((word) => word.includes('face'));
  return [objects, { alarm: 'face', desc: 'face', end: 'explicit', level: level(face), item: `${item.name} face` }];
}

function soundSignals(data: readonly Item[]): Signal[] {
  const item = data.find(({ name }) => plain(name) === 'class');
  if (!item || item.value === '') return [];
  const alarm = /baby|cry|infant/i.test(item.value) ? 'crying' : 'sound';
  return [{ alarm, desc: item.value.slice(0, 40), end: 'auto', level: 'pulse', item: item.name }];
}

function stateItem(data: readonly Item[]): { item: Item; on: boolean } | undefined {
  for (const wanted of STATE_ITEMS) {
    for (const item of data) {
      const on = plain(item.name) === wanted ? booleanOf(item.value) : undefined;
      if (on !== undefined) return { item, on };
    }
  }
  return undefined;
}

function adjusted(signal: Signal, { source }: Notification, options: ReadingOptions): Signal {
  const input = signal.alarm === 'external' && source.some(({ value }) => options.invertedInputs?.has(value));
  if (signal.level === 'pulse' || !(input || options.inverted?.has(signal.alarm))) return signal;
  return { ...signal, level: signal.level === 'on' ? 'off' : 'on' };
}

/** `Logical State` and `logical_state` are one name. */
function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[\s_]/g, '');
}

const BOOLEANS: ReadonlyMap<string, boolean> = new Map([
  ...['true', '1', 'on', 'active', 'yes', 'high'].map((word) => [word, true] as const),
  ...['false', '0', '00', '000', 'off', 'inactive', 'no', 'low', 'idle', 'normal', 'closed', ''].map(
    (word) => [word, false] as const,
  ),
]);

/** Undefined for what is not a boolean: an ObjectId of 15 is not a state. */
export function booleanOf(value: string): boolean | undefined {
  return BOOLEANS.get(value.trim().toLowerCase());
}
