import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import { type Clock, withDeadline } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { eachLine } from '../lines.ts';
import { runProcess } from '../process.ts';

/** Which ffmpeg this box has, and whether it will do. */

const ANSWER_MS = 10_000;
/** libavformat 59 came with FFmpeg 5.0; builds from git have no version in their name but always this one. */
const OLDEST_LIBAVFORMAT = 59;
const CURE = 'install it with: sudo apt install ffmpeg; or set ffmpeg.path';

export interface VersionParts {
  readonly command: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * The version as ffmpeg writes it, such as `5.1.9-0+deb12u1`.
 * @throws GatewayError `process-failed` when there is no ffmpeg, or none of 5.0 or later; the reason says what to type.
 */
export async function ffmpegVersion({ command, clock, log }: VersionParts, signal: AbortSignal): Promise<string> {
  const lines: string[] = [];
  const onPipes = ([stdout]: readonly Readable[]): void => {
    if (stdout) eachLine(stdout, (line) => void (lines.length < 100 && lines.push(line)));
  };
  const late = (): Error => new GatewayError('timed-out', 'ffmpeg did not tell its version');
  try {
    const ask = (inTime: AbortSignal): Promise<void> =>
      runProcess({ command, args: ['-hide_banner', '-version'], onPipes }, { signal: inTime, log, clock });
    await withDeadline({ clock, ms: ANSWER_MS, signal, late }, ask);
  } catch (cause) {
    const found = cause instanceof GatewayError ? cause.sentence : String(cause);
    throw new GatewayError('process-failed', 'ffmpeg does not run', { reason: `${found}; ${CURE}`, cause });
  }
  signal.throwIfAborted();
  return acceptable(lines.join('\n'));
}

function acceptable(text: string): string {
  const version = /^ffmpeg version (\S{1,60})/m.exec(text)?.[1] ?? 'unknown';
  const libavformat = Number(/^libavformat\s+(\d+)\./m.exec(text)?.[1] ?? 0);
  if (libavformat >= OLDEST_LIBAVFORMAT) return version;
  const reason = `this is ${version}, and 5.0 or later is needed; ${CURE}`;
  throw new GatewayError('process-failed', 'ffmpeg is too old', { reason });
}
