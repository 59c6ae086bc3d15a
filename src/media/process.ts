import { type ChildProcess, spawn } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { Scope } from '../runtime/scope.ts';
import { eachLine } from './lines.ts';

/** A child process, from spawn to gone. Knows signals and pipes and nothing of what flows through them. */

export interface ProcessOrder {
  readonly command: string;
  readonly args: readonly string[];
  /** How many pipes the child writes to beside stdout, from descriptor 3 on. */
  readonly extraPipes?: number;
  /** Gets stdout and the extra pipes right after the spawn; without it they are drained. They must be read to the end. */
  readonly onPipes?: (pipes: readonly Readable[]) => void;
  /** What the child reads from its stdin, to the end; without it stdin stays open. */
  readonly input?: readonly Buffer[];
  /** What the child reads from a pipe of its own, the descriptor after all others: for what arguments would show to all. */
  readonly script?: string;
  /** Hears each line of stderr. */
  readonly onLine?: (line: string) => void;
}

interface Surroundings {
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock?: Clock;
}

/** So much of its last words stands in the error, which becomes a log line; all of them are there at level trace. */
const TAIL = { lines: 3, characters: 200 };
/** ffmpeg prints whole URLs, and errors are shown to people. */
const USER_IN_URL = /\/\/[^/\s@]+@/g;
/** A grandchild may hold a pipe open after the child is gone; nobody waits for it longer than this. */
const PIPES_AFTER_EXIT_MS = 1_000;

interface Step {
  readonly afterMs: number;
  readonly ask: (child: ChildProcess) => void;
}

/**
 * How a child is asked to end. `q` lets ffmpeg tell the camera good-bye and works where the first SIGTERM does not
 * (ffmpeg 7 with an unread stdin). The steps are short because there is no file to finish: all output goes to us.
 */
const STEPS: readonly Step[] = [
  { afterMs: 0, ask: (child) => child.stdin?.writable && child.stdin.write('q') },
  { afterMs: 200, ask: (child) => child.kill('SIGTERM') },
  { afterMs: 400, ask: (child) => child.kill('SIGKILL') },
];
/** A child that outlives SIGKILL hangs in the kernel; waiting for it would hang us too. */
const ABANDON_AFTER_MS = 3_000;

/**
 * Runs one child process to its end; returns only when it is gone and its pipes are read. Abort is no failure.
 * @throws GatewayError `process-failed` when it could not start, ended with any code but 0, or could not be ended;
 * the last lines of its stderr stand in the field `stderr`.
 */
export async function runProcess(
  order: ProcessOrder,
  { signal, log, clock = systemClock }: Surroundings,
): Promise<void> {
  if (signal.aborted) return;
  const tail: string[] = [];
  const child = start(order, (text) => {
    const line = text.replace(USER_IN_URL, '//***@');
    log.trace({ line }, 'stderr');
    tail.push(line.slice(0, TAIL.characters));
    if (tail.length > TAIL.lines) tail.shift();
    order.onLine?.(line);
  });
  const alive = new Scope();
  const end = (): void => void endInSteps(child, clock, alive.signal);
  signal.addEventListener('abort', end, { once: true });
  try {
    log.debug({ child_pid: child.pid }, 'process started');
    const { exitCode, exitSignal } = await gone(child, { clock, signal, alive: alive.signal });
    log.debug({ child_pid: child.pid, exit_code: exitCode, exit_signal: exitSignal }, 'process ended');
    if (signal.aborted || exitCode === 0) return;
    const reason = exitSignal ? `ended by ${exitSignal}` : (tail.at(-1) ?? `exit code ${exitCode}`);
    const fields = { exit_code: exitCode, exit_signal: exitSignal, stderr: tail };
    throw new GatewayError('process-failed', 'process failed', { command: order.command, reason, ...fields });
  } finally {
    signal.removeEventListener('abort', end);
    alive.end();
  }
}

function start(order: ProcessOrder, onLine: (line: string) => void): ChildProcess {
  const { command, args, extraPipes = 0, onPipes, input, script } = order;
  const child = spawnOrThrow(command, args, extraPipes + (script === undefined ? 0 : 1));
  // The child may be gone before it has read its stdin; that it ended is told by `close`.
  child.stdin?.on('error', () => undefined);
  for (const part of input ?? []) child.stdin?.write(part);
  if (input) child.stdin?.end();
  const [, stdout, stderr, ...others] = child.stdio;
  const extra = others.slice(0, extraPipes);
  writeScript(others[extraPipes], script);
  // Node types the extra pipes as possibly writable; a `pipe` from descriptor 3 on is a duplex socket, hence readable.
  const pipes = [stdout, ...extra].filter((pipe): pipe is Readable => pipe !== null && pipe !== undefined);
  // A broken pipe is the child's end, and `close` tells that.
  for (const pipe of pipes) pipe.on('error', () => undefined);
  if (stderr) eachLine(stderr, onLine);
  if (onPipes) onPipes(pipes);
  else for (const pipe of pipes) pipe.resume();
  return child;
}

function writeScript(pipe: Readable | Writable | null | undefined, script: string | undefined): void {
  if (script === undefined || !(pipe instanceof Duplex)) return;
  // As with stdin: that the child is gone is told by `close`.
  pipe.on('error', () => undefined);
  pipe.resume();
  pipe.end(script);
}

function spawnOrThrow(command: string, args: readonly string[], extraPipes: number): ChildProcess {
  try {
    const extra = Array.from({ length: extraPipes }, () => 'pipe' as const);
    return spawn(command, args, { stdio: ['pipe', 'pipe', 'pipe', ...extra] });
  } catch (cause) {
    throw notStarted(command, cause);
  }
}

const START_FAULT: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such program'],
  ['EACCES', 'it may not be executed'],
  ['EMFILE', 'too many files are open'],
  ['EAGAIN', 'too many processes run'],
  ['ENOMEM', 'there is not enough memory'],
]);

function notStarted(command: string, cause: unknown): GatewayError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  const why = START_FAULT.get(code) ?? code;
  return new GatewayError('process-failed', 'program could not be started', { reason: `${command}: ${why}`, cause });
}

interface Exit {
  readonly exitCode: number | null;
  readonly exitSignal: NodeJS.Signals | null;
}

interface Watch {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly alive: AbortSignal;
}

function gone(child: ChildProcess, { clock, alive }: Watch): Promise<Exit> {
  return new Promise((resolve, reject) => {
    child.once('close', (exitCode, exitSignal) => resolve({ exitCode, exitSignal }));
    child.once('exit', () => {
      void clock.sleep(PIPES_AFTER_EXIT_MS, alive).then(() => letGo(child));
    });
    child.on('error', (cause) => {
      if (child.pid === undefined) reject(notStarted(child.spawnfile, cause));
    });
    child.once('abandoned', () => reject(new GatewayError('process-failed', 'process could not be ended')));
  });
}

async function endInSteps(child: ChildProcess, clock: Clock, alive: AbortSignal): Promise<void> {
  for (const { afterMs, ask } of STEPS) {
    await clock.sleep(afterMs, alive);
    if (alive.aborted) return;
    ask(child);
  }
  await clock.sleep(ABANDON_AFTER_MS, alive);
  if (alive.aborted) return;
  letGo(child);
  child.unref();
  child.emit('abandoned');
}

function letGo(child: ChildProcess): void {
  for (const pipe of child.stdio) pipe?.destroy();
}
