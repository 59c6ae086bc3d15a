#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import {
  type CommandRow,
  EXIT,
  type ExitCode,
  helpText,
  parseInvocation,
  type Surroundings,
  UsageError,
  usageText,
} from './commands/command-line.ts';
import { tuneCollector } from './runtime/collector.ts';
import { GatewayError } from './runtime/errors.ts';

/** The words of the command line. */
const COMMANDS: ReadonlyMap<string, CommandRow> = new Map(
  Object.entries({
    run: {
      usage: 'run [-c FILE]',
      does: 'the gateway, in the foreground; its log goes to stdout',
      details: [
        '',
        'Where there is no configuration yet it serves a page that makes one, on port 8080 of every address, or where',
        'OVD_WEB_LISTEN (such as 127.0.0.1:9000) says; the log says what to open, and the code to give.',
        'It follows changes of the file; SIGHUP has it read the file again, too. SIGTERM ends it in good order.',
        'Exit codes 75 and 76 ask for it to be started again (76: or for the box to be rebooted).',
      ],
      load: async () => (await import('./commands/run.ts')).run,
    },
    check: {
      usage: 'check [-c FILE] [--json]',
      does: 'says what would not work and why, without starting',
      details: [
        '',
        'It logs in for a moment: a gateway that runs with the same login may be thrown off, and comes back by itself.',
      ],
      load: async () => (await import('./commands/check.ts')).check,
    },
    'support-bundle': {
      usage: 'support-bundle [-c FILE] [-o FILE]',
      does: 'all that support has to know, in one tar.gz without any password',
      details: ['', 'Configuration, check, state, network and the newest log lines; where the service runs, as root.'],
      load: async () => (await import('./commands/support-bundle.ts')).supportBundleCommand,
    },
    bind: {
      usage: 'bind ID [-c FILE]',
      does: 'binds this device to the account that the platform gave ID for',
      details: ['', 'A gateway that runs with the same login loses its link for a moment.'],
      load: async () => (await import('./commands/bind.ts')).bind,
    },
    discover: {
      usage: 'discover [--seconds N] [--json] [-c FILE]',
      does: 'ONVIF devices on the LAN, and which channel each has',
      details: ['', '--seconds N  how long to search, 1 to 300; default 5'],
      load: async () => (await import('./commands/discover.ts')).discover,
    },
    probe: {
      usage: 'probe HOST[:PORT] [-u USER] [-p PASSWORD] [--json]',
      does: 'one camera in full, for a bug report; no secrets in it',
      details: ['', 'The password may come from OVD_CAMERA_PASSWORD, so that it is in no list of processes.'],
      load: async () => (await import('./commands/probe.ts')).probe,
    },
    demo: {
      usage: 'demo [--cameras N] [--port N] [--tour]',
      does: 'simulated platform, virtual cameras and the gateway on this machine',
      details: [
        '',
        '--cameras N  1 to 16; default 2',
        "--port N     of the platform's page; by default one that is free",
        '--tour       a guided tour that ends by itself',
      ],
      load: async () => (await import('./commands/demo.ts')).demo,
    },
    simulate: {
      usage: 'simulate ovc|camera [OPTIONS]',
      does: 'a platform, or a camera, alone; simulate --help lists the options',
      details: [
        '',
        '--host H               address to listen on; default 127.0.0.1',
        '--port N               ovc: WebSocket and page (8090); camera: ONVIF (8000); 0 for any free one',
        '--rtmp-port N          ovc: RTMP (1935)',
        '--rtsp-port N          camera: RTSP (8554)',
        '--login USER:PASSWORD  ovc: the one device that may log in, default any; camera: default admin:admin123',
        '--token T              ovc: needed for the page and API on any address but loopback',
        '--conform              ovc: tries the first device that logs in on every rule of the protocol, and ends',
        '--quick                with --conform: without the rules that take their time or break the link',
        '--rules A,B            with --conform: these rules alone',
        '--video CODEC          camera: H264, H265 or MJPEG',
        '--audio CODEC          camera: PCMU, PCMA, AAC or none',
        '--habits A,B           camera: bad habits to show; a wrong one lists them all',
      ],
      load: async () => (await import('./commands/simulate.ts')).simulate,
    },
  }),
);

const HELP: ReadonlySet<string> = new Set(['--help', '-h']);

async function main([word = '', ...args]: readonly string[], surroundings: Surroundings): Promise<ExitCode> {
  const { print, version } = surroundings;
  if (word === '--version') return said(print, version);
  if (HELP.has(word) || word === 'help') return said(print, helpText(COMMANDS.values()));
  const row = COMMANDS.get(word);
  try {
    if (row && args.some((arg) => HELP.has(arg))) return said(print, usageText(row));
    if (!row) throw new UsageError(word === '' ? 'which command?' : `unknown command: ${word}`);
    const command = await row.load();
    return await command.run(parseInvocation(command, args), surroundings);
  } catch (err) {
    if (!(err instanceof UsageError)) return failed(err);
    const usage = row ? usageText(row) : helpText(COMMANDS.values());
    process.stderr.write(`ovd-gateway: ${err.message}\n\n${usage}\n`);
    return EXIT.usage;
  }
}

/** What went wrong in a sentence; only a bug shows its stack. */
function failed(err: unknown): ExitCode {
  // One for each of several addresses; they fail alike.
  if (err instanceof AggregateError && err.errors[0] instanceof Error) return failed(err.errors[0]);
  const expected = err instanceof GatewayError || (err instanceof Error && 'syscall' in err);
  const words = err instanceof GatewayError ? err.sentence : err instanceof Error ? err.message : String(err);
  const { faults, advice } = err instanceof GatewayError ? err.fields : {};
  const more = Array.isArray(faults) ? faults : advice === undefined ? [] : [advice];
  process.stderr.write(['ovd-gateway: ', words, ...more.map((line) => `\n  ${line}`), '\n'].join(''));
  if (!expected) throw err;
  return err instanceof GatewayError && err.kind === 'config-invalid' ? EXIT.config : EXIT.failed;
}

function said(print: (line: string) => void, text: string): ExitCode {
  print(text);
  return EXIT.done;
}

function packageVersion(): string {
  const parsed: unknown = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'));
  return typeof parsed === 'object' && parsed !== null && 'version' in parsed ? String(parsed.version) : 'unknown';
}

// Before anything else is loaded: what has grown stays.
tuneCollector();
const stop = new AbortController();
// The first signal ends in good order; by then the handler is gone, so a second one ends at once.
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stop.abort());

// Whoever reads may go, and a disk with the log be full: what was to be said is lost then, and nothing else.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);

process.exitCode = await main(process.argv.slice(2), {
  env: process.env,
  signal: stop.signal,
  print: (line) => process.stdout.write(`${line}\n`),
  version: packageVersion(),
  self: [process.execPath, ...process.execArgv, fileURLToPath(import.meta.url)],
});
