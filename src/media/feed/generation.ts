import type { Readable } from 'node:stream';
import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { Scope } from '../../runtime/scope.ts';
import type { Recipe } from '../ffmpeg/arguments.ts';
import { verdictOn } from '../ffmpeg/failures.ts';
import { type FlvTag, isSequenceHeader } from '../flv-tag.ts';
import { readEach } from '../pipe-buffer.ts';
import { runProcess } from '../process.ts';
import { FlvReader } from './flv-reader.ts';
import { LifeSigns, type Patience, type Stage } from './life-signs.ts';

/** One ffmpeg of a Feed: from spawn to gone, with a watch on what it delivers. Knows no consumers and no second try. */

export interface GenerationParts {
  readonly command: string;
  readonly args: readonly string[];
  readonly script: string;
  /** False where the codec leaves only TS; the TS then shows that the camera lives. */
  readonly hasFlv: boolean;
  readonly patience: Patience;
  readonly clock: Clock;
  readonly log: Logger;
}

export interface Outputs {
  readonly onTag: (tag: FlvTag) => void;
  /** The bytes are true during the call only. */
  readonly onTs: (chunk: Buffer) => void;
  /** The stream has fallen silent; its ffmpeg, which takes its time, is being ended. */
  readonly onSilence: (end: GenerationEnd) => void;
}

/** Why a generation ended: how far it had come, and what to do otherwise in the next. */
export class GenerationEnd extends GatewayError {
  readonly stage: Stage;
  readonly silent: boolean;
  readonly remedy: Partial<Recipe> | undefined;

  constructor(err: GatewayError, end: { stage: Stage; silent: boolean; remedy?: Partial<Recipe> | undefined }) {
    super(err.kind, err.message, { ...err.fields, cause: err.cause });
    this.stage = end.stage;
    this.silent = end.silent;
    this.remedy = end.remedy;
  }
}

const TAIL_LINES = 40;

const SILENCE: Readonly<Record<Stage, string>> = {
  opening: 'camera does not deliver',
  starting: 'camera sends no picture',
  flowing: 'camera stopped sending',
};

/**
 * Runs one ffmpeg until the signal aborts.
 * @throws GenerationEnd when it ended, fell silent or wrote nonsense, with the child gone; and whatever an output threw.
 */
export async function runGeneration(parts: GenerationParts, outputs: Outputs, signal: AbortSignal): Promise<void> {
  const { command, args, script, patience, clock, log } = parts;
  const scope = new Scope(signal);
  const life = new LifeSigns(clock, patience);
  const tail: string[] = [];
  const onLine = (line: string): void => {
    tail.push(line);
    if (tail.length > TAIL_LINES) tail.shift();
  };
  const onPipes = (pipes: readonly Readable[]): void => read(pipes, { parts, outputs, life, scope });
  const watch = life.silence(scope.signal).then(() => {
    if (scope.signal.aborted) return;
    const end = silence(life);
    scope.end(end);
    outputs.onSilence(end);
  });
  try {
    const order = { command, args, script, extraPipes: 1, onPipes, onLine };
    const outcome = await runProcess(order, { signal: scope.signal, log, clock }).catch((err: unknown) => err);
    if (signal.aborted) return;
    // What made us end the child is the reason; how it then died is not.
    throw scope.signal.aborted ? scope.signal.reason : endOf(tail, outcome, life);
  } finally {
    scope.end();
    await watch;
  }
}

interface Reading {
  readonly parts: GenerationParts;
  readonly outputs: Outputs;
  readonly life: LifeSigns;
  readonly scope: Scope;
}

/** Reads both pipes to their ends whoever listens: an unread pipe would stop ffmpeg, and with it the other pipe. */
function read([flv, ts]: readonly Readable[], { parts, outputs, life, scope }: Reading): void {
  const reader = new FlvReader((tag) => {
    if (tag.kind === 'video' && !isSequenceHeader(tag)) life.sawPicture();
    outputs.onTag(tag);
  });
  const takeFlv = (chunk: Buffer): void => {
    life.sawBytes();
    reader.push(chunk);
  };
  const takeTs = (chunk: Buffer): void => {
    if (!parts.hasFlv) life.sawPicture();
    outputs.onTs(chunk);
  };
  if (flv) readEach(flv, guarded(takeFlv, scope));
  if (ts) readEach(ts, guarded(takeTs, scope));
}

/** A consumer that throws ends this generation and not the process. */
function guarded(take: (chunk: Buffer) => void, scope: Scope): (chunk: Buffer) => void {
  return (chunk) => {
    if (scope.signal.aborted) return;
    try {
      take(chunk);
    } catch (err) {
      scope.end(err);
    }
  };
}

function silence({ stage, silentMs }: LifeSigns): GenerationEnd {
  const err = new GatewayError('camera-unreachable', SILENCE[stage], { silent_ms: Math.round(silentMs) });
  return new GenerationEnd(err, { stage, silent: true });
}

function endOf(tail: readonly string[], outcome: unknown, { stage }: LifeSigns): unknown {
  if (outcome !== undefined && !(outcome instanceof GatewayError)) return outcome;
  const { err, remedy } = verdictOn(tail, outcome);
  return new GenerationEnd(err, { stage, silent: false, remedy });
}
