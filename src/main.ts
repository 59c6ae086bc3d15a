#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { check } from './commands/check.ts';
import {
  type Command,
  EXIT,
  type ExitCode,
  helpText,
  parseInvocation,
  type Surroundings,
  UsageError,
} from './commands/command-line.ts';
import { demo } from './commands/demo.ts';
import { run } from './commands/run.ts';
import { simulate } from './commands/simulate.ts';

/** The words of the command line. Each loads what it needs when it runs, so that `run` starts fast. */
const COMMANDS: ReadonlyMap<string, Command> = new Map(Object.entries({ run, check, demo, simulate }));

async function main([word = '', ...args]: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { print, version } = surroundings;
  if (word === '--version') return said(print, version);
  if (word === '--help' || word === 'help') return said(print, helpText(COMMANDS));
  const command = COMMANDS.get(word);
  try {
    if (!command) throw new UsageError(word === '' ? 'which command?' : `unknown command: ${word}`);
    return await command.run(parseInvocation(command, args), surroundings);
  } catch (err) {
    if (!(err instanceof UsageError)) throw err;
    process.stderr.write(
      `ovd-gateway: ${err.message}\n\n${command ? `usage: ovd-gateway ${command.usage}` : helpText(COMMANDS)}\n`,
    );
    return EXIT.usage;
  }
}

function said(print: (line: string) => void, text: string): ExitCode {
  print(text);
  return EXIT.done;
}

function packageVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown';
}

const stop = new AbortController();
// The first signal ends in good order; by then the handler is gone, so a second one ends at once.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  signal: stop.signal,
  print: (line) => process.stdout.write(`${line}\n`),
  version: packageVersion(),
  self: [process.execPath, ...process.execArgv, fileURLToPath(import.meta.url)],
});
