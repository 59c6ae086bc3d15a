import { z } from 'zod';
import { PTZ_MOVES } from '../channel/ports.ts';
import { time } from './site-status.ts';

/** What is sent and answered about channels and their cameras. */

export const text = z.string().min(1).max(500);
export const channelNumber = z.number().int().min(0).max(65_535);
export const secret = z.string().max(500);

const PTZ_OPS = ['stop', ...PTZ_MOVES, 'goto_preset', 'set_preset', 'clear_preset'] as const;

/** What one page in one browser calls itself: what it moves stops when its events end, and not with those of another. */
const pageName = z.string().max(64).default('').describe('The same as in /api/events.');
export const eventsQuery = z.object({ page: pageName });

/** A move goes on while it is confirmed at least every two seconds, and ends with a stop or when the visitor is gone. */
export const ptzRequest = z.strictObject({
  op: z.enum(PTZ_OPS),
  value: z.number().int().min(0).max(255).default(50).describe('A move: speed 0 to 100. A preset: its id 0 to 255.'),
  page: pageName,
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

const deviceSeen = z.object({
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
