import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Logger } from 'pino';
import { GatewayError } from '../../runtime/errors.ts';

const STDERR_TAIL_LINES = 10;
const GRACE_MS = 1_000;

/**
 * Runs one ffmpeg to its end. Abort asks it to finish, then insists; the call returns only when the child is gone.
 * @throws GatewayError `process-failed` on any other end than exit code 0
 */
export async function runFfmpeg(
  args: readonly string[],
  { signal, log, command = 'ffmpeg' }: { signal: AbortSignal; log: Logger; command?: string },
): Promise<void> {
  if (signal.aborted) return;
  const child = spawn(command, ['-hide_banner', '-nostdin', '-nostats', '-loglevel', 'warning', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const tail: string[] = [];
  createInterface({ input: child.stderr }).on('line', (line) => {
    log.trace({ child_pid: child.pid, line }, 'ffmpeg says');
    tail.push(line.slice(0, 300));
    if (tail.length > STDERR_TAIL_LINES) tail.shift();
  });
  let insist: NodeJS.Timeout | undefined;
  const finish = (): void => {
    child.kill('SIGTERM');
    insist = setTimeout(() => child.kill('SIGKILL'), GRACE_MS);
  };
  signal.addEventListener('abort', finish, { once: true });
  try {
    const exit = await new Promise<{ exit_code: number | null; exit_signal: NodeJS.Signals | null }>(
      (resolve, reject) => {
        child.once('error', (cause) => reject(new GatewayError('process-failed', 'ffmpeg did not start', { cause })));
        child.once('close', (exit_code, exit_signal) => resolve({ exit_code, exit_signal }));
      },
    );
    if (signal.aborted || exit.exit_code === 0) return;
    throw new GatewayError('process-failed', 'ffmpeg failed', { ...exit, stderr: tail, reason: tail.at(-1) ?? '' });
  } finally {
    signal.removeEventListener('abort', finish);
    clearTimeout(insist);
  }
}
