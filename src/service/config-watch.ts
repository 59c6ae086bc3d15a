import { type FSWatcher, watch } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { Bell } from '../runtime/bell.ts';
import type { Clock } from '../runtime/clock.ts';
import { Scope } from '../runtime/scope.ts';
import type { Runnable } from '../runtime/supervise.ts';

export interface ConfigWatchParts {
  readonly file: string;
  readonly clock: Clock;
  /** Hears that the file is another than before, when it has been left alone for a moment. */
  readonly onChange: () => void;
}

/** For file systems that tell nothing, such as a bind mount in a container. */
const LOOK_EVERY_MS = 5_000;
/** Editors write in several steps, and half a file may make sense. */
const SETTLED_MS = 1_000;

/** Notices that the configuration file has changed, come or gone. Reads nothing of it. */
export class ConfigWatch implements Runnable {
  readonly #parts: ConfigWatchParts;
  readonly #news = new Bell();
  #seen = '';

  constructor(parts: ConfigWatchParts) {
    this.#parts = parts;
  }

  /** Takes the file as it is now for known; to be called before it is read, so that no change falls in between. */
  async mark(): Promise<void> {
    this.#seen = await this.#look();
  }

  /** `mark` has to come before. */
  async run(signal: AbortSignal): Promise<void> {
    const { onChange } = this.#parts;
    let watcher: FSWatcher | undefined;
    try {
      while (!signal.aborted) {
        // The folder may be there only later.
        watcher ??= this.#listen(() => {
          watcher = undefined;
        });
        if ((await this.#look()) === this.#seen) await this.#wait(signal);
        if (signal.aborted || (await this.#look()) === this.#seen) continue;
        await this.#settle(signal);
        if (!signal.aborted) onChange();
      }
    } finally {
      watcher?.close();
    }
  }

  async #wait(signal: AbortSignal): Promise<void> {
    const scope = new Scope(signal);
    try {
      await Promise.race([this.#news.heard(scope.signal), this.#parts.clock.sleep(LOOK_EVERY_MS, scope.signal)]);
    } finally {
      scope.end();
    }
  }

  async #settle(signal: AbortSignal): Promise<void> {
    let before: string;
    do {
      before = await this.#look();
      await this.#parts.clock.sleep(SETTLED_MS, signal);
      this.#seen = await this.#look();
    } while (this.#seen !== before && !signal.aborted);
  }

  /** The folder, not the file: editors put a new file in the old one's place. */
  #listen(gone: () => void): FSWatcher | undefined {
    const { file } = this.#parts;
    try {
      const watcher = watch(dirname(file), { persistent: false }, (_, name) => {
        if (name === null || name === basename(file)) this.#news.ring();
      });
      watcher.on('error', () => {
        watcher.close();
        gone();
      });
      return watcher;
    } catch {
      return undefined; // Looking now and again has to do.
    }
  }

  async #look(): Promise<string> {
    try {
      const { mtimeMs, size, ino } = await stat(this.#parts.file);
      return `${mtimeMs} ${size} ${ino}`;
    } catch {
      return 'absent';
    }
  }
}
