import { z } from 'zod';
import { ALARMS, type Alarm } from '../channel/alarm.ts';
import { PTZ_MOVES } from '../channel/ports.ts';
import type { ErrorKind } from '../runtime/errors.ts';

/**
 * The contract as data (OVS RPC sections 3 and 4): every method with its kind and parameters, and every number of the
 * wire. Names and snake_case are the wire's own. Knows no socket and takes no side: the OVC simulator reads it too.
 */

/** What the OVD is, on the wire. */
export const OVD_STATE = { online: 1, upgrading: 2, abnormal: 3 } as const;
export type OvdState = keyof typeof OVD_STATE;

/** What a channel is, on the wire; `live` means that it publishes RTMP. */
export const CHANNEL_STATE = { offline: 0, online: 1, live: 2 } as const;

/** Alarm numbers; in Keepalive the same number is the bit position. */
export const ALARM_TYPE = {
  external: 2,
  motion: 3,
  tripwire: 4,
  crying: 5,
  face: 6,
  sound: 7,
} as const satisfies Record<Alarm, number>;

/** The answer to what the OVC cannot mend; every kind without a row below is one. */
export const INTERNAL_ERROR = 1;

/** Error numbers by kind of failure. */
export const ERROR_CODE: Readonly<Partial<Record<ErrorKind, number>>> = {
  'bitrate-too-high': 11,
  'bad-parameter': 12,
  'unknown-method': 101,
  unsupported: 101,
  'no-such-channel': 102,
  // For the OVC a camera that is gone, locks us out or sends no video is one thing: a channel it cannot use now.
  'channel-offline': 103,
  'camera-unreachable': 103,
  'camera-unauthorized': 103,
  'other-camera': 103,
  'feed-failed': 103,
};

/** An RPC is answered, an EVENT is not. */
export type MethodKind = 'RPC' | 'EVENT';

const count = z.number().int().nonnegative();
const channel = count;
const id = z.string().min(1).max(256);
const dateTime = z.string().regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/, 'must be yyyy-MM-ddTHH:mm:ss');

/** A negative limit is a mistake, not "no limit": guessing that would fill the site's uplink, so it is refused. */
const maxBitrate = count;

/** Sent by older platforms only. A value we do not know is no reason to refuse the order. */
const quality = z.enum(['ld', 'sd', 'hd', 'fhd']).optional().catch(undefined);

/**
 * An RTMP address, checked and kept as it was written: a URL parser rewrites blanks, quotes, braces and more, and the
 * RTMP server would then refuse a stream key that is no longer the platform's.
 */
const rtmpUrl = z
  .string()
  .max(2048)
  .refine((text) => /^rtmps?:\/\/[^/]/i.test(text) && URL.canParse(text), 'must be an rtmp or rtmps URL');

const ctrlPtz = z.discriminatedUnion('op', [
  // Here `value` is the speed.
  z.object({ channel, op: z.enum(PTZ_MOVES), value: count.max(100).default(100) }),
  z.object({ channel, op: z.literal('stop') }),
  z.object({ channel, op: z.enum(['goto_preset', 'set_preset', 'clear_preset']), value: count.max(255) }),
]);

/**
 * What the OVC may ask of the OVD: one row each, as section 4 has them. Fields that no row names are ignored.
 * Which of them this gateway serves is told by the handlers; the others are answered 101.
 */
