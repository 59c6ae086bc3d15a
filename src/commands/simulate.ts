import type { Logger } from 'pino';
import { DISCOVERY_GROUP, DISCOVERY_PORT } from '../onvif/discovery/scan.ts';
import { createLog, scrubber } from '../runtime/log.ts';
import { aborted } from '../runtime/scope.ts';
import { Secret } from '../runtime/secret.ts';
import { BAD_HABITS, type BadHabitName } from '../simulator/camera/bad-habits.ts';
import { VirtualCamera } from '../simulator/camera/camera.ts';
import { FILM_AUDIO, FILM_VIDEO } from '../simulator/camera/film.ts';
import { OvcSimulator } from '../simulator/ovc/ovc-simulator.ts';
import {
  type Command,
  EXIT,
  type ExitCode,
  type Invocation,
  oneOf,
  portNumber,
  type Surroundings,
  textOption,
  UsageError,
} from './command-line.ts';
import { conform, rulesOption } from './conform.ts';
import { logOutput } from './log-output.ts';

const OPTIONS = {
  host: { type: 'string' },
  port: { type: 'string' },
  'rtmp-port': { type: 'string' },
  'rtsp-port': { type: 'string' },
  login: { type: 'string' },
  token: { type: 'string' },
  video: { type: 'string' },
  audio: { type: 'string' },
  habits: { type: 'string' },
  conform: { type: 'boolean' },
  quick: { type: 'boolean' },
  rules: { type: 'string' },
} as const;

type Simulation = (values: Invocation['values'], world: { readonly log: Logger } & Surroundings) => Promise<ExitCode>;

/** What can be simulated, by the word on the command line. */
const SIMULATIONS: ReadonlyMap<string, Simulation> = new Map(
  Object.entries({ ovc: simulateOvc, camera: simulateCamera }),
);

/** The platform or a camera alone, for developers of the other side. */
export const simulate: Command = {
  options: OPTIONS,
  words: 1,
  run: async ({ values, positionals }, surroundings) => {
    const [word = ''] = positionals;
    const simulation = SIMULATIONS.get(word);
    if (!simulation) throw new UsageError(`simulate what? ${[...SIMULATIONS.keys()].join(' or ')}`);
    const log = createLog({ level: 'warn', scrub: scrubber([]) }, await logOutput(process.stdout));
    return simulation(values, { ...surroundings, log });
  },
};

async function simulateOvc(
  values: Invocation['values'],
  { signal, log, print }: Parameters<Simulation>[1],
): Promise<ExitCode> {
  const login = accountOption(values, undefined);
  const token = textOption(values, 'token');
  // Before anything listens, so that a mistake leaves nothing open.
  rulesOption(values);
  const ovc = await OvcSimulator.listen({
    host: textOption(values, 'host') ?? '127.0.0.1',
    port: portNumber(values, 'port', 8090),
    rtmp: { port: portNumber(values, 'rtmp-port', 1935) },
    accounts: login ? { [login.username]: login.password } : 'any',
    ...(token !== undefined && { token: new Secret(token) }),
    log,
  });
  print(`devices log in at  ${ovc.url}?login_code=…&login_passwd=…`);
  print(`RTMP is taken at   ${ovc.rtmpUrl('live', 'KEY')}`);
  print(`watch and send at  ${ovc.pageUrl(login?.username)}`);
  if (values.conform === true) return conform(ovc, values, { signal, print });
  await ovc.run(signal);
  return EXIT.done;
}

async function simulateCamera(
  values: Invocation['values'],
  { signal, log, print }: Parameters<Simulation>[1],
): Promise<ExitCode> {
  const { username, password } = accountOption(values, { username: 'admin', password: 'admin123' });
  const main = { codec: oneOf(values.video, 'video', FILM_VIDEO), audio: oneOf(values.audio, 'audio', FILM_AUDIO) };
  const camera = await VirtualCamera.start(
    {
      name: 'Virtual camera',
      serial: 'VC0001',
      mac: '02:00:00:00:00:01',
      username,
      password: new Secret(password),
      main,
      sub: {},
      host: textOption(values, 'host') ?? '127.0.0.1',
      onvifPort: portNumber(values, 'port', 8000),
      rtspPort: portNumber(values, 'rtsp-port', 8554),
      habits: habitsOption(values),
      discovery: { port: DISCOVERY_PORT, group: DISCOVERY_GROUP },
    },
    { signal, log },
  );
  print(`ONVIF at  http://${camera.host}:${camera.onvifPort}/onvif/device_service`);
  print(`RTSP at   ${camera.rtspUrl('main')}`);
  if (values.login === undefined) print(`login     ${username} / ${password}`);
  await aborted(signal);
  await camera.close();
  return EXIT.done;
}

interface Account {
  readonly username: string;
  readonly password: string;
}

function accountOption<T extends Account | undefined>(values: Invocation['values'], fallback: T): Account | T {
  const login = textOption(values, 'login');
  if (login === undefined) return fallback;
  const [, username, password] = /^([^:]+):(.+)$/.exec(login) ?? [];
  if (username === undefined || password === undefined) throw new UsageError('--login wants USER:PASSWORD');
  return { username, password };
}

function habitsOption(values: Invocation['values']): BadHabitName[] {
  const words = textOption(values, 'habits')?.split(',') ?? [];
  return words.map((word) => {
    if (isHabit(word)) return word;
    throw new UsageError(`no such habit: ${word}; there are ${Object.keys(BAD_HABITS).join(', ')}`);
  });
}

const isHabit = (word: string): word is BadHabitName => Object.hasOwn(BAD_HABITS, word);
