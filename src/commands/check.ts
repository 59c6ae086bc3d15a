import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cameraFor } from '../cameras.ts';
import type { CameraPicture, CameraStream } from '../channel/ports.ts';
import { readConfig } from '../config/read.ts';
import type { Config } from '../config/schema.ts';
import { secretsIn } from '../config/secrets.ts';
import { stateDirectory } from '../config/state-directory.ts';
import { checkStateDirectory } from '../device/self-check.ts';
import { EncoderChoice } from '../media/ffmpeg/encoder-choice.ts';
import { ffmpegVersion } from '../media/ffmpeg/version.ts';
import { tryLogin } from '../ovc/try-login.ts';
import { type Clock, systemClock, withDeadline } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { createLog, scrubber } from '../runtime/log.ts';
import { loginOf } from '../service/login.ts';
import { type Command, EXIT, type ExitCode, type Invocation, type Surroundings } from './command-line.ts';
import { CONFIG_OPTION, configFile } from './config-file.ts';
import { OneLook } from './one-look.ts';

/** What one look found: whether it will do, and in which words. */
interface Finding {
  readonly what: string;
  readonly ok: boolean;
  readonly words: string;
}

/** One thing to look at; the look gives words for a person, and throws what is wrong. */
interface Look {
  readonly what: string;
  look(signal: AbortSignal): Promise<string>;
}

/** Longer than any single step may take, so that no check hangs. */
const LOOK_MS = 60_000;
/** More than the state file ever takes. */
const PROBE_BYTES = 256 * 1024;

/** Says what would not work and why, without starting. */
export const check: Command = {
  options: { config: CONFIG_OPTION, json: { type: 'boolean' } },
  run: async ({ values }: Invocation, { env, signal, print, version }: Surroundings): Promise<ExitCode> => {
    const file = configFile(values);
    const tell = values.json === true ? undefined : print;
    const found: Finding[] = [];
    const note = (finding: Finding): void => {
      found.push(finding);
      tell?.(line(finding));
    };
    const config = opened(file, env, note);
    if (config) for (const look of looksAt(config, { env, version })) note(await finding(look, config, signal));
    if (values.json === true) print(JSON.stringify(found, null, 2));
    if (!config) return EXIT.config;
    return found.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
  },
};

const line = ({ what, ok, words }: Finding): string => `${ok ? 'ok  ' : 'FAIL'}  ${what.padEnd(24)} ${words}`;

function opened(file: string, env: NodeJS.ProcessEnv, note: (finding: Finding) => void): Config | undefined {
  const what = 'configuration';
  try {
    const config = readConfig(file, env);
    note({ what, ok: true, words: `${file}, ${config.channels.length} channels` });
    return config;
  } catch (err) {
    if (!(err instanceof GatewayError) || !Array.isArray(err.fields.faults)) throw err;
    for (const fault of err.fields.faults) note({ what, ok: false, words: `${file}: ${fault}` });
    return undefined;
  }
}

async function finding({ what, look }: Look, config: Config, signal: AbortSignal): Promise<Finding> {
  const scrub = scrubber(secretsIn(config));
  const late = (): Error => new GatewayError('timed-out', 'took too long');
  try {
    const words = await withDeadline({ clock: systemClock, ms: LOOK_MS, signal, late }, look);
    return { what, ok: true, words: scrub(words) };
  } catch (err) {
    return { what, ok: false, words: scrub(err instanceof GatewayError ? err.sentence : String(err)) };
  }
}

function looksAt(config: Config, { env, version }: Pick<Surroundings, 'env' | 'version'>): Look[] {
  const clock = systemClock;
  const log = createLog({ level: 'fatal', scrub: scrubber([]) });
  const { path: command } = config.ffmpeg;
  const encoders = new EncoderChoice({ command, clock, log });
  const directory = stateDirectory(config, env);
  const cameras = new OneLook({ config, stateDirectory: directory, clock, log });
  return [
    { what: 'ffmpeg', look: (signal) => ffmpegVersion({ command, clock, log }, signal) },
    {
      what: 'H.264 encoder',
      look: async (signal) => {
        // What is no ffmpeg would seem to encode whatever it is asked to.
        await ffmpegVersion({ command, clock, log }, signal);
        return encoderWords(await encoders.all(signal));
      },
    },
    {
      what: 'state directory',
      look: async () => {
        await checkStateDirectory(directory);
        await tryWriting(directory);
        return directory;
      },
    },
    { what: 'platform login', look: (signal) => loginWords(config, { version, clock }, signal) },
    ...config.channels.map((entry) => ({
      what: `channel ${entry.channel} ${entry.name ?? ''}`.trim(),
      look: async (signal: AbortSignal) => {
        const finder = await cameras.finderFor(entry);
        return cameraWords(await cameraFor(entry, { clock, log, finder }).info(signal));
      },
    })),
  ];
}

/** A full disk lets itself be opened; only a write tells. */
async function tryWriting(directory: string): Promise<void> {
  const file = join(directory, `.check-${process.pid}`);
  try {
    await writeFile(file, Buffer.alloc(PROBE_BYTES), { flush: true });
  } catch (err) {
    const reason = err instanceof Error ? err.message : String(err);
    throw new GatewayError('state-unwritable', 'the state directory takes no file', { reason });
  } finally {
    await rm(file, { force: true });
  }
}

function encoderWords(trials: Awaited<ReturnType<EncoderChoice['all']>>): string {
  const working = trials
    .filter(({ works }) => works)
    .map(({ row }) => `${row.name}${row.hardware ? ' (hardware)' : ''}`);
  if (working.length > 0) return working.join(', ');
  throw new GatewayError('transcode-refused', 'none works on this box, so H.265 and MJPEG cameras cannot go live');
}

async function loginWords(
  config: Config,
  { version, clock }: { version: string; clock: Clock },
  signal: AbortSignal,
): Promise<string> {
  await tryLogin(loginOf(config, version), { clock, signal });
  return `${new URL(config.platform.url).host} accepts ${config.platform.login_code}`;
}

function cameraWords({ device, clockOffsetMs, streams, services }: CameraPicture): string {
  const who = device ? `${device.manufacturer} ${device.model} ${device.firmware}`.trim() : 'answers';
  const clock = clockOffsetMs === undefined ? [] : [`clock ${Math.round(clockOffsetMs / 1000) || 0} s off`];
  const offers = services.length === 0 ? [] : [`offers ${services.join(', ')}`];
  return [who, ...clock, ...streams.map(streamWords), ...offers].join('; ');
}

function streamWords({ name, video, width, height, framesPerSecond, bitsPerSecond, audio }: CameraStream): string {
  const size = width === undefined || height === undefined ? '' : ` ${width}x${height}`;
  const pace = framesPerSecond === undefined ? '' : ` ${framesPerSecond}/s`;
  const rate = bitsPerSecond === undefined ? '' : ` ${(bitsPerSecond / 1e6).toFixed(1)} Mbit/s`;
  return `${name}: ${video}${size}${pace}${rate}, ${audio ?? 'no sound'}`;
}
