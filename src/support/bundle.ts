import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { fileText } from '../config/file-text.ts';
import { type Config, jsonSchema } from '../config/schema.ts';
import { secretsIn } from '../config/secrets.ts';
import { BoxHealth } from '../device/box-health.ts';
import { TAR_END, tarEntry } from '../release/tar.ts';
import { GatewayError } from '../runtime/errors.ts';
import { scrubber } from '../runtime/log.ts';
import { runProgram } from '../runtime/program.ts';
import { Scope } from '../runtime/scope.ts';
import type { BoxLookParts } from './box-looks.ts';
import { networkSummary, stateSummary, systemSummary } from './box-summary.ts';
import { checkup } from './checkup.ts';
import type { Finding } from './finding.ts';
import { redactedYaml } from './redacted.ts';

/** All that support has to know of one gateway, in one archive, without any secret. */

export interface BundleParts extends Omit<BoxLookParts, 'config'> {
  /** What the file says; undefined while it says nothing that makes sense. */
  readonly config: Config | undefined;
  readonly version: string;
  /** How the gateway that runs is, as the local page shows it; undefined where none is asked. */
  readonly status?: unknown;
  /** The newest lines of its log; where they are not given, the journal is asked. */
  readonly logLines?: readonly string[];
  /** Takes out what the gateway knows to be secret beside what stands in the configuration. */
  readonly scrub?: (text: string) => string;
}

const SERVICE = 'ovd-gateway';
const JOURNAL = ['journalctl', '-u', SERVICE, '-n', '2000', '--no-pager', '-o', 'cat'];
const MOST_LOG_CHARACTERS = 2_000_000;
/** So many lines may be long ones. */
const MOST_JOURNAL_BYTES = 16 * 1024 * 1024;

/** A browser is given nothing meanwhile, and the page's server lets go of who hears nothing for a minute. */
const CHECK_MS = 35_000;

const compress = promisify(gzip);

/** The archive, as tar.gz. Takes as long as a check does; a part that fails says so in its place. */
export async function supportBundle(parts: BundleParts, signal: AbortSignal): Promise<Buffer> {
  const { file, config, stateDirectory, version, status, clock } = parts;
  const known = scrubber(config ? secretsIn(config) : []);
  const scrub = (text: string): string => known(parts.scrub?.(text) ?? text);
  const health = new BoxHealth({ stateDirectory, clock, log: parts.log });
  const texts: Readonly<Record<string, () => Promise<string>>> = {
    'README.txt': async () => README,
    'system.json': async () => json(await systemSummary(config?.ffmpeg.path ?? 'ffmpeg', version, signal)),
    'box.json': async () => json(await health.read()),
    'config.yaml': async () => redactedYaml(fileText(file), jsonSchema()),
    'check.json': async () => json(config ? await checked({ ...parts, config }, signal) : 'there is no configuration'),
    'status.json': async () => json(status ?? 'not asked'),
    'state.json': async () => json(await stateSummary(stateDirectory)),
    'network.txt': () => networkSummary(signal),
    'log.jsonl': () => logTail(parts, signal),
  };
  const at = Math.floor(clock.wall().getTime() / 1_000);
  const files: Buffer[] = [];
  for (const [name, make] of Object.entries(texts)) {
    const text = await make().catch(
      (err: unknown) => `could not be had: ${err instanceof Error ? err.message : err}\n`,
    );
    const file = { path: `${SERVICE}-support/${name}`, bytes: Buffer.from(scrub(text)), executable: false };
    files.push(tarEntry(file, at));
  }
  return compress(Buffer.concat([...files, TAR_END]));
}

/** Under which name the archive is to be kept. */
export function bundleName(at: Date): string {
  return `${SERVICE}-support-${at.toISOString().slice(0, 19).replaceAll(':', '-')}.tar.gz`;
}

const json = (value: unknown): string => `${JSON.stringify(value, undefined, 2)}\n`;

/** What a check has found until then: cameras that are away take their time, and it is for their sake that one looks. */
async function checked(parts: BoxLookParts, signal: AbortSignal): Promise<Finding[]> {
  const scope = new Scope(signal);
  const late = new GatewayError('timed-out', 'the check of everything took too long');
  void parts.clock.sleep(CHECK_MS, scope.signal).then(() => scope.end(late));
  const findings: Finding[] = [];
  try {
    for await (const finding of checkup(parts, scope.signal)) findings.push(finding);
  } finally {
    scope.end();
  }
  return findings;
}

async function logTail({ logLines: lines }: BundleParts, signal: AbortSignal): Promise<string> {
  const text = lines ? lines.join('\n') : await runProgram(JOURNAL, signal, { mostBytes: MOST_JOURNAL_BYTES });
  return text.slice(-MOST_LOG_CHARACTERS);
}

const README = `What is in here:
system.json   versions, board, kernel
box.json      load, memory, disk, temperature, complaints of the board
config.yaml   the configuration; every secret and every remark is left out
check.json    what a check of configuration, ffmpeg, disk, time, platform and cameras has found
status.json   how the gateway was, when it was running
state.json    what it remembers: counts, cameras, spooled recordings
network.txt   addresses, routes, name servers, time keeping, disk use
log.jsonl     the newest lines of the log
`;
