import { z } from 'zod';
import { channelNumber, secret, text } from './camera-bodies.ts';
import { ALARMS, type siteStatus, time } from './site-status.ts';

export * from './camera-bodies.ts';
export * from './site-status.ts';

/**
 * The local page's API as data: what each route takes and gives. Field names of the configuration are the file's own
 * (snake_case), all others are camelCase. Imports words alone, so that the page can share its types.
 */

// Errors: every answer that is no success has this body.

const ERROR_KINDS = [
  'not-found',
  'bad-request',
  'wrong-method',
  'too-large',
  'signed-out',
  'wrong-password',
  'wrong-code',
  'slow-down',
  'cross-site',
  'wrong-host',
  'set-up-first',
  'set-up-over',
  'configuration-refused',
  'configuration-unwritable',
  'nothing-to-undo',
  'no-such-channel',
  'channel-taken',
  'channel-offline',
  'unsupported',
  'camera-unreachable',
  'camera-unauthorized',
  'camera-fault',
  'no-picture',
  'timed-out',
  'busy',
  'failed',
] as const;
export type ErrorKind = (typeof ERROR_KINDS)[number];

export const errorAnswer = z.object({
  error: z.object({
    kind: z.enum(ERROR_KINDS),
    message: z.string(),
    fields: z
      .record(z.string(), z.unknown())
      .describe('`faults` for configuration-refused, `retryAfter` for slow-down.'),
  }),
});
export type ErrorAnswer = z.output<typeof errorAnswer>;

// Who is there.

export const sessionAnswer = z.object({
  /** `set-up`: no configuration yet, and this visitor may make one unless `needsCode`. */
  state: z.enum(['set-up', 'signed-out', 'signed-in']),
  version: z.string(),
  /** The set-up code from the terminal or the log has to be given first. */
  needsCode: z.boolean(),
  /** There is a password; without one only the box itself gets in. */
  hasPassword: z.boolean(),
});
export type SessionAnswer = z.output<typeof sessionAnswer>;

export const sessionRequest = z.union([
  z.strictObject({ password: secret }),
  z.strictObject({ code: z.string().max(20) }),
]);
export type SessionRequest = z.input<typeof sessionRequest>;

// First run.

const platformSettings = z.strictObject({
  url: text.describe('ws:// or wss://; /ovc is added when there is no path.'),
  login_code: text,
  login_password: secret.min(1),
});

/** Writes the configuration and starts the gateway; the answer brings a session. */
export const setUpRequest = z.strictObject({
  password: z.string().min(8).max(200).describe('For this page from now on.'),
  platform: platformSettings,
});
export type SetUpRequest = z.input<typeof setUpRequest>;

export const platformTestRequest = platformSettings
  .partial({ login_password: true })
  .describe('Without a password the one in use is tried, at the address it was given for only.');
export type PlatformTestRequest = z.input<typeof platformTestRequest>;

const PLATFORM_TEST_FAULTS = [
  'login-refused',
  'unreachable',
  'unknown-name',
  'no-tls',
  'bad-certificate',
  'no-platform',
  'bad-address',
  'failed',
] as const;

export const platformTestAnswer = z.union([
  z.object({ ok: z.literal(true), server: z.record(z.string(), z.unknown()).optional() }),
  z.object({
    ok: z.literal(false),
    kind: z.enum(PLATFORM_TEST_FAULTS),
    why: z.string(),
  }),
]);
export type PlatformTestAnswer = z.output<typeof platformTestAnswer>;

// Watching.

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;

export const logLine = z.object({
  id: z.number().int(),
  at: time,
  level: z.enum(LOG_LEVELS),
  room: z.string().optional(),
  channel: z.number().optional(),
  message: z.string(),
  fields: z.record(z.string(), z.unknown()),
});
export type LogLine = z.output<typeof logLine>;

export const logQuery = z.object({
  level: z.enum(LOG_LEVELS).default('info').describe('This level and those above it.'),
  search: z.string().max(200).default(''),
  limit: z.coerce.number().int().min(1).max(2000).default(500),
});

export const packet = z.object({
  id: z.number().int(),
  at: time,
  direction: z.enum(['from-platform', 'to-platform']),
  kind: z.enum(['request', 'event', 'answer', 'refusal', 'broken']),
  method: z.string().optional().describe('Of an answer: that of its request.'),
  seq: z.number().optional(),
  afterMs: z.number().optional().describe('An answer: how long after its request.'),
  packet: z.unknown().describe('As on the wire, secrets taken out, long texts cut.'),
});
export type Packet = z.output<typeof packet>;

export const alarmEntry = z.object({
  id: z.string(),
  channel: channelNumber,
  alarm: z.enum(ALARMS),
  start: time,
  end: time.optional(),
  desc: z.string(),
  picture: z.boolean(),
});
export type AlarmEntry = z.output<typeof alarmEntry>;

/** Server-sent events: the name, and what is in `data` as JSON. */
export interface ServerEvents {
  readonly status: z.output<typeof siteStatus>;
  readonly log: LogLine;
  readonly packet: Packet;
  readonly alarm: AlarmEntry;
}

export const history = z.object({
  startAt: time,
  stepSeconds: z.number(),
  series: z.array(
    z.object({
      name: z.string().describe('load, cpu, memory, backlog, live, recording, or channel-N for its stream'),
      unit: z.enum(['none', 'percent', 'bytes', 'bits-per-second']),
      values: z.array(z.number().nullable()),
    }),
  ),
});
export type History = z.output<typeof history>;

// Settings.

export const settingsAnswer = z.object({
  file: z.string(),
  values: z.unknown().describe('All values with their defaults; a secret is {"set": true} or {"set": false}.'),
  written: z.unknown().describe('The same, but only what stands in the file.'),
  schema: z.unknown().describe('JSON schema of the file, with titles, descriptions and defaults.'),
  canUndo: z.boolean(),
});
export type SettingsAnswer = z.output<typeof settingsAnswer>;

/** All of them or none. The path is that of the file, such as `discovery.interval`; without a value the key is taken out. */
export const settingsChange = z
  .array(z.strictObject({ path: z.string().min(1).max(300), value: z.unknown().optional() }))
  .min(1)
  .max(200);
export type SettingsChange = z.input<typeof settingsChange>;

export const done = z.object({ ok: z.literal(true) });
