import assert from 'node:assert/strict';
import {
  chownSync,
  copyFileSync,
  cpSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { Engine } from './engine.ts';
import { PlatformInside } from './platform-inside.ts';
import { HOME, Tree } from './tree.ts';
import { until } from './until.ts';

/**
 * The Dockerfile by a Docker engine, and the container as the README starts it, by `docker run` and by the compose file. No
 * registry of images is asked: a Debian 12 tree with this machine's Node stands for the base image.
 */

const ROOT = join(import.meta.dirname, '..', '..');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');
const BASE = 'node:22-bookworm-slim';
const USER_ID = 1000;
const CONFIGURATION = 'platform: { url: "ws://127.0.0.1:8090", login_code: "1", login_password: test }\n';
type Step = (name: string) => void;

export async function tryContainer(step: Step): Promise<void> {
  const engine = new Engine(join(HOME, 'engine'));
  try {
    await engine.start('machine');
    importBase(engine);
    engine.docker('build', '--network', 'host', '--tag', 'ovd-gateway', ROOT);
    await engine.stop();
    step('docker build: the Dockerfile as it is');
    await engine.start('own');
    await tryRun(engine, step);
    await tryCompose(engine, step);
  } finally {
    await engine.stop();
    engine.remove();
  }
}

/** What stands for the base image: Debian 12, this machine's Node and npm, and the user `node`. */
function importBase(engine: Engine): void {
  const tree = Tree.fresh('bookworm', 'image');
  copyFileSync(process.execPath, tree.file('usr/local/bin/node'));
  cpSync(dirname(dirname(realpathSync('/usr/bin/npm'))), tree.file('usr/local/lib/npm'), { recursive: true });
  tree.enter('ln', '-s', '../lib/npm/bin/npm-cli.js', '/usr/local/bin/npm');
  tree.enter('useradd', '--uid', String(USER_ID), '--user-group', '--create-home', 'node');
  // This machine's idea of whom to trust, for one that has a registry or a proxy of its own.
  const { NODE_EXTRA_CA_CERTS: trusted } = process.env;
  if (trusted !== undefined) copyFileSync(trusted, tree.file('etc/ssl/trusted.crt'));
  engine.importImage(BASE, tree.path, trusted === undefined ? [] : ['ENV NODE_EXTRA_CA_CERTS=/etc/ssl/trusted.crt']);
}

async function tryRun(engine: Engine, step: Step): Promise<void> {
  const version = engine.docker('run', '--rm', '--network', 'host', 'ovd-gateway', '--version');
  const [run = ''] = /^docker run -d [\s\S]*? ovd-gateway$/m.exec(README) ?? [];
  const platform = new PlatformInside(engine.pid, HOME, () => engine.docker('logs', 'ovd-gateway'));
  try {
    runIt(engine, run);
    await untilHealthy(engine, 'ovd-gateway');
    assertClosed(engine, 'ovd-gateway', { noNewPrivileges: false });
    step("the README's docker run: healthy by its own health check, user 1000, no capability, nothing can be written");
    configure(engine, 'ovd-config');
    await platform.hears(`dial ${version}`);
    step('a configuration in the volume is taken up, and it logs in over the network of the host');
    const kept = filesOf(engine, 'ovd-state');
    platform.tell('RebootDevice');
    await platform.hears(`dial ${version}`);
    process.kill(firstProcess(engine, 'ovd-gateway'), 'SIGKILL');
    await platform.hears(`dial ${version}`);
    step('the engine starts it again after RebootDevice, and after SIGKILL');
    stopCleanly(engine, 'ovd-gateway');
    engine.docker('rm', 'ovd-gateway');
    runIt(engine, run);
    await platform.hears(`dial ${version}`);
    assert.deepEqual(filesOf(engine, 'ovd-state'), kept);
    step('SIGTERM ends it in good order; another container goes on with its volumes');
    engine.docker('rm', '--force', 'ovd-gateway');
  } finally {
    platform.close();
  }
}

async function tryCompose(engine: Engine, step: Step): Promise<void> {
  const [, yaml = ''] = /^```yaml\n(services:[\s\S]*?)^```/m.exec(README) ?? [];
  const file = join(HOME, 'docker-compose.yml');
  writeFileSync(file, yaml);
  const compose = (...args: string[]): void => {
    const { status, text } = engine.try('docker-compose', '--file', file, '--project-name', 'readme', ...args);
    assert.equal(status, 0, text);
  };
  compose('up', '--detach', '--no-build');
  const name = engine.docker('ps', '--format', '{{.Names}}');
  await untilHealthy(engine, name);
  assertClosed(engine, name, { noNewPrivileges: true });
  compose('down', '--volumes');
  assert.equal(engine.docker('ps', '--all', '--quiet'), '');
  step("the README's compose file: healthy, no new privileges, and nothing is left when it is taken down");
}

function runIt(engine: Engine, command: string): void {
  const { status, text } = engine.try('sh', '-c', command);
  assert.equal(status, 0, `${command}\n${text}`);
}

async function untilHealthy(engine: Engine, name: string): Promise<void> {
  const health = (): string => engine.docker('inspect', '--format', '{{.State.Health.Status}}', name);
  await until('it is healthy', () => health() === 'healthy').catch((err: unknown) =>
    assert.fail(`${String(err)}\n${engine.docker('logs', name)}`),
  );
}

/** What its first process may do, as this machine's /proc says. */
function assertClosed(engine: Engine, name: string, { noNewPrivileges }: { noNewPrivileges: boolean }): void {
  const status = readFileSync(`/proc/${firstProcess(engine, name)}/status`, 'utf8');
  assert.match(status, new RegExp(`^Name:\\ttini$[\\s\\S]*^Uid:\\t${USER_ID}\\t[\\s\\S]*^CapEff:\\t0+$`, 'm'));
  assert.match(status, new RegExp(`^NoNewPrivs:\\t${Number(noNewPrivileges)}$`, 'm'));
  assert.match(engine.try('docker', 'exec', name, 'touch', '/app/stray').text, /Read-only file system/);
}

const firstProcess = (engine: Engine, name: string): number =>
  Number(engine.docker('inspect', '--format', '{{.State.Pid}}', name));

function stopCleanly(engine: Engine, name: string): void {
  engine.docker('stop', name);
  assert.equal(engine.docker('inspect', '--format', '{{.State.ExitCode}}', name), '0');
  assert.match(engine.docker('logs', '--tail', '1', name), /"msg":"stopped"/);
}

function configure(engine: Engine, volume: string): void {
  const file = join(mountOf(engine, volume), 'gateway.yaml');
  writeFileSync(`${file}.new`, CONFIGURATION);
  chownSync(`${file}.new`, USER_ID, USER_ID);
  renameSync(`${file}.new`, file);
}

const filesOf = (engine: Engine, volume: string): string[] =>
  readdirSync(mountOf(engine, volume), { recursive: true, encoding: 'utf8' }).sort();

const mountOf = (engine: Engine, volume: string): string =>
  engine.docker('volume', 'inspect', '--format', '{{.Mountpoint}}', volume);
