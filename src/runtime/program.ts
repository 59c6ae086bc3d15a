import { execFile } from 'node:child_process';
import { GatewayError } from './errors.ts';
import { Scope } from './scope.ts';

const LONGEST_MS = 10_000;
const MOST_OUTPUT_BYTES = 64 * 1024;
const REASON_CHARACTERS = 200;

export interface ProgramWish {
  readonly mostBytes?: number;
  /** Instead of our own. */
  readonly env?: NodeJS.ProcessEnv;
}

/**
 * Runs a program of the box to its end; resolves with what it wrote to stdout.
 * @throws GatewayError `process-failed` when it is not there, fails, says more than `mostBytes` or takes longer than ten
 * seconds
 */
export async function runProgram(
  command: readonly string[],
  signal: AbortSignal,
  wish: ProgramWish = {},
): Promise<string> {
  // A program that cannot be started leaves Node's listener on the signal for ever, and this one may live for years.
  const scope = new Scope(signal);
  try {
    return await run(command, scope.signal, wish);
  } finally {
    scope.end();
  }
}

function run([program = '', ...args]: readonly string[], signal: AbortSignal, wish: ProgramWish): Promise<string> {
  const { mostBytes: maxBuffer = MOST_OUTPUT_BYTES, env } = wish;
  return new Promise((resolve, reject) => {
    const options = { signal, timeout: LONGEST_MS, killSignal: 'SIGKILL', maxBuffer, ...(env && { env }) } as const;
    execFile(program, args, options, (failure, stdout, stderr) => {
      if (!failure) return resolve(stdout);
      const words = failure.code === 'ENOENT' ? 'there is no such program' : stderr.trim() || failure.message;
      const reason = words.split('\n')[0]?.slice(0, REASON_CHARACTERS);
      reject(new GatewayError('process-failed', 'a program of the box failed', { program, reason }));
    });
  });
}
