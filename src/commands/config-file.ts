import { existsSync } from 'node:fs';
import { readConfig } from '../config/read.ts';
import type { Config } from '../config/schema.ts';
import { GatewayError } from '../runtime/errors.ts';
import { type Invocation, USUAL_FILES } from './command-line.ts';

/** `-c FILE`, for every command that reads the configuration. */
export const CONFIG_OPTION = { type: 'string', short: 'c' } as const;

/** The configuration file that the command line means. */
export function configFile({ config }: Invocation['values']): string {
  if (typeof config === 'string') return config;
  return USUAL_FILES.find((file) => existsSync(file)) ?? USUAL_FILES[0];
}

/** What to do where there is no configuration yet. */
const FIRST_STEPS =
  '`ovd-gateway run` serves a page that makes one; or put a copy of config/gateway.example.yaml there, and edit it';

/**
 * The configuration that the command line means, for commands that cannot do without.
 * @throws GatewayError `config-invalid`: where it was looked for in vain, or every fault of the file
 */
export function openConfig(values: Invocation['values'], env: NodeJS.ProcessEnv): Config {
  const file = configFile(values);
  if (existsSync(file)) return readConfig(file, env);
  const reason = `looked for ${typeof values.config === 'string' ? file : USUAL_FILES.join(' and ')}`;
  throw new GatewayError('config-invalid', 'there is no configuration file', { reason, advice: FIRST_STEPS });
}
