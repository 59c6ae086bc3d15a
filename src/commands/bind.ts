import { secretsIn } from '../config/secrets.ts';
import { bindOnce } from '../ovc/bind-once.ts';
import { systemClock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { scrubber } from '../runtime/log.ts';
import { loginOf } from '../service/login.ts';
import { type Command, EXIT, type ExitCode, type Invocation, type Surroundings, UsageError } from './command-line.ts';
import { CONFIG_OPTION, openConfig } from './config-file.ts';

/** Binds this device to an account of the platform; prints what the platform says. */
export const bind: Command = {
  options: { config: CONFIG_OPTION },
  words: 1,
  run: async (
    { values, positionals }: Invocation,
    { env, signal, print, version }: Surroundings,
  ): Promise<ExitCode> => {
    const [id = ''] = positionals;
    if (id === '') throw new UsageError('bind wants the ID that the platform gave');
    let scrub = scrubber([]);
    try {
      const config = openConfig(values, env);
      scrub = scrubber(secretsIn(config));
      const answer = await bindOnce(loginOf(config, version), id, { clock: systemClock, signal });
      print(scrub(`bound as ${config.platform.login_code}${wordsFor(answer)}`));
      return EXIT.done;
    } catch (err) {
      if (!(err instanceof GatewayError)) throw err;
      for (const line of [err.sentence, ...faultsOf(err)]) print(scrub(line));
      return err.kind === 'config-invalid' ? EXIT.config : EXIT.failed;
    }
  },
};

/** Most platforms answer with nothing; what one says beyond that is for the person who asked. */
function wordsFor(answer: unknown): string {
  const text = JSON.stringify(answer) ?? '';
  return ['{}', '""', 'null', ''].includes(text) ? '' : `: ${text}`;
}

function faultsOf({ fields: { faults, advice } }: GatewayError): string[] {
  if (Array.isArray(faults)) return faults.map(String);
  return advice === undefined ? [] : [String(advice)];
}
