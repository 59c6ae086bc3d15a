import type { Logger } from 'pino';
import { createLog, type LogLevel } from '../../src/runtime/log.ts';

export interface LogLine {
  readonly level: number;
  readonly msg: string;
  readonly [field: string]: unknown;
}

/** A real log whose lines a test can read. */
export function readableLog(level: LogLevel = 'trace'): { log: Logger; lines: LogLine[]; text: () => string } {
  const lines: LogLine[] = [];
  const log = createLog({ level, scrub: (text) => text }, { write: (line) => lines.push(JSON.parse(line) as LogLine) });
  return { log, lines, text: () => lines.map((line) => JSON.stringify(line)).join('\n') };
}
