import { writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { readConfig } from '../config/read.ts';
import type { Config } from '../config/schema.ts';
import { stateDirectory } from '../config/state-directory.ts';
import { systemClock } from '../runtime/clock.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import { createLog, scrubber } from '../runtime/log.ts';
import { loginOf } from '../service/login.ts';
import { isLocked } from '../store/lock.ts';
import { bundleName, supportBundle } from '../support/bundle.ts';
import { type Command, EXIT, type ExitCode, type Invocation, type Surroundings, textOption } from './command-line.ts';
import { CONFIG_OPTION, configFile } from './config-file.ts';

const OWNER_ONLY = 0o600;

/** Writes all that support has to know into one archive, without any secret. */
export const supportBundleCommand: Command = {
  options: { config: CONFIG_OPTION, output: { type: 'string', short: 'o' } },
  run: async ({ values }: Invocation, { env, signal, print, version }: Surroundings): Promise<ExitCode> => {
    const file = configFile(values);
    const config = configOrNone(file, env);
    const directory = stateDirectory(config ?? { state_dir: undefined }, env);
    const login = () => {
      if (!config) throw new GatewayError('config-invalid', 'there is no configuration');
      return loginOf(config, version);
    };
    const linked = (await isLocked(directory)) ? 'not tried: a gateway is running with this login' : undefined;
    const log = createLog({ level: 'fatal', scrub: scrubber([]) });
    const parts = { file, config, login, stateDirectory: directory, linked, version, clock: systemClock, log };
    const target = resolve(textOption(values, 'output') ?? bundleName(systemClock.wall()));
    print('looking at everything, which takes up to a minute …');
    await writeFile(target, await supportBundle(parts, signal), { mode: OWNER_ONLY });
    print(`${target}\nIt holds no passwords; addresses and names of cameras are in it.`);
    return EXIT.done;
  },
};

/** What is wrong with the file is told by what is in the archive. */
function configOrNone(file: string, env: NodeJS.ProcessEnv): Config | undefined {
  try {
    return readConfig(file, env);
  } catch (err) {
    if (isKind(err, 'config-invalid')) return undefined;
    throw err;
  }
}
