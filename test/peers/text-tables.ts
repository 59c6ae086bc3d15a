import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** The tables of texts of the pages, read as text: what they import is for browsers. */

const PAGES = join(import.meta.dirname, '../../src/pages');

/** Every file of code below `src/pages`. */
export const pageFiles = readdirSync(PAGES, { recursive: true, encoding: 'utf8' }).filter((name) =>
  /\.tsx?$/.test(name),
);
export const pageText = (file: string): string => readFileSync(join(PAGES, file), 'utf8');

export interface TextRow {
  readonly key: string;
  readonly en: string;
  readonly zh: string;
}

/** Each row of a table as it stands in its file. */
export function textRows(table: string): TextRow[] {
  const string = String.raw`(?:'((?:[^'\\]|\\.)*)'|"((?:[^"\\]|\\.)*)")`;
  const row = new RegExp(String.raw`^  (?:'([^']+)'|([\w]+)): \[\s*${string},\s*${string},?\s*\],$`, 'gm');
  return [...pageText(table).matchAll(row)].map(([, quoted, bare, en1, en2, zh1, zh2]) => ({
    key: quoted ?? bare ?? '',
    en: en1 ?? en2 ?? '',
    zh: zh1 ?? zh2 ?? '',
  }));
}
