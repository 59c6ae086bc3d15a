import { describe } from '../media/rtsp/client.ts';
import { hostProber } from '../onvif/discovery/probe-host.ts';
import type { Place } from '../onvif/endpoint.ts';
import type { Survey } from '../onvif/survey/report.ts';
import { survey } from '../onvif/survey/survey.ts';
import { systemClock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { createLog, scrubber } from '../runtime/log.ts';
import { Secret } from '../runtime/secret.ts';
import {
  type Command,
  EXIT,
  type ExitCode,
  type Invocation,
  type Surroundings,
  textOption,
  UsageError,
} from './command-line.ts';
import { surveyLines } from './survey-words.ts';

const EVENTS_MS = 10_000;
/** Cheap cameras have the password in the path of a stream. */
const PASSWORD_IN_PATH = /(pass(?:word|wd)?|pwd)([=:_])[^&\s"_/]+/gi;

/** One camera in full, for whoever installs it or reports a fault of it; no secret is in what it prints. */
export const probe: Command = {
  options: {
    user: { type: 'string', short: 'u' },
    password: { type: 'string', short: 'p' },
    json: { type: 'boolean' },
  },
  words: 1,
  run: async ({ values, positionals }: Invocation, { env, signal, print }: Surroundings): Promise<ExitCode> => {
    const place = placeIn(positionals[0]);
    const credentials = credentialsIn(values, env);
    const scrubSecrets = scrubber(credentials ? [credentials.password] : []);
    const scrub = (text: string): string => scrubSecrets(text).replace(PASSWORD_IN_PATH, '$1$2***');
    const clock = systemClock;
    const log = createLog({ level: 'fatal', scrub });
    const parts = {
      credentials,
      describe: (url: URL, login: typeof credentials, life: AbortSignal) => describe(url, login, clock, life),
      probe: hostProber({ clock, log }),
      eventsMs: EVENTS_MS,
      ...{ clock, log },
    };
    try {
      if (values.json !== true) print(`looking at ${place.host} for about ${EVENTS_MS / 1000} s …`);
      const seen = await survey(place, parts, signal);
      const told = values.json === true ? [JSON.stringify(seen, null, 2)] : surveyLines(seen);
      for (const line of told) print(scrub(line));
      return failedAtAll(seen) ? EXIT.failed : EXIT.done;
    } catch (err) {
      if (!(err instanceof GatewayError)) throw err;
      const { sentence: fault } = err;
      print(scrub(values.json === true ? JSON.stringify({ address: place.host, fault }, null, 2) : fault));
      return EXIT.failed;
    }
  },
};

/** What keeps a camera from being used at all; a missing snapshot does not. */
function failedAtAll({ faults }: Survey): boolean {
  return ['login', 'services', 'profiles', 'streams'].some((part) => Object.hasOwn(faults, part));
}

function placeIn(word: string | undefined): Place {
  const [, bracketed, plain, port] =
    /^(?:\[([^\]]+)\]|([^:]+|[\da-f:.]*:[\da-f:.]*:[\da-f:.]*))(?::(\d{1,5}))?$/i.exec(word ?? '') ?? [];
  const host = bracketed ?? plain;
  if (host === undefined || !/^[\w.:%-]+$/.test(host)) throw new UsageError('probe wants HOST or HOST:PORT');
  if (port === undefined) return { host };
  if (Number(port) < 1 || Number(port) > 65_535) throw new UsageError('a port is 1 to 65535');
  return { host, port: Number(port) };
}

function credentialsIn(values: Invocation['values'], env: NodeJS.ProcessEnv) {
  const username = textOption(values, 'user');
  const password = textOption(values, 'password') ?? env.OVD_CAMERA_PASSWORD;
  if (username === undefined && textOption(values, 'password') !== undefined) throw new UsageError('-p wants -u');
  if (username === undefined) return undefined;
  if (password === undefined || password === '')
    throw new UsageError('-u wants a password: -p, or OVD_CAMERA_PASSWORD');
  return { username, password: new Secret(password) };
}
