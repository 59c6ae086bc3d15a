import { access, constants, statfs } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { ensureDirectory } from '../runtime/directory.ts';
import { GatewayError } from '../runtime/errors.ts';
import type { Runnable } from '../runtime/supervise.ts';

/** One thing without which the gateway cannot do its work. The check throws why it is missing. */
export interface Need {
  readonly name: string;
  check(signal: AbortSignal): Promise<unknown>;
}

export interface SelfCheckParts {
  readonly needs: readonly Need[];
  readonly clock: Clock;
  readonly log: Logger;
  readonly onChange: () => void;
}

const EVERY_MS = 60_000;

/** Looks at the start, and every minute, whether the box still gives what the gateway needs. */
export class SelfCheck implements Runnable {
  readonly #parts: SelfCheckParts;
  readonly #faults = new Map<string, string>();

  constructor(parts: SelfCheckParts) {
    this.#parts = parts;
  }

  /** What is missing now, and why, by the name of the need. */
  get faults(): ReadonlyMap<string, string> {
    return this.#faults;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { needs, clock } = this.#parts;
    while (!signal.aborted) {
      await Promise.all(needs.map((need) => this.#look(need, signal)));
      await clock.sleep(EVERY_MS, signal);
    }
  }

  async #look(need: Need, signal: AbortSignal): Promise<void> {
    const fault = await need.check(signal).then(
      () => undefined,
      (err: unknown) => err,
    );
    if (signal.aborted) return;
    const words = fault === undefined ? undefined : sentence(fault);
    if (words === this.#faults.get(need.name)) return;
    if (words === undefined) this.#faults.delete(need.name);
    else this.#faults.set(need.name, words);
    this.#parts.log[words === undefined ? 'info' : 'error'](
      { need: need.name, ...(fault !== undefined && { err: fault }) },
      words === undefined ? 'a need is met again' : 'a need is not met',
    );
    this.#parts.onChange();
  }
}

const sentence = (err: unknown): string => (err instanceof GatewayError ? err.sentence : String(err));

/** Less is as good as nothing: the state alone may take a quarter of it. */
const LEAST_FREE_BYTES = 1024 * 1024;

/**
 * Makes sure that the state directory exists, may be written to, and has some room. Writes no file: it is asked every minute, and an
 * SD card wears.
 * @throws GatewayError `state-unwritable`
 */
export async function checkStateDirectory(directory: string): Promise<void> {
  try {
    await ensureDirectory(directory);
    // Not even the owner of everything can make a file in what is no directory.
    await access(`${directory}/.`, constants.W_OK);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError('state-unwritable', 'the state directory is not writable', { directory, reason });
  }
  const { bsize, bavail } = await statfs(directory);
  if (bsize * bavail < LEAST_FREE_BYTES) {
    throw new GatewayError('state-unwritable', 'the disk is full', { directory });
  }
}
