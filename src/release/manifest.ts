import { createHash } from 'node:crypto';
import { z } from 'zod';
import { isVersion } from './version.ts';

/** The file inside a release that says what it is, and what must be in it. It is the archive's first. */
export const MANIFEST_FILE = 'release.json';
export const PRODUCT = 'ovd-gateway';

/** What the launcher of the box must understand; raised when the agreement between launcher and gateway changes. */
export const LAUNCHER_AGREEMENT = 1;

const manifest = z.object({
  name: z.literal(PRODUCT),
  version: z.string().refine(isVersion, 'is no version'),
  /** The oldest Node it runs on, `20.19.0`. */
  node: z.string().regex(/^\d{1,3}\.\d{1,3}\.\d{1,3}$/),
  launcher: z.number().int().min(1),
  /** Every other file of the release, with what it must hold. */
  files: z.record(z.string(), z.object({ bytes: z.number().int().min(0), sha256: z.string().regex(/^[\da-f]{64}$/) })),
});

export type Manifest = z.output<typeof manifest>;

/** Undefined for anything that is not a manifest of ours. */
export function parseManifest(text: string): Manifest | undefined {
  try {
    return manifest.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined; // Not even JSON.
  }
}

/** The one folder at the top of an archive. */
export const releaseFolder = (version: string): string => `${PRODUCT}-${version}`;

export const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');
