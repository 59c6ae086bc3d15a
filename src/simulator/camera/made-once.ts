import { createHash } from 'node:crypto';
import { access, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { runFfmpeg } from './child-process.ts';

/** Files that ffmpeg makes, kept in the temporary folder for the next one who asks. */

export interface Kitchen {
  readonly log: Logger;
  readonly clock?: Clock;
}

/** A half-made file that has not grown for this long has lost its maker. */
const ABANDONED_MS = 15_000;
const LOOK_AGAIN_MS = 50;

/**
 * The path of what ffmpeg makes of these arguments (all but the output). Whoever comes first makes it, the others wait,
 * in whatever process they are; eight cameras of one kind cost one encoding.
 * @throws GatewayError `process-failed` when ffmpeg cannot make it; `ended-early` on abort
 */
export async function madeOnce(
  recipe: readonly string[],
  extension: string,
  kitchen: Kitchen,
  signal: AbortSignal,
): Promise<string> {
  const { clock = systemClock } = kitchen;
  const name = createHash('sha256').update(recipe.join(' ')).digest('hex').slice(0, 16);
  const path = join(await ownFolder(), `${name}.${extension}`);
  while (!signal.aborted) {
    if (await exists(path)) return path;
    if (await claim(`${path}.part`)) await make(path, recipe, kitchen, signal);
    else await clock.sleep(LOOK_AGAIN_MS, signal);
  }
  throw new GatewayError('ended-early', 'ended before the file was made');
}

async function make(path: string, recipe: readonly string[], { log }: Kitchen, signal: AbortSignal): Promise<void> {
  const part = `${path}.part`;
  try {
    await runFfmpeg(['-y', ...recipe, part], { signal, log });
    if (!signal.aborted) await rename(part, path);
  } finally {
    await rm(part, { force: true });
  }
}

/** True when the half-made file is ours to make. */
async function claim(part: string): Promise<boolean> {
  try {
    await (await open(part, 'wx')).close();
    return true;
  } catch {
    // Somebody makes it, or died over it; either shows in the time it was last written.
    const { mtimeMs } = await stat(part).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(part, { force: true });
    return false;
  }
}

async function ownFolder(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `ovd-virtual-camera-${uid}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The temporary folder is everybody's: what somebody else has put there under our name is not played.
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid) {
    throw new GatewayError('process-failed', 'the folder for test films belongs to somebody else', { folder });
  }
  return folder;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
