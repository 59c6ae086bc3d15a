import { stringify } from 'yaml';
import type { SetUpRequest } from '../admin/api.ts';

/** The file that the set-up writes: what was given, and where to read on. */
export function firstConfiguration({ platform }: SetUpRequest, passwordHash: string, listen: string): string {
  const content = { platform, web: { listen, password: passwordHash }, channels: [] };
  return `# Written by the local page. Every key with its default: gateway.example.yaml\n${stringify(content, { lineWidth: 0 })}`;
}
