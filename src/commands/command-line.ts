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
  const parsed = parsedOrRefused(options, args);
  if (parsed.positionals.length > words)
    throw new UsageError(`unexpected: ${parsed.positionals.slice(words).join(' ')}`);
  const values: Record<string, string | boolean | undefined> = {};
  for (const [name, value] of Object.entries(parsed.values)) {
    if (typeof value === 'string' || typeof value === 'boolean') values[name] = value;
  }
  return { values, positionals: parsed.positionals };
}

function parsedOrRefused(options: Options, args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (err) {
    throw new UsageError(err instanceof Error ? (err.message.split('. ')[0] ?? '') : String(err));
  }
}

/** A port number from an option; 0 is any free one. @throws UsageError */
export function portNumber(value: string | boolean | undefined, name: string, fallback: number): number {
  const port = wholeNumber(value, name, fallback);
  if (port > 65_535) throw new UsageError(`--${name} wants a port, 0 to 65535`);
  return port;
}

/** A whole number from an option, `fallback` when it was not given. @throws UsageError */
export function wholeNumber(value: string | boolean | undefined, name: string, fallback: number): number {
  if (value === undefined) return fallback;
  const number = Number(value);
  if (typeof value !== 'string' || !Number.isInteger(number) || number < 0) {
    throw new UsageError(`--${name} wants a whole number, not ${value}`);
  }
  return number;
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

/** The help for one command. */
export function usageText({ usage, does, details = [] }: CommandRow): string {
  return [`usage: ovd-gateway ${usage}`, '', `  ${does}`, ...details.map((line) => `  ${line}`)].join('\n');
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
    'Exit codes: 0 done, 1 failed, 2 bad usage, 78 bad configuration',
  ].join('\n');
}
