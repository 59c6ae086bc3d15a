import { z } from 'zod';
import { LOG_LEVELS } from '../runtime/log.ts';
import { Secret } from '../runtime/secret.ts';

/** Shape, defaults, units and limits of the configuration, in one place. Unknown keys are mistakes, not wishes. */

const text = z.string().min(1, 'must not be empty');
const seconds = z.number().positive();
const path = text;
const port = z.number().int().min(1).max(65_535);
const secret = z
  .string()
  .min(1, 'must not be empty')
  .transform((value) => new Secret(value));

/** `192.168.1.10`, `cam-3.lan`, `fe80::1`; an address without scheme, port or path. */
const host = text.regex(/^[\w.:%-]+$/, 'must be a host name or an IP address, without http:// and without a port');

/** `127.0.0.1:8080`, `[::]:8080`, `:8080`. */
const listen = text.regex(/^(\[[\da-fA-F:.]+\]|[\w.-]*):\d{1,5}$/, 'must look like 127.0.0.1:8080');

/** 32 bytes in base64, as `npm run release -- --new-key` prints them. */
const releaseKey = text.regex(/^[A-Za-z0-9+/]{43}=$/, 'must be a public ed25519 key, as npm run release prints it');

/** A rule over several keys is checked also where one of them has a fault of its own, so that all is told at once. */
function rule(error: string) {
  return { error, when: ({ value }: { value: unknown }) => typeof value === 'object' && value !== null };
}

/** A login that may be left out; its parts become one value, or none. */
const account = {
  username: text.optional().describe('Without it the camera is asked without a login.'),
  password: secret.optional().describe('Of that user.'),
  password_file: path.optional().describe('A file that holds the password, in place of `password`.'),
};
type Account = z.output<z.ZodObject<typeof account>>;

const complete = [
  ({ username, password }: Account) => (username === undefined) === (password === undefined),
  rule('username and password (or password_file) go together'),
] as const;

function withCredentials<T extends Account>({ username, password, password_file: _, ...rest }: T) {
  return {
    ...rest,
    credentials: username === undefined || password === undefined ? undefined : { username, password },
  };
}

const onvif = z
  .strictObject({
    host: host.optional().describe('Address of the camera.'),
    port: port.optional().describe('Port of its ONVIF service; the usual ones are tried when it is not given.'),
    tls: z.boolean().default(false).describe('The camera speaks ONVIF over https only.'),
    endpoint: text.optional().describe('urn:uuid:… of the camera, in place of its address; discovery finds it.'),
    serial: text.optional().describe('Serial number of the camera, where no other may take its place.'),
    ...account,
  })
  .refine(
    (value) => (value.host === undefined) !== (value.endpoint === undefined),
    rule('needs host or endpoint, not both'),
  )
  .refine(...complete)
  .transform(withCredentials);

const rtsp = z
  .strictObject({
    url: z
      .url({ protocol: /^rtsp$/, error: 'must be an rtsp:// address' })
      .describe('Address of the stream, without a login in it.'),
    ...account,
  })
  .refine((value) => !/\/\/[^/]*@/.test(value.url), {
    path: ['url'],
    error: 'must not hold a login; use username and password beside it',
  })
  .refine(...complete)
  .transform(withCredentials);

const presetNumbers = z.tuple([z.number().int().min(0), z.number().int().min(0)]);

const ptz = z.strictObject({
  stop_after: seconds.default(15).describe('Seconds after which a move is stopped that nobody confirms or stops.'),
  invert_x: z.boolean().default(false).describe('Left is right.'),
  invert_y: z.boolean().default(false).describe('Up is down.'),
  swap_xy: z.boolean().default(false).describe('Pan is tilt.'),
  max_velocity: z.number().positive().max(1).default(1).describe('Part of the fastest that the camera says it can.'),
  diagonal: z.boolean().default(true).describe('false: it cannot move on two axes at once.'),
  stop_before_move: z
    .enum(['always', 'axes', 'never'])
    .default('axes')
    .describe('Stop before a move in another direction; `axes`: only from pan and tilt to zoom and back.'),
  no_timeout: z.boolean().default(false).describe('Never send a Timeout with a move.'),
  zero_after_stop: z.boolean().default(false).describe('Send a move of zero after each Stop: it moves on otherwise.'),
  function_presets: z
    .array(presetNumbers)
    .optional()
    .describe('Presets that call functions, each as [first, last]; for Hikvision cameras they are known.'),
});

