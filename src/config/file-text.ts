import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { type Fault, type FaultKind, fault } from '../runtime/fault.ts';

/** Files that people name, read as text: whatever it is that they have named. */

const MOST_BYTES = 4 * 1024 * 1024;

const FAULTS: ReadonlyMap<unknown, FaultKind> = new Map([
  ['ENOENT', 'no-file'],
  ['EACCES', 'file-forbidden'],
  ['EISDIR', 'not-file'],
  ['ENXIO', 'not-file'],
  ['ERR_FS_FILE_TOO_LARGE', 'file-too-large'],
  ['ERR_ENCODING_INVALID_ENCODED_DATA', 'not-utf8'],
]);

/**
 * The text of a regular file in UTF-8, 4 MiB at most.
 * @throws what the system says, with its code; `whyUnreadable` tells it as a fault
 */
export function fileText(file: string): string {
  // Without waiting: a pipe would have us wait for whoever writes into it.
  const descriptor = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    const stat = fstatSync(descriptor);
    if (!stat.isFile()) throw coded('EISDIR');
    if (stat.size > MOST_BYTES) throw coded('ERR_FS_FILE_TOO_LARGE');
    const bytes = Buffer.alloc(stat.size);
    const length = readSync(descriptor, bytes, 0, stat.size, 0);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, length));
  } finally {
    closeSync(descriptor);
  }
}

/** Why a file cannot be read, by what the system says. */
export function whyUnreadable(err: unknown): Fault {
  const code = err instanceof Error && 'code' in err ? err.code : undefined;
  return fault(FAULTS.get(code) ?? 'unreadable', { what: String(code ?? err) });
}

const coded = (code: string): Error => Object.assign(new Error(code), { code });
