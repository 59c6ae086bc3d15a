import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { CameraSections } from './camera-sections.ts';
import { STATE_FILE, type State, stateSchema } from './store.ts';

/** What a gateway remembers, read beside it without touching anything; empty where there is nothing. */
export async function peekState(directory: string): Promise<State> {
  try {
    return stateSchema.parse(JSON.parse(await readFile(join(directory, STATE_FILE), 'utf8')));
  } catch {
    // No file yet, or one that the gateway will have its own say about.
    return stateSchema.parse({});
  }
}

/** The same of its cameras alone. */
export const peekCameras = (directory: string): Promise<CameraSections> => peekState(directory);
