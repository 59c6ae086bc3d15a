import type { Config } from '../config/schema.ts';
import { stateDirectory } from '../config/state-directory.ts';
import { systemClock } from '../runtime/clock.ts';
import { isKind } from '../runtime/errors.ts';
import { createLog, scrubber } from '../runtime/log.ts';
import { loginOf } from '../service/login.ts';
import { isLocked } from '../store/lock.ts';
import { checkup } from '../support/checkup.ts';
import { type Finding, found, type Verdict } from '../support/finding.ts';
import { type Command, EXIT, type ExitCode, type Invocation, type Surroundings } from './command-line.ts';
import { CONFIG_OPTION, configFile, openConfig } from './config-file.ts';

/** Says what would not work and why, and what to do about it, without starting. */
export const check: Command = {
  options: { config: CONFIG_OPTION, json: { type: 'boolean' } },
  run: async ({ values }: Invocation, { env, signal, print, version }: Surroundings): Promise<ExitCode> => {
    const tell = values.json === true ? undefined : print;
    const findings: Finding[] = [];
    const note = (finding: Finding): void => {
      findings.push(finding);
      for (const line of lines(finding)) tell?.(line);
    };
    const config = opened(values, env, note);
    if (config) {
      const log = createLog({ level: 'fatal', scrub: scrubber([]) });
      const directory = stateDirectory(config, env);
      const login = () => loginOf(config, version);
      const linked = (await isLocked(directory)) ? 'not tried: a gateway is running with this login' : undefined;
      const file = configFile(values);
      const parts = { file, config, login, stateDirectory: directory, linked, clock: systemClock, log };
      for await (const finding of checkup(parts, signal)) note(finding);
    }
    if (values.json === true) print(JSON.stringify(findings, null, 2));
    else print(summary(findings));
    if (!config) return EXIT.config;
    return findings.every(({ ok }) => ok) ? EXIT.done : EXIT.failed;
  },
};

const MARK: Readonly<Record<Verdict, string>> = { ok: 'ok  ', note: 'note', fail: 'FAIL' };
const WIDTH = 34;

function lines({ what, verdict, words, advice }: Finding): string[] {
  const first = `${MARK[verdict]}  ${what.padEnd(WIDTH)} ${words}`;
  return advice === '' ? [first] : [first, `      ${''.padEnd(WIDTH)} -> ${advice}`];
}

function summary(findings: readonly Finding[]): string {
  const count = (wanted: Verdict): number => findings.filter(({ verdict }) => verdict === wanted).length;
  const failures = count('fail');
  const rest = count('note') === 0 ? '' : `, ${count('note')} could be better`;
  return failures === 0 ? `all of it works${rest}` : `${failures} will not work${rest}`;
}

function opened(
  values: Invocation['values'],
  env: NodeJS.ProcessEnv,
  note: (finding: Finding) => void,
): Config | undefined {
  const what = 'configuration';
  const file = configFile(values);
  try {
    const config = openConfig(values, env);
    note(found(what, `${file}, ${config.channels.length} channels`));
    return config;
  } catch (err) {
    if (!isKind(err, 'config-invalid')) throw err;
    const { faults, advice = 'correct the file; config/README.md explains each key' } = err.fields;
    const words = Array.isArray(faults) ? faults.map((fault) => `${file}: ${fault}`) : [err.sentence];
    for (const each of words) note(found(what, each, { verdict: 'fail', advice: String(advice) }));
    return undefined;
  }
}
