import { rm, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Logger } from 'pino';
import type { Config } from '../config/schema.ts';
import { type Complaint, readComplaints } from '../device/board-sensors.ts';
import { chipAgrees } from '../device/clock-watch.ts';
import { ntpSynchronised } from '../device/ntp.ts';
import { checkStateDirectory } from '../device/self-check.ts';
import { EncoderChoice } from '../media/ffmpeg/encoder-choice.ts';
import { ffmpegVersion } from '../media/ffmpeg/version.ts';
import type { Login } from '../ovc/login.ts';
import { tryLogin } from '../ovc/try-login.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { textOf } from '../store/state-file.ts';
import { STATE_FILE } from '../store/store.ts';
import { type Finding, found } from './finding.ts';
import { secrecyLook } from './secrecy-look.ts';

/** Looks at the box itself and at the platform. */

export interface BoxLookParts {
  /** Where the configuration is. */
  readonly file: string;
  readonly config: Config;
  readonly login: () => Login;
  readonly stateDirectory: string;
  /** A gateway runs with this login, and must not lose its link for a look. */
  readonly linked?: string | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** One thing to look at; throws what is wrong. */
export interface Look {
  readonly what: string;
  look(what: string, signal: AbortSignal): Promise<Finding>;
}

/** More than the state file ever takes. */
const PROBE_BYTES = 256 * 1024;
const GB = 1_000_000_000;

export function boxLooks({ file, config, login, stateDirectory, linked, clock, log }: BoxLookParts): Look[] {
  const { path: command } = config.ffmpeg;
  const version = (signal: AbortSignal): Promise<string> => ffmpegVersion({ command, clock, log }, signal);
  return [
    { what: 'passwords', look: (what) => secrecyLook(what, { file, config }) },
    { what: 'ffmpeg', look: async (what, signal) => found(what, await version(signal)) },
    {
      what: 'H.264 encoder',
      look: async (what, signal) => {
        // What is no ffmpeg would seem to encode whatever it is asked to.
        await version(signal);
        return found(what, encoderWords(await new EncoderChoice({ command, clock, log }).all(signal)));
      },
    },
    {
      what: 'state directory',
      look: async (what) => {
        await checkStateDirectory(stateDirectory);
        await tryWriting(stateDirectory);
        await textOf(join(stateDirectory, STATE_FILE));
        return found(what, stateDirectory);
      },
    },
    { what: 'disk', look: (what) => room(what, stateDirectory, config.recording.spool_max_bytes) },
    { what: 'time', look: (what, signal) => time(what, clock, signal) },
    { what: 'power and heat', look: async (what) => power(what, await readComplaints('/sys')) },
    {
      what: 'platform login',
      look: async (what, signal) => {
        if (linked !== undefined) return found(what, linked);
        await tryLogin(login(), { clock, signal });
        const { url, login_code } = config.platform;
        return found(what, `${new URL(url).host} accepts ${login_code}`);
      },
    },
  ];
}

function encoderWords(trials: Awaited<ReturnType<EncoderChoice['all']>>): string {
  const working = trials
    .filter(({ works }) => works)
    .map(({ row }) => `${row.name}${row.hardware ? ' (hardware)' : ''}`);
  if (working.length > 0) return working.join(', ');
  throw new GatewayError('transcode-refused', 'none works on this box, so H.265 and MJPEG cameras cannot go live');
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
    await rm(file, { force: true }).catch(() => undefined);
  }
}

async function room(what: string, directory: string, spoolBytes: number): Promise<Finding> {
  const { bsize, bavail } = await statfs(directory).catch((err: Error) => {
    throw new GatewayError('state-unwritable', 'there is no state directory', { reason: err.message });
  });
  const freeBytes = bavail * bsize;
  const words = `${(freeBytes / GB).toFixed(1)} GB free; recordings may take ${(spoolBytes / GB).toFixed(1)} GB`;
  if (freeBytes >= spoolBytes) return found(what, words);
  const advice = 'make room, or set recording.spool_max_bytes to less: an outage would fill the disk';
  return found(what, words, { verdict: 'note', advice });
}

async function time(what: string, clock: Clock, signal: AbortSignal): Promise<Finding> {
  if (await ntpSynchronised(signal)) return found(what, 'a time server keeps the clock');
  if (await chipAgrees('/sys', clock)) return found(what, 'the clock has a battery');
  const words = `nobody vouches for it; the clock says ${clock.wall().toISOString()}`;
  const advice =
    'let NTP (UDP port 123) through, or run a time server in this network; the platform is believed meanwhile';
  return found(what, words, { verdict: 'note', advice });
}

function power(what: string, complaints: readonly Complaint[] | undefined): Finding {
  if (complaints === undefined) return found(what, 'this board does not tell');
  if (complaints.length === 0) return found(what, 'no complaints');
  const advice = 'use the supply and the cable that are made for this board, and let air to it';
  return found(what, complaints.join(', '), { verdict: 'note', advice });
}