const ROWS = {
  RebootChannel: { kind: 'EVENT', params: z.object({ channel }) },
  RebootDevice: { kind: 'EVENT', params: z.object({}) },
  UpgradeFirmware: {
    kind: 'EVENT',
    params: z.object({ firmware_model: z.string().min(1), url: z.url({ protocol: /^https?$/ }) }),
  },
  SyncTime: { kind: 'RPC', params: z.object({ datetime: dateTime, offset: count }) },
  QueryTime: { kind: 'RPC', params: z.object({}) },
  RTMPPublish: {
    kind: 'RPC',
    params: z.object({ channel, url: rtmpUrl, stream_id: id, max_bitrate: maxBitrate, quality }),
  },
  RTMPStopPublish: { kind: 'RPC', params: z.object({ channel, stream_id: id }) },
  StartCloudRecord: {
    kind: 'RPC',
    params: z.object({
      channel,
      session_id: id,
      max_bitrate: maxBitrate,
      seg_duration: count.min(1).max(3_600),
      // Less than this does not hold one key frame of a common camera; more does not fit a small box.
      seg_max_size: count.min(65_536).max(268_435_456),
      seg_max_count: count.min(1).max(1_000),
      prerecord_seconds: count.max(3_600),
      start_ts: z.number().int().max(0xffff_ffff),
      cbk_url: z
        .url({ protocol: /^https?$/ })
        .refine((url) => Buffer.byteLength(url) <= 256, 'must not be longer than 256 bytes'),
      quality,
    }),
  },
  StopCloudRecord: { kind: 'RPC', params: z.object({ channel, session_id: id }) },
  CtrlPTZ: { kind: 'EVENT', params: ctrlPtz },
  GetPTZPresetList: { kind: 'RPC', params: z.object({ channel }) },
  GetNetConfig: { kind: 'RPC', params: z.object({ channel }) },
  Snapshot: { kind: 'RPC', params: z.object({ channel, pic_upload_url: z.url({ protocol: /^https?$/ }) }) },
} as const satisfies Readonly<Record<string, { readonly kind: MethodKind; readonly params: z.ZodType }>>;

/** A method that the OVC may ask for. */
export type Method = keyof typeof ROWS;
/** Its parameters after parsing. */
export type Params<M extends Method> = z.output<(typeof ROWS)[M]['params']>;

/** The same rows, each with the type of its own parameters, so that a lookup keeps method and parameters together. */
export const METHODS: { readonly [M in Method]: { readonly kind: MethodKind; readonly params: z.ZodType<Params<M>> } } =
  ROWS;

/** True for a name of the table, false for everything else, `constructor` included. */
export const isMethod = (name: string): name is Method => Object.hasOwn(METHODS, name);

const channelReport = z.object({
  channel,
  state: z.literal(Object.values(CHANNEL_STATE)),
  stream_id: z.string().optional(),
  record_session: z.string().optional(),
  alarm: count.optional(),
});

/** An answer whose fields the OVC may leave out, or send as "" altogether as older platforms do. */
const serverInfo = z.object({ p2p_signal: z.string().optional(), turn: z.string().optional() }).catch({});

interface RequestRow<Sent, Answered> {
  readonly params: z.ZodType<Sent, Sent>;
  readonly resp: z.ZodType<Answered>;
}

const REQUEST_ROWS = {
  Keepalive: {
    params: z.object({ state: z.literal(Object.values(OVD_STATE)), channels: z.array(channelReport) }),
    resp: z.unknown(),
  },
  GetServerInfo: { params: z.object({}), resp: serverInfo },
  Bind: { params: z.object({ bind_id: z.string().min(1) }), resp: z.unknown() },
  AlarmNotify: {
    params: z.object({
      channel,
      datetime: dateTime,
      type: z.literal(ALARMS.map((alarm) => ALARM_TYPE[alarm])),
      state: z.enum(['start', 'end']),
      desc: z.string(),
    }),
    resp: z.object({ pic_upload_url: z.string() }).catch({ pic_upload_url: '' }),
  },
} as const satisfies Readonly<Record<string, RequestRow<unknown, unknown>>>;

/** A request that the OVD may send. */
export type Request = keyof typeof REQUEST_ROWS;
/** Its parameters as they stand on the wire. */
export type RequestParams<R extends Request> = z.input<(typeof REQUEST_ROWS)[R]['params']>;
/** Its answer after parsing. */
export type RequestAnswer<R extends Request> = z.output<(typeof REQUEST_ROWS)[R]['resp']>;
/** What the OVD asks of the OVC: one row each, as section 3 has them. All are RPC. */
export const REQUESTS: { readonly [R in Request]: RequestRow<RequestParams<R>, RequestAnswer<R>> } = REQUEST_ROWS;

/** One channel as Keepalive tells it. */
export type ChannelReport = z.input<typeof channelReport>;
/** Where the platform's P2P and TURN servers are, as far as it has any. */
export type ServerInfo = RequestAnswer<'GetServerInfo'>;
