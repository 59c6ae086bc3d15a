/** Writes tar archives (POSIX ustar): just enough for a handful of text files. Reads none. */

const BLOCK = 512;
const LONGEST_NAME = 100;

export interface TarFile {
  readonly name: string;
  readonly text: string;
}

/** The archive, uncompressed. @throws RangeError for a name of more than 100 bytes */
export function tarOf(files: readonly TarFile[], at: Date): Buffer {
  const parts = files.flatMap(({ name, text }) => {
    const content = Buffer.from(text);
    return [header(name, content.length, at), content, Buffer.alloc((BLOCK - (content.length % BLOCK)) % BLOCK)];
  });
  return Buffer.concat([...parts, Buffer.alloc(2 * BLOCK)]);
}

function header(name: string, bytes: number, at: Date): Buffer {
  if (Buffer.byteLength(name) > LONGEST_NAME) throw new RangeError('name is too long for tar');
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, '0')}\0`;
  block.write(name, 0);
  block.write(octal(0o600, 7), 100);
  block.write(octal(0, 7), 108);
  block.write(octal(0, 7), 116);
  block.write(octal(bytes, 11), 124);
  block.write(octal(Math.max(0, Math.floor(at.getTime() / 1000)), 11), 136);
  // The sum counts its own field as blanks.
  block.write(' '.repeat(8), 148);
  block.write('0', 156);
  block.write('ustar\x0000', 257, 'latin1');
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}
