import type { Logger } from 'pino';
import { readConfig } from '../config/read.ts';
import type { Config } from '../config/schema.ts';
import { secretsIn } from '../config/secrets.ts';
import type { Restart } from '../device/reboot.ts';
import { Gateway } from '../gateway.ts';
import { systemClock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { createLog, scrubber } from '../runtime/log.ts';
import { Scope } from '../runtime/scope.ts';
import { lockDirectory } from '../store/lock.ts';
import { type Command, EXIT, type ExitCode, type Invocation, type Surroundings } from './command-line.ts';
import { CONFIG_OPTION, configFile, stateDirectory } from './config-file.ts';
import { logOutput } from './log-output.ts';
import { loginOf } from './login.ts';

/** The gateway, in the foreground, until a signal ends it. */
export const run: Command = {
  options: { config: CONFIG_OPTION },
  run: async ({ values }: Invocation, surroundings: Surroundings): Promise<ExitCode> => {
    const output = await logOutput(process.stdout);
    try {
      const config = readConfig(configFile(values), surroundings.env);
      return await live(
        config,
        createLog({ level: config.log.level, scrub: scrubber(secretsIn(config)) }, output),
        surroundings,
      );
    } catch (err) {
      if (!(err instanceof GatewayError)) throw err;
      createLog({ level: 'info', scrub: scrubber([]) }, output).fatal({ err }, err.message);
      return err.kind === 'config-invalid' ? EXIT.config : EXIT.failed;
    }
  },
};

async function live(config: Config, log: Logger, { env, signal, version }: Surroundings): Promise<ExitCode> {
  // A bug outside every room ends the process in its log's words, scrubbed; whoever supervises it starts it again.
  process.once('uncaughtException', (err) => {
    log.fatal({ err }, 'unexpected failure');
    process.exit(EXIT.failed);
  });
  const life = new Scope(signal);
  let exit: ExitCode = EXIT.done;
  const restart: Restart = (reason, how = 'restart') => {
    if (life.signal.aborted) return;
    exit = EXIT[how];
    log.info({ reason }, 'restarting');
    life.end();
  };
  life.signal.addEventListener('abort', () => log.info('stopping'), { once: true });
  log.info({ version, node: process.versions.node, channels: config.channels.length }, 'starting');
  const parts = { config, login: loginOf(config, version), stateDirectory: stateDirectory(config, env) };
  await lockDirectory(parts.stateDirectory);
  const gateway = await Gateway.open({ ...parts, restart, clock: systemClock, log });
  await gateway.run(life.signal).finally(() => life.end());
  log.info('stopped');
  return exit;
}
