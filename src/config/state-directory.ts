import { resolve } from 'node:path';
import type { Config } from './schema.ts';

/** Where the state is kept: the configuration's word, else systemd's, else beside the user. */
export function stateDirectory({ state_dir }: Pick<Config, 'state_dir'>, env: NodeJS.ProcessEnv): string {
  return resolve(state_dir ?? env.STATE_DIRECTORY ?? 'state');
}
