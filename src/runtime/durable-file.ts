import { open, rename } from 'node:fs/promises';

/**
 * Files that survive a power cut: a name appears only when its content is on the medium. Knows no format.
 */

/** Only we may read what we keep: it holds addresses with keys in them, and pictures. */
const OWNER_ONLY = 0o600;

/**
 * Writes `parts` to `path`; resolves when file and directory entry are on the medium. A failure leaves what was there,
 * or, when only the directory could not be synced, the new content under its name: all of it, but not for certain.
 */
export async function writeDurably(directory: string, path: string, parts: readonly Buffer[]): Promise<void> {
  const unfinished = `${path}${UNFINISHED}`;
  const file = await open(unfinished, 'w', OWNER_ONLY);
  try {
    await writeAll(file, parts);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(unfinished, path);
  await syncDirectory(directory);
}

/** The ending of a file that is still being written, or whose writer did not live to finish it. */
export const UNFINISHED = '.part';

/** Makes sure that names given and taken in a directory stay so. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** More pieces than the system takes in one call would be refused. */
const PIECES_AT_ONCE = 512;

async function writeAll(file: Awaited<ReturnType<typeof open>>, parts: readonly Buffer[]): Promise<void> {
  for (let first = 0; first < parts.length; first += PIECES_AT_ONCE) {
    const pieces = parts.slice(first, first + PIECES_AT_ONCE);
    const due = pieces.reduce((sum, piece) => sum + piece.length, 0);
    const { bytesWritten } = await file.writev(pieces);
    // The system may take less, on a disk that has just run full; the next write tells why.
    if (bytesWritten < due) await file.writeFile(Buffer.concat(pieces).subarray(bytesWritten));
  }
}
