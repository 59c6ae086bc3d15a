import type { Readable } from 'node:stream';

/** Longer lines are cut: a child that prints without a line break must not fill our memory. */
const MAX_LINE_CHARS = 2_000;

/** Calls `use` for each line of a stream of text; a carriage return ends a line too, as in ffmpeg's progress. */
export function eachLine(stream: Readable, use: (line: string) => void): void {
  let rest = '';
  stream.setEncoding('utf8');
  stream.on('data', (text: string) => {
    const lines = (rest + text).split(/[\r\n]+/);
    rest = (lines.pop() ?? '').slice(0, MAX_LINE_CHARS);
    for (const line of lines) if (line !== '') use(line.slice(0, MAX_LINE_CHARS));
  });
  stream.on('end', () => {
    if (rest !== '') use(rest);
  });
  // A pipe that breaks has no more lines; its owner learns of the end elsewhere.
  stream.on('error', () => undefined);
}
