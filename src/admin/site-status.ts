import { z } from 'zod';
import { FAULT_KINDS } from '../runtime/fault.ts';

/** How the site is, as the local page shows it. Kinds are words that the page translates; `why` is English, for detail. */

/** ISO 8601 in UTC. */
export const time = z.iso.datetime().describe('ISO 8601 in UTC');

/** One thing that is wrong with a value or with the file. */
export const fault = z.object({
  path: z.string().describe('Such as channels.0.onvif.host; empty for the whole.'),
  line: z.number().int().optional(),
  column: z.number().int().optional(),
  kind: z.enum(FAULT_KINDS),
  what: z.string().optional().describe('What varies: a limit, names, words that are allowed.'),
  message: z.string(),
});
export type Fault = z.output<typeof fault>;

const count = z.number().int().min(0);
const rate = z.number().min(0).describe('bit/s');

const TROUBLE_KINDS = [
  // A camera that is not there, and why.
  'camera-unreachable',
  'camera-unauthorized',
  'other-camera',
  'not-onvif',
  'no-usable-profile',
  'camera-fault',
  // A live view or a recording that is ordered and does not flow.
  'stream-failed',
  'transcode-refused',
  'publish-refused',
  'publish-failed',
  'recording-stalled',
  'uploads-waiting',
  'segments-lost',
  'events-silent',
  // The site as a whole.
  'configuration-refused',
  'new-platform-silent',
  'login-refused',
  'link-lost',
  'protocol-broken',
  'need-missing',
  'disk-fails',
  'time-untrusted',
  'under-voltage',
  'upgrade-failed',
  'unexpected',
] as const;
export type TroubleKind = (typeof TROUBLE_KINDS)[number];

/** What a person can do about a trouble. */
export const ADVICE = [
  'wait',
  'check-camera-power-and-network',
  'set-camera-login',
  'confirm-camera-replaced',
  'add-as-rtsp',
  'choose-another-profile',
  'restart-camera',
  'set-camera-to-h264',
  'ask-platform',
  'check-uplink',
  'check-platform-login',
  'check-platform-address',
  'mend-configuration',
  'go-back-to-old-platform',
  'install-ffmpeg',
  'make-state-directory-writable',
  'free-disk-space',
  'set-clock',
  'check-upgrade',
  'use-better-power-supply',
  'send-support-bundle',
] as const;
export type Advice = (typeof ADVICE)[number];

export const trouble = z.object({
  kind: z.enum(TROUBLE_KINDS),
  /** Absent where it is not known. */
  since: time.optional(),
  why: z.string().describe('Detail for a person, in English; no secrets in it.'),
  nextTryAt: time.optional(),
  advice: z.enum(ADVICE),
});
export type Trouble = z.output<typeof trouble>;

/** What is worth knowing of a channel and is no trouble. */
const NOTE_KINDS = [
  'transcoding',
  'standby',
  'discovered',
  'no-events',
  'no-sound',
  'clock-off',
  'stream-without-login',
  'uploads-paused',
  'maybe-inverted',
] as const;
export type NoteKind = (typeof NOTE_KINDS)[number];

export const ALARMS = ['external', 'motion', 'tripwire', 'crying', 'face', 'sound'] as const;

