import type { Logger } from 'pino';
import { runProgram } from '../runtime/program.ts';

/**
 * Ends the process in good order, to be started again by whoever supervises it; the first call counts. With `reboot` the
 * supervisor may reboot the box instead, where it is set up so.
 */
export type Restart = (reason: string, how?: 'restart' | 'reboot') => void;

export interface RebootParts {
  /** Program and arguments; undefined ends the process. */
  readonly command: readonly string[] | undefined;
  readonly restart: Restart;
  readonly log: Logger;
}

/** Does what RebootDevice asks for. @throws GatewayError `process-failed` when the command fails */
export async function reboot({ command, restart, log }: RebootParts, signal: AbortSignal): Promise<void> {
  if (!command) return restart('ordered by the platform', 'reboot');
  log.info({ program: command[0] }, 'rebooting this box');
  await runProgram(command, signal);
}