const alarm = z.enum(['external', 'motion', 'tripwire', 'crying', 'face', 'sound']);

const cameraEvents = z.strictObject({
  enabled: z.boolean().default(true).describe('false: its events are not asked for, so it raises no alarms.'),
  no_unsubscribe: z
    .boolean()
    .default(false)
    .describe('Never unsubscribe: on this camera that ends the subscriptions of others too.'),
  start_on_initialized: z
    .boolean()
    .default(true)
    .describe('What is on already when the gateway subscribes is an alarm.'),
  region_as_tripwire: z.boolean().default(false).describe('An area entered is a tripwire alarm, not motion.'),
  relay_as_input: z.boolean().default(false).describe('Relay outputs count as alarm inputs.'),
  inverted: z.array(alarm).default([]).describe('Alarms whose on and off this camera has the wrong way round.'),
  inverted_inputs: z.array(text).default([]).describe('Tokens of alarm inputs that are closed when idle.'),
});

const channel = z
  .strictObject({
    channel: z.number().int().min(0).max(65_535).describe('The number by which the platform knows this camera.'),
    name: text.optional().describe('For people: page, log and check.'),
    onvif: onvif.optional(),
    rtsp: rtsp.optional(),
    standby: z.boolean().default(false).describe('Keep the stream open, so that live starts at once.'),
    live: z
      .strictObject({
        profile: text.default('auto').describe('`auto`, or the token of an ONVIF media profile.'),
        video: z
          .enum(['auto', 'copy', 'transcode'])
          .default('auto')
          .describe('`auto` copies H.264 and transcodes what RTMP cannot carry.'),
        audio: z.enum(['auto', 'none']).default('auto').describe('`auto` sends AAC when the camera has any sound.'),
      })
      .prefault({}),
    record: z
      .strictObject({ profile: text.default('auto').describe('`auto`, or the token of an ONVIF media profile.') })
      .prefault({}),
    ptz: ptz.prefault({}).describe('How this camera wants to be moved; an ONVIF camera only.'),
    events: cameraEvents.prefault({}).describe('How this camera tells its alarms; an ONVIF camera only.'),
  })
  .refine((value) => (value.onvif === undefined) !== (value.rtsp === undefined), rule('needs onvif or rtsp, not both'));

const platform = z
  .strictObject({
    url: z
      .url({ protocol: /^wss?$/, error: 'must be a ws:// or wss:// address' })
      .describe('Address of the platform; /ovc is added when there is no path.'),
    login_code: text.describe('The device id that the platform gave.'),
    login_password: secret.optional().describe('The password that the platform gave.'),
    login_password_file: path.optional().describe('A file that holds it, in place of `login_password`.'),
    hardware_model: text.default('ovd-gateway').describe('How the gateway calls itself towards the platform.'),
    ca_file: path.optional().describe('PEM file of the authority that signed the platform’s certificate.'),
  })
  .refine(({ login_password }) => login_password !== undefined, {
    ...rule('is required (or login_password_file)'),
    path: ['login_password'],
  })
  // The default is for the types only: without a password the rule above has refused the file.
  .transform(({ login_password = new Secret(''), login_password_file: _, ...rest }) => ({ ...rest, login_password }));

const LOOPBACK = /^(?:127\.[\d.]+|\[::1\]|localhost):/;

const web = z
  .strictObject({
    enabled: z.boolean().default(true).describe('false: there is no page, no API and no metrics.'),
    listen: listen.default('127.0.0.1:8080').describe('Anything but loopback needs a password.'),
    password: secret
      .optional()
      .describe('Asked of everybody once there is one; plain, or `scrypt:…` as the page writes it.'),
    password_file: path.optional().describe('A file that holds the password, in place of `password`.'),
    token: secret.optional().describe('For scripts: `Authorization: Bearer …` in place of signing in.'),
    token_file: path.optional().describe('A file that holds the token, in place of `token`.'),
    hosts: z.array(host).default([]).describe('Names by which a browser may call the page, beside the box’s own.'),
    cert_file: path.optional().describe('PEM; with `key_file` the page is served over https.'),
    key_file: path.optional().describe('PEM file of the private key for `cert_file`.'),
  })
  .refine(({ listen: at, password }) => LOOPBACK.test(at) || password !== undefined, {
    ...rule('is required (or password_file) to listen on anything but loopback'),
    path: ['password'],
  })
  .refine(
    ({ cert_file, key_file }) => (cert_file === undefined) === (key_file === undefined),
    rule('cert_file and key_file go together'),
  )
  .transform(({ password_file: _, token_file: __, ...rest }) => rest);

