import { readFile, stat } from 'node:fs/promises';
import type { Config } from '../config/schema.ts';
import { isHashed } from '../runtime/password.ts';
import { type Finding, found } from './finding.ts';

/** Whether the passwords of a configuration are well kept. */

export interface SecrecyParts {
  readonly file: string;
  readonly config: Config;
}

/** A secret that stands in the text itself, not in a file of its own or in the environment. */
const WRITTEN_SECRET = /\b(?:login_)?(?:password|token)["']?\s*:\s*(?!\s*["']?\$\{)\S/;
const READ_BY_ALL = 0o004;
const SHORTEST = 8;

/** Gives a note for a file that every user of the box may read, and for a page that is guarded by a short word. */
export async function secrecyLook(what: string, { file, config: { web } }: SecrecyParts): Promise<Finding> {
  const notes: Array<readonly [words: string, advice: string]> = [];
  const { mode } = await stat(file);
  if ((mode & READ_BY_ALL) !== 0 && WRITTEN_SECRET.test(await readFile(file, 'utf8'))) {
    notes.push([`every user of this box can read ${file}`, `chmod o= ${file}`]);
  }
  for (const [key, secret] of [
    ['web.password', web.password],
    ['web.token', web.token],
  ] as const) {
    const word = secret?.reveal();
    if (word === undefined || isHashed(word) || word.length >= SHORTEST) continue;
    notes.push([`${key} is short`, `give ${key} at least ${SHORTEST} characters`]);
  }
  if (notes.length === 0) return found(what, 'kept from others');
  const [words, advice] = [notes.map(([each]) => each), notes.map(([, each]) => each)];
  return found(what, words.join('; '), { verdict: 'note', advice: advice.join('; ') });
}
