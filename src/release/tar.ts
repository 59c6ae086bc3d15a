/**
 * Tar as a release has it: plain files with relative names (ustar), written so that the same files give the same
 * bytes, and read so that nothing else gets through. Knows no disk.
 */

const BLOCK = 512;
const ZERO_BLOCK = Buffer.alloc(BLOCK);

export interface TarFile {
  readonly path: string;
  readonly bytes: Buffer;
  readonly executable: boolean;
}

export interface TarBounds {
  readonly maxFiles: number;
  readonly maxBytes: number;
}

/** What the archive holds is no release, or not a whole one; the message says in which way. */
export class TarError extends Error {}

/** One file as an archive holds it. `time` is Unix seconds; the owner is always root. @throws TarError for a name too long */
export function tarEntry({ path, bytes, executable }: TarFile, time: number): Buffer {
  const header = Buffer.alloc(BLOCK);
  const { name, prefix } = splitName(path);
  header.write(name, 0, 100, 'utf8');
  octal(header, 100, 8, executable ? 0o755 : 0o644);
  octal(header, 108, 8, 0);
  octal(header, 116, 8, 0);
  octal(header, 124, 12, bytes.length);
  octal(header, 136, 12, time);
  header.write('0', 156, 'latin1');
  header.write('ustar\u000000', 257, 'latin1');
  header.write('root', 265, 'latin1');
  header.write('root', 297, 'latin1');
  header.write(prefix, 345, 155, 'utf8');
  header.write(`${checksum(header).toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return Buffer.concat([header, bytes, Buffer.alloc(padding(bytes.length))]);
}

/** What stands at the end of every archive. */
export const TAR_END = Buffer.alloc(2 * BLOCK);

/**
 * The files of an archive, one after another. Directories are passed over: whoever unpacks makes those that files need.
 * @throws TarError for a link, a device, a name that leads out, more than the bounds allow, or an archive cut short
 */
export async function* readTar(source: AsyncIterable<Buffer>, bounds: TarBounds): AsyncGenerator<TarFile> {
  const reader = new BlockReader(source);
  let files = 0;
  let bytesInAll = 0;
  for (;;) {
    const header = await reader.take(BLOCK);
    if (header.equals(ZERO_BLOCK)) return await reader.drain();
    const { type, size, path, executable } = readHeader(header);
    files += 1;
    bytesInAll += size;
    if (files > bounds.maxFiles || bytesInAll > bounds.maxBytes) throw new TarError('it holds too much');
    const bytes = await reader.take(size);
    await reader.take(padding(size));
    if (type === 'file') yield { path, bytes, executable };
  }
}

const TYPES = new Map([
  ['0', 'file'],
  ['\0', 'file'],
  ['5', 'directory'],
]);

function readHeader(header: Buffer) {
  if (field(header, 257, 5) !== 'ustar') throw new TarError('it is not in the ustar format');
  if (readOctal(header, 148, 8) !== checksum(header)) throw new TarError('a header is damaged');
  const type = TYPES.get(header.toString('latin1', 156, 157));
  if (type === undefined) throw new TarError('it holds a link or a device');
  const [prefix, name] = [field(header, 345, 155), field(header, 0, 100)];
  const path = prefix === '' ? name : `${prefix}/${name}`;
  const size = readOctal(header, 124, 12);
  if (type === 'directory' && size > 0) throw new TarError('a header is damaged');
  if (type === 'file' && !isInside(path)) throw new TarError('it holds a name that leads out of it');
  return { type, path, size, executable: (readOctal(header, 100, 8) & 0o100) !== 0 };
}

/** True for a relative name of common characters that stays where it is unpacked. */
function isInside(path: string): boolean {
  const parts = path.split('/');
  return parts.every((part) => /^[\w@+.,~ ()[\]$-]+$/.test(part) && part !== '.' && part !== '..');
}

class BlockReader {
  readonly #source: AsyncIterator<Buffer>;
  #held: Buffer[] = [];
  #heldBytes = 0;

  constructor(source: AsyncIterable<Buffer>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async take(wanted: number): Promise<Buffer> {
    while (this.#heldBytes < wanted) {
      const { done, value } = await this.#source.next();
      if (done) throw new TarError('it is cut short');
      this.#held.push(value);
      this.#heldBytes += value.length;
    }
    const whole = this.#held.length === 1 ? (this.#held[0] ?? Buffer.alloc(0)) : Buffer.concat(this.#held);
    this.#held = [whole.subarray(wanted)];
    this.#heldBytes = whole.length - wanted;
    return whole.subarray(0, wanted);
  }

  /** Reads on to the end, so that whatever checks the source has seen all of it. */
  async drain(): Promise<void> {
    this.#held = [];
    while (!(await this.#source.next()).done);
  }
}

const padding = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;

function octal(header: Buffer, at: number, length: number, value: number): void {
  header.write(`${value.toString(8).padStart(length - 1, '0')}\0`, at, 'latin1');
}

function readOctal(header: Buffer, at: number, length: number): number {
  const text = field(header, at, length).trim();
  if (!/^[0-7]{1,11}$/.test(text)) throw new TarError('a header is damaged');
  return Number.parseInt(text, 8);
}

function field(header: Buffer, at: number, length: number): string {
  const text = header.toString('utf8', at, at + length);
  const end = text.indexOf('\0');
  return end < 0 ? text : text.slice(0, end);
}

/** The sum of the header's bytes, its own eight counted as blanks. */
function checksum(header: Buffer): number {
  return header.reduce((sum, byte, at) => sum + (at >= 148 && at < 156 ? 0x20 : byte), 0);
}

function splitName(path: string): { name: string; prefix: string } {
  if (Buffer.byteLength(path) <= 100) return { name: path, prefix: '' };
  const cut = path.indexOf('/', path.length - 101);
  const [prefix, name] = [path.slice(0, cut), path.slice(cut + 1)];
  if (cut < 0 || Buffer.byteLength(prefix) > 155 || Buffer.byteLength(name) > 100)
    throw new TarError('a name is too long');
  return { name, prefix };
}
