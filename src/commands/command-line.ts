import { type ParseArgsConfig, parseArgs } from 'node:util';

/**
 * Exit codes of the process. sysexits' EX_CONFIG tells systemd not to try again; after `restart` and `reboot` whoever
 * supervises the process starts it again, and after `reboot` may reboot the box instead.
 */
export const EXIT = { done: 0, failed: 1, usage: 2, restart: 75, reboot: 76, config: 78 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

type Options = NonNullable<ParseArgsConfig['options']>;

/** What a command needs of the process, so that it reads no globals. */
export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly print: (line: string) => void;
  readonly version: string;
  /** How this very program is started again, as `demo` does for the gateway: program and first arguments. */
  readonly self: readonly string[];
}

export interface Invocation {
  readonly values: Readonly<Record<string, string | boolean | undefined>>;
  readonly positionals: readonly string[];
}

export interface Command {
  readonly options: Options;
  /** How many words may follow the command. */
  readonly words?: number;
  run(invocation: Invocation, surroundings: Surroundings): Promise<ExitCode>;
}

/** A word of the command line. The command itself is loaded when it is asked for, so that `run` starts fast. */
export interface CommandRow {
  readonly usage: string;
  readonly does: string;
  /** A line for each option that the usage does not explain by itself. */
  readonly details?: readonly string[];
  load(): Promise<Command>;
}

/** Bad usage: the sentence for the user. */
export class UsageError extends Error {}

/** @throws UsageError for an option, a value or a word that the command does not know. */
export function parseInvocation({ options, words = 0 }: Command, args: readonly string[]): Invocation {
  const values: Record<string, string | boolean | undefined> = {};
  const positionals: string[] = [];
  // Not strict: what Node's parser says of a wrong option is for programmers.
  const { tokens } = parseArgs({ args: [...args], options, allowPositionals: true, strict: false, tokens: true });
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind === 'option') values[token.name] = optionValue(token, options);
  }
  if (positionals.length > words) throw new UsageError(`unexpected: ${positionals.slice(words).join(' ')}`);
  return { values, positionals };
}

interface OptionToken {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

/** A value that looks like another option is none; a negative number is one, for its option to judge. */
const OPTION_LIKE = /^-(?!\d|$)/;

function optionValue({ name, rawName, value, inlineValue }: OptionToken, options: Options): string | true {
  const option = Object.hasOwn(options, name) ? options[name] : undefined;
  if (!option) throw new UsageError(`unknown option: ${rawName}`);
  if (option.type === 'boolean') {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value`);
    return true;
  }
  if (value === undefined || (inlineValue !== true && OPTION_LIKE.test(value))) {
    throw new UsageError(`${rawName} wants a value`);
  }
  return value;
}

/** What an option's number may be, and what it is when it was not given. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly fallback: number;
}

/** A whole number from an option. @throws UsageError that names the option and its bounds */
export function wholeNumber(values: Invocation['values'], name: string, { least, most, fallback }: Bounds): number {
  const value = values[name];
  if (value === undefined) return fallback;
  const number = typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : Number.NaN;
  if (number >= least && number <= most) return number;
  throw new UsageError(`--${name} wants a whole number from ${least} to ${most}, not ${value}`);
}

/** A port number from an option; 0 is any free one. @throws UsageError */
export function portNumber(values: Invocation['values'], name: string, fallback: number): number {
  return wholeNumber(values, name, { least: 0, most: 65_535, fallback });
}

/** The text of an option; undefined when it was not given. */
export function textOption(values: Invocation['values'], name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** One of a few words from an option; the first is the default. @throws UsageError */
export function oneOf<T extends string>(
  value: string | boolean | undefined,
  name: string,
  words: readonly [T, ...T[]],
): T {
  if (value === undefined) return words[0];
  const word = words.find((candidate) => candidate === value);
  if (word === undefined) throw new UsageError(`--${name} wants one of ${words.join(', ')}`);
  return word;
}

/** Where the configuration is looked for when none is named: beside the user, then where a service has it. */
export const USUAL_FILES = ['gateway.yaml', '/etc/ovd-gateway/gateway.yaml'] as const;
const CONFIG_DEFAULT = `Without -c FILE: ${USUAL_FILES[0]} here, or ${USUAL_FILES[1]}.`;
const EXIT_WORDS =
  'Exit codes: 0 done, 1 failed, 2 bad usage, 75 to be started again, 76 the same or the box rebooted, 78 bad configuration';

/** The help for one command. */
export function usageText({ usage, does, details = [] }: CommandRow): string {
  const config = usage.includes('-c FILE') ? ['', CONFIG_DEFAULT] : [];
  return [
    `usage: ovd-gateway ${usage}`,
    '',
    ...[does, ...details, ...config].map((line) => `  ${line}`.trimEnd()),
  ].join('\n');
}

/** The help text: one line a command. */
export function helpText(rows: Iterable<CommandRow>): string {
  const columns = [...rows].map(({ usage, does }) => [`  ovd-gateway ${usage}`, does] as const);
  const width = Math.max(...columns.map(([usage]) => usage.length)) + 2;
  return [
    'Brings ONVIF and RTSP cameras into an OVS cloud platform.',
    '',
    ...columns.map(([usage, does]) => `${usage.padEnd(width)}${does}`),
    '',
    `Options of a command: ovd-gateway COMMAND --help. ${CONFIG_DEFAULT}`,
    EXIT_WORDS,
  ].join('\n');
}
