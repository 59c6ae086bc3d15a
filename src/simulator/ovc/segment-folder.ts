import { createWriteStream } from 'node:fs';
import { mkdtemp, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';

/** The store's files, in a temporary folder that goes with the platform. Bounded by bytes: the oldest go first. */

export class SegmentFolder {
  readonly #maxBytes: number;
  readonly #onDropped: (name: string) => void;
  readonly #sizes = new Map<string, number>();
  #folder: Promise<string> | undefined;
  #bytes = 0;
  #parts = 0;

  constructor(maxBytes: number, onDropped: (name: string) => void) {
    this.#maxBytes = maxBytes;
    this.#onDropped = onDropped;
  }

  /** Writes a file from its pieces; it appears when it is complete, and not at all when they break off. */
  async write(name: string, pieces: AsyncIterable<Buffer>): Promise<number> {
    this.#folder ??= mkdtemp(join(tmpdir(), 'ovc-store-'));
    const folder = await this.#folder;
    const unfinished = join(folder, `${++this.#parts}.part`);
    try {
      const file = createWriteStream(unfinished);
      await pipeline(Readable.from(pieces), file);
      await rename(unfinished, join(folder, name));
      await this.#count(name, file.bytesWritten);
      return file.bytesWritten;
    } finally {
      await rm(unfinished, { force: true });
    }
  }

  /** Where a file is; undefined when there is none of that name. */
  async path(name: string): Promise<string | undefined> {
    const folder = await this.#folder;
    return folder !== undefined && this.#sizes.has(name) ? join(folder, name) : undefined;
  }

  async remove(name: string): Promise<void> {
    const path = await this.path(name);
    this.#bytes -= this.#sizes.get(name) ?? 0;
    this.#sizes.delete(name);
    if (path !== undefined) await rm(path, { force: true });
  }

  /** Removes the folder. */
  async close(): Promise<void> {
    const folder = await this.#folder;
    if (folder !== undefined) await rm(folder, { recursive: true, force: true });
  }

  async #count(name: string, bytes: number): Promise<void> {
    this.#bytes += bytes - (this.#sizes.get(name) ?? 0);
    this.#sizes.delete(name);
    this.#sizes.set(name, bytes);
    for (const oldest of this.#sizes.keys()) {
      if (this.#bytes <= this.#maxBytes) return;
      this.#onDropped(oldest);
      await this.remove(oldest);
    }
  }
}
