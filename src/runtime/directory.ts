import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory, and those above it that are missing, for the owner only; true when it was not there before.
 * Node's own recursive `mkdir` never settles where the system says of a child of an existing directory that there is
 * no such thing (seen below /proc).
 * @throws what the file system says
 */
export async function ensureDirectory(directory: string): Promise<boolean> {
  const outcome = await attempt(directory);
  if (outcome !== 'no parent') return outcome === 'made';
  await ensureDirectory(dirname(directory));
  await mkdir(directory, { mode: 0o700 });
  return true;
}

async function attempt(directory: string): Promise<'made' | 'exists' | 'no parent'> {
  try {
    await mkdir(directory, { mode: 0o700 });
    return 'made';
  } catch (err) {
    const code = err instanceof Error && 'code' in err ? err.code : undefined;
    if (code === 'EEXIST') return 'exists';
    if (code === 'ENOENT' && dirname(directory) !== directory) return 'no parent';
    throw err;
  }
}
