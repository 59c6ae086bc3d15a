import type { DestinationStream } from 'pino';
import type { Restart } from '../device/reboot.ts';
import { systemClock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { adjustableLog } from '../runtime/log.ts';
import { Scope } from '../runtime/scope.ts';
import { Configuration } from '../service/configuration.ts';
import { LogLines } from '../service/memory/log-lines.ts';
import { Service } from '../service/service.ts';
import { type Command, EXIT, type ExitCode, type Invocation, type Surroundings } from './command-line.ts';
import { CONFIG_OPTION, configFile } from './config-file.ts';
import { logOutput } from './log-output.ts';

/** The gateway, in the foreground, until a signal ends it. SIGHUP has it read its configuration again. */
export const run: Command = {
  options: { config: CONFIG_OPTION },
  run: async ({ values }: Invocation, surroundings: Surroundings): Promise<ExitCode> =>
    serve(configFile(values), await logOutput(process.stdout), surroundings),
};

async function serve(
  file: string,
  output: DestinationStream,
  { env, signal, version }: Surroundings,
): Promise<ExitCode> {
  const configuration = new Configuration({ file, env, version });
  const lines = new LogLines();
  const { log, setLevel } = adjustableLog({ level: 'info', scrub: configuration.scrub }, lines.through(output));
  const life = new Scope(signal);
  let exit: ExitCode = EXIT.done;
  const restart: Restart = (reason, how = 'restart') => {
    if (life.signal.aborted) return;
    exit = EXIT[how];
    log.info({ reason }, 'restarting');
    life.end();
  };
  const service = new Service({ configuration, env, version, restart, clock: systemClock, log, lines, setLevel });
  // A bug outside every room ends the process in its log's words, scrubbed; whoever supervises it starts it again.
  process.once('uncaughtException', (err) => {
    log.fatal({ err }, 'unexpected failure');
    process.exit(EXIT.failed);
  });
  life.signal.addEventListener('abort', () => log.info('stopping'), { once: true });
  const reload = (): void => void service.reload();
  process.on('SIGHUP', reload);
  log.info({ version, node: process.versions.node }, 'starting');
  try {
    await service.run(life.signal);
    log.info('stopped');
    return exit;
  } catch (err) {
    if (!(err instanceof GatewayError)) throw err;
    log.fatal({ err }, err.message);
    return err.kind === 'config-invalid' ? EXIT.config : EXIT.failed;
  } finally {
    process.off('SIGHUP', reload);
  }
}