const channelStatus = z.object({
  channel: count,
  name: z.string(),
  protocol: z.enum(['onvif', 'rtsp']),
  /** Found and numbered by itself; it is in no file, so it can be neither changed nor removed there. */
  discovered: z.boolean(),
  camera: z.object({
    presence: z.enum(['unknown', 'offline', 'online']),
    since: time.optional(),
    host: z.string().optional(),
    device: z
      .object({ manufacturer: z.string(), model: z.string(), firmware: z.string(), serial: z.string() })
      .optional(),
    clockOffsetMs: z.number().optional(),
  }),
  alarms: z.array(z.enum(ALARMS)).describe('Those that are on now.'),
  live: z
    .object({
      streamId: z.string(),
      host: z.string().optional().describe('Of the media server.'),
      since: time.optional(),
      live: z.boolean(),
      why: z.string().optional(),
      bitsPerSecond: rate,
    })
    .optional(),
  recording: z
    .object({
      sessionId: z.string(),
      since: time.optional(),
      flowing: z.boolean(),
      why: z.string().optional(),
      bitsPerSecond: rate,
      segments: z.object({ sent: count, waiting: count, spooled: count, lost: count }),
    })
    .optional(),
  trouble: z.array(trouble),
  notes: z.array(z.enum(NOTE_KINDS)),
  stream: z
    .object({
      profile: z.string(),
      video: z.string(),
      audio: z.string().optional(),
      width: count.optional(),
      height: count.optional(),
      framesPerSecond: z.number().optional(),
      bitsPerSecond: rate,
      keyFrameIntervalMs: z.number().optional(),
      restarts: count,
      droppedGops: count,
      transcoding: z.boolean(),
      encoder: z.string().optional(),
    })
    .optional()
    .describe('The stream that is open now, for whomever.'),
  events: z
    .object({
      mode: z.enum(['pull', 'webhook', 'none']),
      lastHeardAt: time.optional(),
      silent: z.boolean().describe('Silent for longer than this camera ever is.'),
    })
    .optional(),
});
export type ChannelStatus = z.output<typeof channelStatus>;

const LINK_STATES = ['none', 'dialling', 'up', 'down'] as const;

const linkStatus = z.object({
  /** `none`: there is no configuration, so there is no platform. */
  state: z.enum(LINK_STATES),
  host: z.string().optional(),
  loginCode: z.string().optional(),
  since: time.optional(),
  /** Why it is down. */
  trouble: trouble.optional(),
  why: z.string().optional(),
  nextTryAt: time.optional(),
  keepalive: z.object({ answeredAt: time, roundTripMs: z.number() }).optional(),
  server: z.record(z.string(), z.unknown()).optional(),
  reconnects: count,
});

const boxStatus = z.object({
  load: z.tuple([z.number(), z.number(), z.number()]).describe('Over 1, 5 and 15 minutes.'),
  cores: count,
  cpuPercent: z.number().describe('Of the gateway itself, of one core.'),
  memory: z.object({ processBytes: count, freeBytes: count, totalBytes: count }),
  network: z.array(z.object({ name: z.string(), addresses: z.array(z.string()) })),
  temperature: z.number().optional().describe('°C'),
  throttled: z.array(z.string()).optional().describe('What a Raspberry Pi complains of, such as under-voltage.'),
  disk: z.object({ freeBytes: count, totalBytes: count }).optional().describe('Where the state directory is.'),
  uptimeSeconds: z.number(),
});
export type BoxStatus = z.output<typeof boxStatus>;

export const siteStatus = z.object({
  version: z.string(),
  startedAt: time,
  /** `set-up`: there is no configuration yet. `starting`: parts are being replaced. */
  state: z.enum(['set-up', 'starting', 'running']),
  time: z.object({ now: time, trusted: z.boolean(), by: z.enum(['ntp', 'rtc', 'platform', 'nobody']) }),
  link: linkStatus,
  channels: z.array(channelStatus),
  box: boxStatus,
  backlog: z.object({ segments: count, bytes: count, alarms: count }).describe('What waits for delivery.'),
  prerecord: z.object({ segments: count, bytes: count }).describe('What is held for the time before an alarm.'),
  faults: z.array(trouble).describe('Of the site as a whole.'),
  configuration: z.object({
    file: z.string(),
    /** Why the file as it stands now was not taken; empty when it was. */
    faults: z.array(fault),
    /** There is an older version to go back to. */
    canUndo: z.boolean(),
    /** New platform settings have not logged in within a minute: offer the way back. */
    offerUndo: z.boolean(),
  }),
});
export type SiteStatus = z.output<typeof siteStatus>;
