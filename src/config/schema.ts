import { z } from 'zod';
import { LOG_LEVELS } from '../runtime/log.ts';
import { Secret } from '../runtime/secret.ts';
import { account, channel, complete, withCredentials } from './channel-schema.ts';
import { kindOf } from './issue-fault.ts';
import { host, kind, listen, path, port, releaseKey, rule, seconds, secret, text } from './values.ts';

/** Shape, defaults, units and limits of the configuration, in one place. Unknown keys are mistakes, not wishes. */

const platform = z
  .strictObject({
    url: z
      .url({ protocol: /^wss?$/, error: kind('not-platform-url') })
      .describe('Address of the platform; /ovc is added when there is no path.'),
    login_code: text.describe('The device id that the platform gave.'),
    login_password: secret.optional().describe('The password that the platform gave.'),
    login_password_file: path.optional().describe('A file that holds it, in place of `login_password`.'),
    hardware_model: text.default('ovd-gateway').describe('How the gateway calls itself towards the platform.'),
    ca_file: path.optional().describe('PEM file of the authority that signed the platform’s certificate.'),
  })
  .refine(({ login_password }) => login_password !== undefined, {
    ...rule('password-missing'),
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
    ...rule('password-to-listen'),
    path: ['password'],
  })
  .refine(
    ({ cert_file, key_file }) => (cert_file === undefined) === (key_file === undefined),
    rule('certificate-halved'),
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
    .refine((list) => new Set(list.map((entry) => entry.channel)).size === list.length, rule('duplicate-channel')),
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
        .describe('What may wait on disk while the platform is away; then the oldest go. With 0 there is no spool.'),
      spool_max_age: seconds
        .default(604_800)
        .describe('Seconds after which what the platform has not taken is given up.'),
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
  return channel.safeParse(input, { error: kindOf });
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
