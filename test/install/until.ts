import { setTimeout as delay } from 'node:timers/promises';

const PATIENCE_SECONDS = 120;

/** Waits for a fact; looks four times a second, since looking costs a process. */
export async function until(name: string, fact: () => boolean): Promise<void> {
  for (let tries = 0; tries < PATIENCE_SECONDS * 4; tries += 1) {
    if (fact()) return;
    await delay(250);
  }
  throw new Error(`waited in vain until ${name}`);
}