export const configSchema = z.strictObject({
  platform,
  state_dir: path.optional().describe('Default: $STATE_DIRECTORY, else ./state.'),
  discovery: z
    .strictObject({
      enabled: z.boolean().default(true).describe('false: nothing is searched; cameras are where the file says.'),
      interval: seconds.min(10).default(60).describe('Seconds between two scans.'),
      interfaces: z
        .array(text)
        .optional()
        .describe('Network cards to search, by name or by our own address on them; default: all that lead anywhere.'),
      port: port.default(3702).describe('UDP port of WS-Discovery; another one only for tests.'),
      auto_map: z
        .boolean()
        .default(false)
        .describe('A new camera gets the lowest free channel number, remembered for ever.'),
      credentials: z
        .array(
          z
            .strictObject(account)
            .refine(...complete)
            .transform(withCredentials),
        )
        .default([])
        .describe('Tried in turn, once each, on a camera that has none.'),
    })
    .prefault({}),
  channels: z
    .array(channel)
    .default([])
    .refine(
      (list) => new Set(list.map((entry) => entry.channel)).size === list.length,
      rule('channel numbers must differ'),
    ),
  ffmpeg: z
    .strictObject({
      path: path.default('ffmpeg').describe('The program; version 5 or newer.'),
      max_transcodes: z.number().int().min(0).optional().describe('At most so many at once; default: half the cores.'),
    })
    .prefault({}),
  recording: z
    .strictObject({
      spool_max_bytes: z
        .number()
        .int()
        .min(0)
        .default(2_147_483_648)
        .describe('What may wait on disk while the platform is away; then the oldest go.'),
      spool_max_age: seconds.default(604_800).describe('Seconds after which what waits on disk is given up.'),
    })
    .prefault({}),
  events: z
    .strictObject({
      webhook: z.boolean().default(true).describe('Let cameras that cannot be asked for events call the gateway.'),
      webhook_listen: listen
        .default('0.0.0.0:0')
        .describe('Where they call; opened when the first one needs it. Port 0 is any free one.'),
    })
    .prefault({}),
  alarms: z
    .strictObject({
      picture_upload: z.enum(['POST', 'PUT']).default('POST').describe('How the platform takes pictures of alarms.'),
    })
    .prefault({}),
  web: web.prefault({}).describe('The local page.'),
  device: z
    .strictObject({
      reboot_command: z
        .array(text)
        .min(1)
        .optional()
        .describe('Program and arguments that RebootDevice runs; default: the gateway ends and is started again.'),
      set_clock: z
        .boolean()
        .default(false)
        .describe('SyncTime sets the clock of this box too, unless NTP keeps it; needs CAP_SYS_TIME.'),
    })
    .prefault({}),
  upgrade: z
    .strictObject({
      keys: z
        .array(releaseKey)
        .default([])
        .describe('Public keys of those whose releases UpgradeFirmware may install; without one it installs none.'),
      allow_downgrade: z.boolean().default(false).describe('UpgradeFirmware may go back to an older version.'),
      max_bytes: z.number().int().min(1_000_000).default(33_554_432).describe('A larger archive is not downloaded.'),
    })
    .prefault({}),
  log: z.strictObject({ level: z.enum(LOG_LEVELS).default('info').describe('The least that is said.') }).prefault({}),
});

export type Config = z.output<typeof configSchema>;
export type ChannelConfig = Config['channels'][number];

/** A channel as it would stand in the file, alone; for a look at a camera that has none yet. */
export function parseChannel(input: unknown) {
  return channel.safeParse(input);
}

/** The channel of a camera that nobody has written into the file. */
export function mappedChannel({
  credentials,
  ...found
}: {
  readonly channel: number;
  readonly name: string;
  readonly credentials: NonNullable<ChannelConfig['onvif']>['credentials'];
}): ChannelConfig {
  const entry = channel.parse({ ...found, onvif: { host: 'discovered' } });
  return { ...entry, onvif: entry.onvif && { ...entry.onvif, host: undefined, credentials } };
}

/** The schema for editors: what may stand in the file, before defaults are filled in. */
export function jsonSchema(): object {
  return {
    title: 'ovd-gateway configuration',
    ...z.toJSONSchema(configSchema, { io: 'input', unrepresentable: 'any' }),
  };
}
