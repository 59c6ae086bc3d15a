import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { ensureDirectory } from '../runtime/directory.ts';
import { GatewayError } from '../runtime/errors.ts';

/**
 * Keeps two gateways from sharing a state directory. The kernel's own lock (flock), which goes with the process however
 * that ends, so a file that a power cut has left is no obstacle.
 */

const LOCK_FILE = 'lock';
/** What util-linux and busybox end with when another has the lock. */
const TAKEN = 1;

/** The lock of a directory, held until the end of the process or `release`. */
export interface DirectoryLock {
  release(): Promise<void>;
}

/**
 * Takes the lock. Where it cannot be tried (a directory that cannot be written, no `flock` on the box) there is none:
 * that is no reason not to start.
 * @throws GatewayError `state-in-use` when another process has it
 */
export async function lockDirectory(directory: string): Promise<DirectoryLock> {
  const file = await opened(directory);
  if (!file) return { release: async () => undefined };
  if ((await exitCodeOfFlock(file)) === TAKEN) {
    const holder = (await file.readFile('utf8').catch(() => '')).trim();
    await file.close();
    const reason = /^\d+$/.test(holder) ? `process ${holder} has ${directory}` : directory;
    throw new GatewayError('state-in-use', 'another gateway uses this state directory', { reason });
  }
  // Only for the sentence above; that it cannot be written is told elsewhere.
  await file.truncate().catch(() => undefined);
  await file.write(`${process.pid}\n`, 0).catch(() => undefined);
  return { release: () => file.close() };
}

/** Whether a gateway has the directory at present; touches nothing. */
export async function isLocked(directory: string): Promise<boolean> {
  const file = await open(join(directory, LOCK_FILE), 'r').catch(() => undefined);
  if (!file) return false;
  try {
    return (await exitCodeOfFlock(file)) === TAKEN;
  } finally {
    await file.close();
  }
}

async function opened(directory: string): Promise<FileHandle | undefined> {
  try {
    await ensureDirectory(directory);
    return await open(join(directory, LOCK_FILE), 'a+', 0o600);
  } catch {
    // The self-check tells what is wrong with the directory.
    return undefined;
  }
}

/** Node has no flock; the program of that name locks the file that both have open, and leaves it locked to us. */
async function exitCodeOfFlock(file: FileHandle): Promise<number | null> {
  const child = spawn('flock', ['-n', '3'], { stdio: ['ignore', 'ignore', 'ignore', file.fd] });
  try {
    await once(child, 'exit');
  } catch {
    // There is no such program.
  }
  return child.exitCode;
}
