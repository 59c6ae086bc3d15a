import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const UNIT = join(import.meta.dirname, '..', '..', 'systemd', 'ovd-gateway.service');

/** What the service has in its environment, so that what is measured is what customers run. */
export function unitEnvironment(): Record<string, string> {
  const lines = readFileSync(UNIT, 'utf8').matchAll(/^Environment=(.*)$/gm);
  const words = [...lines].flatMap(([, line = '']) => line.trim().split(/\s+/));
  return Object.fromEntries(words.map((word) => word.split('=', 2)));
}
