import { Secret } from '../runtime/secret.ts';
import type { Config } from './schema.ts';

/** What it takes to apply a change: the link alone, the channels concerned, … or everything below the process. */
export type Cost = 'log' | 'web' | 'channels' | 'link' | 'gateway';

/** One row for each section of the file: what a change in it costs. */
const COSTS: Readonly<Record<keyof Config, Cost>> = {
  platform: 'link',
  state_dir: 'gateway',
  discovery: 'gateway',
  channels: 'channels',
  ffmpeg: 'gateway',
  recording: 'gateway',
  events: 'gateway',
  alarms: 'gateway',
  device: 'gateway',
  upgrade: 'gateway',
  web: 'web',
  log: 'log',
};

/** What the change from one configuration to another costs; nothing when they say the same. */
export function costsOf(before: Config, after: Config): ReadonlySet<Cost> {
  const costs = Object.entries(COSTS).flatMap(([name, cost]) => (differ(name, before, after) ? [cost] : []));
  // Uploads, pushes and recordings trust it too.
  const authority = before.platform.ca_file === after.platform.ca_file ? [] : (['gateway'] as const);
  return new Set([...costs, ...authority]);
}

/** True when two values of a configuration say the same, secrets included. */
export function isSame(one: unknown, other: unknown): boolean {
  return fingerprint(one) === fingerprint(other);
}

function differ(name: string, before: Config, after: Config): boolean {
  const section = (config: Config): unknown => new Map<string, unknown>(Object.entries(config)).get(name);
  return !isSame(section(before), section(after));
}

/** Never to be shown: it holds the secrets, which JSON would otherwise all write alike. */
function fingerprint(value: unknown): string {
  return JSON.stringify(revealed(value)) ?? '';
}

function revealed(value: unknown): unknown {
  if (value instanceof Secret) return { secret: value.reveal() };
  if (Array.isArray(value)) return value.map(revealed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, revealed(item)]));
}
