import type { DestinationStream } from 'pino';
import type { LogLine } from '../../admin/api.ts';
import { LOG_LEVELS } from '../../admin/api.ts';
import { Ring } from './ring.ts';
import { beginning, textBytes } from './text-bytes.ts';

const MOST_LINES = 2_000;
const MOST_BYTES = 1024 * 1024;
/** A line that is longer is shown in part. */
const MOST_CHARACTERS = 4_000;
const LEVELS: ReadonlyMap<number, LogLine['level']> = new Map([
  [60, 'fatal'],
  [50, 'error'],
  [40, 'warn'],
  [30, 'info'],
  [20, 'debug'],
  [10, 'trace'],
]);

interface Raw {
  readonly id: number;
  readonly text: string;
}

/** The last lines of the log as they were written, secrets taken out; read only when somebody asks. */
export class LogLines {
  readonly #lines = new Ring<Raw>(MOST_LINES, { mostBytes: MOST_BYTES, bytesOf: ({ text }) => textBytes(text) });
  #count = 0;

  /** A destination that keeps what goes through it. */
  through(output: DestinationStream): DestinationStream {
    return {
      write: (line) => {
        this.#lines.add({ id: ++this.#count, text: beginning(line, MOST_CHARACTERS) });
        output.write(line);
      },
    };
  }

  /** As they were written, the newest last. */
  get texts(): readonly string[] {
    return this.#lines.items.map(({ text }) => text.trimEnd());
  }

  /** The newest that are of that level or above and hold the words, the newest last. */
  find({ level, search, limit }: { level: LogLine['level']; search: string; limit: number }): readonly LogLine[] {
    const least = LOG_LEVELS.indexOf(level);
    const words = search.toLowerCase();
    const found: LogLine[] = [];
    for (const raw of [...this.#lines.items].reverse()) {
      if (found.length >= limit) break;
      if (words !== '' && !raw.text.toLowerCase().includes(words)) continue;
      const line = parsed(raw);
      if (LOG_LEVELS.indexOf(line.level) <= least) found.push(line);
    }
    return found.reverse();
  }

  listen(tell: (line: LogLine) => void): () => void {
    return this.#lines.listen((raw) => tell(parsed(raw)));
  }
}

function parsed({ id, text }: Raw): LogLine {
  const { level, time, msg, room, channel, ...fields } = asObject(text);
  return {
    id,
    at: new Date(typeof time === 'number' ? time : 0).toISOString(),
    level: LEVELS.get(Number(level)) ?? 'info',
    message: typeof msg === 'string' ? msg : text,
    ...(typeof room === 'string' && { room }),
    ...(typeof channel === 'number' && { channel }),
    fields,
  };
}

/** One that was cut is no JSON any more; it is shown as it is. */
function asObject(text: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? { ...value } : {};
  } catch {
    return {};
  }
}
