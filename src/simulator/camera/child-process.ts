import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Writable } from 'node:stream';
import type { Logger } from 'pino';
import { GatewayError } from '../../runtime/errors.ts';
import { Scope } from '../../runtime/scope.ts';

const STDERR_TAIL_LINES = 10;
const GRACE_MS = 1_000;

export interface FfmpegRun {
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly command?: string;
  /** Writes what ffmpeg reads from its stdin, which is closed when this resolves; its signal aborts when ffmpeg ends. */
  readonly feed?: (stdin: Writable, signal: AbortSignal) => Promise<void>;
  /** Hears what ffmpeg writes to its stdout. */
  readonly hear?: (chunk: Buffer) => void;
}

/**
 * Runs one ffmpeg of a virtual camera to its end. Abort asks it to finish, then insists; the call returns only when the
 * child is gone.
 * @throws GatewayError `process-failed` on any other end than exit code 0
 */
export async function runFfmpeg(args: readonly string[], run: FfmpegRun): Promise<void> {
  const { signal, log, command = 'ffmpeg', feed, hear } = run;
  if (signal.aborted) return;
  // Each line says its level: a warning that happens to come last is no reason for an end.
  const manners = ['-hide_banner', '-nostats', '-loglevel', 'level+warning', ...(feed ? [] : ['-nostdin'])];
  const stdio = [feed ? 'pipe' : 'ignore', hear ? 'pipe' : 'ignore', 'pipe'] as const;
  const child = spawn(command, [...manners, ...args], { stdio: [...stdio] });
  const tail = tailOf(child, log);
  const life = new Scope(signal);
  const fed = fedBy(child, feed, life.signal);
  if (hear) child.stdout?.on('data', hear);
  let insist: NodeJS.Timeout | undefined;
  const finish = (): void => {
    child.kill('SIGTERM');
    insist = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  };
  signal.addEventListener('abort', finish, { once: true });
  try {
    const exit = await exitOf(child);
    if (signal.aborted || exit.exit_code === 0) return;
    const message = 'ffmpeg of a virtual camera failed';
    throw new GatewayError('process-failed', message, { ...exit, stderr: tail, reason: reasonIn(tail, exit) });
  } finally {
    signal.removeEventListener('abort', finish);
    clearTimeout(insist);
    life.end();
    await fed;
  }
}

/** Resolves when nothing more is written; what ffmpeg makes of a broken pipe shows in its exit. */
async function fedBy({ stdin }: ChildProcess, feed: FfmpegRun['feed'], signal: AbortSignal): Promise<void> {
  if (!feed || !stdin) return;
  stdin.on('error', () => undefined);
  // A read that waits for the next picture would outlast SIGTERM.
  signal.addEventListener('abort', () => stdin.destroy(), { once: true });
  await feed(stdin, signal).finally(() => stdin.end());
}

function tailOf(child: ChildProcess, log: Logger): string[] {
  const tail: string[] = [];
  if (!child.stderr) return tail;
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.trace({ child_pid: child.pid, line }, 'ffmpeg says');
    tail.push(line.slice(0, 300));
    if (tail.length > STDERR_TAIL_LINES) tail.shift();
  });
  return tail;
}

interface Exit {
  readonly exit_code: number | null;
  readonly exit_signal: NodeJS.Signals | null;
}

function exitOf(child: ChildProcess): Promise<Exit> {
  return new Promise((resolve, reject) => {
    const message = 'ffmpeg of a virtual camera did not start';
    child.once('error', (cause) => reject(new GatewayError('process-failed', message, { cause })));
    child.once('close', (exit_code, exit_signal) => resolve({ exit_code, exit_signal }));
  });
}

/** The first error is the cause, the others follow from it; without one only the exit says something. */
function reasonIn(tail: readonly string[], { exit_code, exit_signal }: Exit): string {
  const [, words] = tail.map((line) => /\[(?:error|fatal|panic)\] (.+)/.exec(line)).find((found) => found) ?? [];
  return words ?? (exit_signal === null ? `it ended with exit code ${exit_code}` : `it was ended by ${exit_signal}`);
}
