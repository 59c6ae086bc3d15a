import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildArchives } from './archives.ts';
import { tryContainer } from './container.ts';
import { trySuite } from './suite.ts';

/**
 * `npm run test:install [-- bookworm trixie container]`: install, upgrade, rollback and uninstall in clean Debian trees, and
 * the Dockerfile by a Docker engine. Needs root and a Debian mirror; the trees are kept below the system's temporary folder.
 */
const SUITES = ['bookworm', 'trixie'];
/** The Dockerfile, by a Docker engine. */
const CONTAINER = 'container';
/** Programs that are needed, and the packages that hold them. */
const TOOLS = new Map([
  ['debootstrap', 'debootstrap'],
  ['systemd-nspawn', 'systemd-container'],
]);
const TOOLS_OF_CONTAINER = new Map([
  ['dockerd', 'docker.io'],
  ['docker-compose', 'docker-compose'],
  ['ip', 'iproute2'],
]);
const begun = performance.now();

function step(name: string): void {
  const seconds = ((performance.now() - begun) / 1000).toFixed(0).padStart(5);
  process.stdout.write(`${seconds} s  ok  ${name}\n`);
}

function checkTools(tools: ReadonlyMap<string, string>): void {
  assert.equal(process.getuid?.(), 0, 'test:install has to be run as root');
  const missing = [...tools].filter(([program]) => spawnSync('which', [program]).status !== 0);
  if (missing.length === 0) return;
  execFileSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...missing.map(([, name]) => name)]);
}

async function tryBoxes(suites: readonly string[]): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ovd-archives-'));
  try {
    const archives = await buildArchives(folder);
    step(`the release ${archives.first} and others made of it are built`);
    for (const suite of suites) {
      process.stdout.write(`\n${suite}\n`);
      await trySuite(suite, archives, step);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const asked = process.argv.slice(2);
const wanted = asked.length > 0 ? asked : [...SUITES, CONTAINER];
const suites = wanted.filter((name) => name !== CONTAINER);
checkTools(new Map([...TOOLS, ...(wanted.includes(CONTAINER) ? TOOLS_OF_CONTAINER : [])]));
if (suites.length > 0) await tryBoxes(suites);
if (wanted.includes(CONTAINER)) await tryContainer(step);
