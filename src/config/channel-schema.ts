import { z } from 'zod';
import { host, kind, path, port, rule, seconds, secret, text } from './values.ts';

/** One channel of the configuration: its camera, and how that wants to be treated. */

/** A login that may be left out; its parts become one value, or none. */
export const account = {
  username: text.optional().describe('Without it the camera is asked without a login.'),
  password: secret.optional().describe('Of that user.'),
  password_file: path.optional().describe('A file that holds the password, in place of `password`.'),
};
type Account = z.output<z.ZodObject<typeof account>>;

export const complete = [
  ({ username, password }: Account) => (username === undefined) === (password === undefined),
  rule('login-halved'),
] as const;

export function withCredentials<T extends Account>({ username, password, password_file: _, ...rest }: T) {
  return {
    ...rest,
    credentials: username === undefined || password === undefined ? undefined : { username, password },
  };
}

export const onvif = z
  .strictObject({
    host: host.optional().describe('Address of the camera.'),
    port: port.optional().describe('Port of its ONVIF service; the usual ones are tried when it is not given.'),
    tls: z.boolean().default(false).describe('The camera speaks ONVIF over https only.'),
    endpoint: text.optional().describe('urn:uuid:… of the camera, in place of its address; discovery finds it.'),
    serial: text.optional().describe('Serial number of the camera, where no other may take its place.'),
    ...account,
  })
  .refine((value) => (value.host === undefined) !== (value.endpoint === undefined), rule('host-or-endpoint'))
  .refine(...complete)
  .transform(withCredentials);

const rtsp = z
  .strictObject({
    url: z
      .url({ protocol: /^rtsp$/, error: kind('not-rtsp-url') })
      .describe('Address of the stream, without a login in it.'),
    ...account,
  })
  .refine((value) => !/\/\/[^/]*@/.test(value.url), {
    path: ['url'],
    error: kind('login-in-url'),
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

export const channel = z
  .strictObject({
    channel: z.number().int().min(0).max(65_535).describe('The number by which the platform knows this camera.'),
    name: text.optional().describe('For people: page and check.'),
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
  .refine((value) => (value.onvif === undefined) !== (value.rtsp === undefined), rule('onvif-or-rtsp'));
