import { z } from 'zod';
import { ALARMS, type siteStatus, time } from './site-status.ts';

export * from './site-status.ts';

/**
 * The local page's API as data: what each route takes and gives. Field names of the configuration are the file's own
 * (snake_case), all others are camelCase. Imports nothing of the house, so that the page can share it.
 */

const text = z.string().min(1).max(500);
const channelNumber = z.number().int().min(0).max(65_535);
const secret = z.string().max(500);

// Errors: every answer that is no success has this body.

export const ERROR_KINDS = [
  'not-found',
  'bad-request',
  'too-large',
  'signed-out',
  'wrong-password',
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

export const fault = z.object({
  path: z.string().describe('Such as channels.0.onvif.host; empty for the whole.'),
  message: z.string(),
});
export type Fault = z.output<typeof fault>;

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

export const platformSettings = z.strictObject({
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
  .describe('Without a password the one in use is tried.');
export type PlatformTestRequest = z.input<typeof platformTestRequest>;

export const platformTestAnswer = z.union([
  z.object({ ok: z.literal(true), server: z.record(z.string(), z.unknown()).optional() }),
  z.object({
    ok: z.literal(false),
    kind: z.enum(['login-refused', 'unreachable', 'bad-address', 'failed']),
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

// Channels and cameras.

export const PTZ_OPS = [
  'stop',
  'up',
  'down',
  'left',
  'right',
  'upleft',
  'upright',
  'downleft',
  'downright',
  'zoomin',
  'zoomout',
  'goto_preset',
  'set_preset',
  'clear_preset',
] as const;

/** A move goes on while it is confirmed at least every two seconds, and ends with a stop or when the visitor is gone. */
export const ptzRequest = z.strictObject({
  op: z.enum(PTZ_OPS),
  value: z.number().int().min(0).max(255).default(50).describe('A move: speed 0 to 100. A preset: its id 0 to 255.'),
});
export type PtzRequest = z.input<typeof ptzRequest>;

export const presets = z.array(z.object({ id: z.number().int() }));

export const streamSeen = z.object({
  profile: z.string(),
  name: z.string(),
  video: z.string(),
  audio: z.string().optional(),
  width: z.number().optional(),
  height: z.number().optional(),
  framesPerSecond: z.number().optional(),
  bitsPerSecond: z.number().optional(),
});

export const deviceSeen = z.object({
  manufacturer: z.string(),
  model: z.string(),
  firmware: z.string(),
  serial: z.string(),
});

export const cameraAnswer = z.object({
  device: deviceSeen.optional(),
  host: z.string().optional(),
  streams: z.array(streamSeen),
  services: z.array(z.string()).describe('Such as ptz, events.'),
  ptz: z.boolean(),
  quirks: z.array(z.string()).describe('What this camera does differently, in words.'),
  clockOffsetMs: z.number().optional(),
});
export type CameraAnswer = z.output<typeof cameraAnswer>;

export const camerasAnswer = z.object({
  scanning: z.boolean(),
  scannedAt: time.optional(),
  found: z.array(
    z.object({
      address: z.string().describe('Of its ONVIF service.'),
      host: z.string(),
      port: z.number().int(),
      endpoint: z.string().optional(),
      name: z.string().optional(),
      hardware: z.string().optional(),
      /** The channel that has it. */
      channel: channelNumber.optional(),
    }),
  ),
});
export type CamerasAnswer = z.output<typeof camerasAnswer>;

const login = { username: z.string().max(200).optional(), password: secret.optional() };

/** Either an ONVIF camera by host (or by endpoint, as a scan has found it), or an RTSP address. */
export const tryRequest = z.strictObject({
  host: text.optional(),
  endpoint: text.optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  rtsp: text.optional().describe('rtsp:// address of a camera without ONVIF'),
  ...login,
});
export type TryRequest = z.input<typeof tryRequest>;

export const tryAnswer = z.union([
  z.object({
    ok: z.literal(true),
    picture: z.string().optional().describe('data:image/jpeg;base64,…'),
    profiles: z.array(streamSeen),
    device: deviceSeen.optional(),
  }),
  z.object({
    ok: z.literal(false),
    kind: z.enum(['camera-unreachable', 'camera-unauthorized', 'not-onvif', 'no-usable-profile', 'failed']),
    why: z.string(),
  }),
]);
export type TryAnswer = z.output<typeof tryAnswer>;

const onvif = z.strictObject({
  host: text.optional(),
  endpoint: text.optional(),
  port: z.number().int().min(1).max(65_535).optional(),
  tls: z.boolean().optional(),
  ...login,
});
const rtsp = z.strictObject({ url: text, ...login });

/** Without a number it gets the lowest free one. */
export const newChannel = z.strictObject({
  channel: channelNumber.optional(),
  name: text.optional(),
  onvif: onvif.optional(),
  rtsp: rtsp.optional(),
});
export type NewChannel = z.input<typeof newChannel>;

/** What is given is changed; null takes a key out. All else of a channel is changed by PATCH /api/settings. */
export const channelChange = z.strictObject({
  name: text.nullable().optional(),
  standby: z.boolean().optional(),
  onvif: onvif.partial().optional(),
  rtsp: rtsp.partial().optional(),
});
export type ChannelChange = z.input<typeof channelChange>;

export const renumberRequest = z.strictObject({ channel: channelNumber });
export const channelAnswer = z.object({ channel: channelNumber });

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
