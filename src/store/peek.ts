import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { type CameraSections, cameraSections } from './camera-sections.ts';
import { STATE_FILE } from './store.ts';

const sections = z.object(cameraSections);

/** What a gateway remembers of its cameras, read beside it without touching anything; empty where there is nothing. */
export async function peekCameras(directory: string): Promise<CameraSections> {
  try {
    return sections.parse(JSON.parse(await readFile(join(directory, STATE_FILE), 'utf8')));
  } catch {
    // No file yet, or one that the gateway will have its own say about.
    return sections.parse({});
  }
}
