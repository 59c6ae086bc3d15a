import { existsSync } from 'node:fs';
import type { Invocation } from './command-line.ts';

/** `-c FILE`, for every command that reads the configuration. */
export const CONFIG_OPTION = { type: 'string', short: 'c' } as const;

/** Where the configuration is looked for when none is named: beside the user, then where a service has it. */
const USUAL_FILES = ['gateway.yaml', '/etc/ovd-gateway/gateway.yaml'] as const;

/** The configuration file that the command line means. */
export function configFile({ config }: Invocation['values']): string {
  if (typeof config === 'string') return config;
  return USUAL_FILES.find((file) => existsSync(file)) ?? USUAL_FILES[0];
}
