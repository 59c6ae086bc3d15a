import type { Logger } from 'pino';
import { type Clock, withDeadline } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { runProcess } from '../process.ts';
import { ENCODERS, type EncoderRow, encoderArguments } from './encoders.ts';

/** Finds out which encoders really work on this box: one that is compiled in may have no device to work with. */

export interface EncoderTrial {
  readonly row: EncoderRow;
  readonly works: boolean;
  /** ffmpeg's last line, where it does not work. */
  readonly why: string;
}

export interface TrialParts {
  readonly command: string;
  readonly clock: Clock;
  readonly log: Logger;
}

const TRIAL_MS = 10_000;
const TRIAL_INPUT = ['-f', 'lavfi', '-i', 'testsrc2=size=1280x720:rate=10', '-frames:v', '5'];

/** Encodes five frames: an encoder that is compiled in may still have no device to work with. Never throws but on abort. */
async function tryEncoder(
  row: EncoderRow,
  { command, clock, log }: TrialParts,
  signal: AbortSignal,
): Promise<EncoderTrial> {
  const output = [...encoderArguments(row, { maxBitsPerSecond: 0, framesPerSecond: undefined }), '-f', 'null', '-'];
  const args = ['-hide_banner', '-loglevel', 'error', ...row.device, ...TRIAL_INPUT, ...output];
  let last = '';
  const onLine = (line: string): void => {
    last = line;
  };
  const late = (): Error => new GatewayError('timed-out', 'encoder did not finish five frames');
  try {
    await withDeadline({ clock, ms: TRIAL_MS, signal, late }, (inTime) =>
      runProcess({ command, args, onLine }, { signal: inTime, log, clock }),
    );
    return { row, works: !signal.aborted, why: '' };
  } catch (err) {
    log.debug({ err, encoder: row.name }, 'encoder does not work here');
    return { row, works: false, why: last || (err instanceof GatewayError ? err.sentence : String(err)) };
  }
}

/** Remembers which encoders work, so that each is tried once in the life of the process, and not before it is needed. */
export class EncoderChoice {
  readonly #parts: TrialParts;
  readonly #trials = new Map<string, EncoderTrial>();

  constructor(parts: TrialParts) {
    this.#parts = parts;
  }

  /** Tries all of them, for people who want to know. */
  async all(signal: AbortSignal): Promise<readonly EncoderTrial[]> {
    const trials: EncoderTrial[] = [];
    for (const row of ENCODERS) trials.push(await this.#trial(row, signal));
    return trials;
  }

  /**
   * The first of the list that works.
   * @throws GatewayError `transcode-refused` when none does.
   */
  async best(signal: AbortSignal): Promise<EncoderRow> {
    for (const row of ENCODERS) {
      const { works } = await this.#trial(row, signal);
      if (works) return row;
    }
    throw new GatewayError('transcode-refused', 'no H.264 encoder works on this box');
  }

  async #trial(row: EncoderRow, signal: AbortSignal): Promise<EncoderTrial> {
    const known = this.#trials.get(row.name);
    if (known) return known;
    const trial = await tryEncoder(row, this.#parts, signal);
    // A trial that was cut short says nothing about the encoder.
    if (!signal.aborted) this.#trials.set(row.name, trial);
    return trial;
  }
}
