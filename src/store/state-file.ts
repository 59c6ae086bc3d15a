import { readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Adapter } from 'lowdb';
import type { Logger } from 'pino';
import { codeOf } from '../runtime/connection-words.ts';
import { writeDurably } from '../runtime/durable-file.ts';
import { GatewayError } from '../runtime/errors.ts';

/**
 * A JSON file for lowdb that survives a power cut at any moment: written whole beside its place, put on the medium,
 * then moved there, with the version before it kept as `.bak`. A damaged file is set aside as `.corrupt` and the one
 * before it is used; one that cannot be read is left as it is. lowdb's own adapter does none of this. Knows no content.
 */
export class StateFile<T> implements Adapter<T> {
  readonly #path: string;
  readonly #parse: (content: unknown) => T;
  readonly #log: Logger;

  /** `parse` throws on content that is not what it should be. */
  constructor(path: string, parse: (content: unknown) => T, log: Logger) {
    this.#path = path;
    this.#parse = parse;
    this.#log = log;
  }

  /** The newest version that makes sense; null when there is none. @throws GatewayError `state-unreadable` */
  async read(): Promise<T | null> {
    return (await this.#readOne(this.#path)) ?? (await this.#readOne(`${this.#path}.bak`)) ?? null;
  }

  async write(content: T): Promise<void> {
    const text = Buffer.from(`${JSON.stringify(content, undefined, 2)}\n`);
    // Where there is nothing yet, there is nothing to keep.
    await rename(this.#path, `${this.#path}.bak`).catch(() => undefined);
    await writeDurably(dirname(this.#path), this.#path, [text]);
  }

  async #readOne(path: string): Promise<T | undefined> {
    const text = await textOf(path);
    if (text === undefined) return undefined;
    try {
      return this.#parse(JSON.parse(text));
    } catch (cause) {
      // Not the parser's own words: they quote the file, and there are secrets in it.
      const reason = cause instanceof SyntaxError ? 'it is no JSON' : 'it is not of the known form';
      this.#log.error({ file: path, reason }, 'state file is damaged; it was set aside');
      await rename(path, `${path}.corrupt`).catch(() => undefined);
      return undefined;
    }
  }
}

/** What says for certain that there is no such file. Anything else may pass, or be mended: rights, a disk, too many open files. */
const ABSENT: ReadonlySet<unknown> = new Set(['ENOENT', 'ENOTDIR']);

/** A file as text; undefined where there is none. @throws GatewayError `state-unreadable` */
export async function textOf(file: string): Promise<string | undefined> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const reason = codeOf(cause);
    if (ABSENT.has(reason)) return undefined;
    throw new GatewayError('state-unreadable', 'the state file cannot be read', { file, reason, cause });
  }
}
