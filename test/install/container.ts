import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, cpSync, mkdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { until } from './box.ts';
import { type Image, imageOf, type Stage, stagesOf } from './dockerfile.ts';
import { ALONE, childOf, outcome, Tree } from './tree.ts';

/**
 * The Dockerfile without Docker: each instruction is carried out, as it is written, in a Debian tree with a Node, and the
 * image is started as the README's `docker run` does it: not root, no capability, a system that cannot be written.
 */

const ROOT = join(import.meta.dirname, '..', '..');
const USER_ID = 1000;

export async function tryContainer(step: (name: string) => void): Promise<void> {
  const stages = stagesOf(readFileSync(join(ROOT, 'Dockerfile'), 'utf8'));
  const built = new Map<string, Tree>();
  for (const stage of stages) {
    const tree = nodeTree(stage);
    build(stage, tree, built);
    built.set(stage.name ?? 'last', tree);
    step(`Dockerfile, stage ${stage.name ?? 'last'}: every instruction done`);
  }
  const [tree, stage] = [built.get('last'), stages.at(-1)];
  assert.ok(tree && stage);
  await start(tree, imageOf(stage), step);
}

/** What stands for node:22-bookworm-slim: Debian 12, this machine's Node and npm, and the user `node`. */
function nodeTree({ from, name }: Stage): Tree {
  assert.equal(from, 'node:22-bookworm-slim');
  const tree = Tree.fresh('bookworm', `image-${name ?? 'last'}`);
  copyFileSync(process.execPath, tree.file('usr/local/bin/node'));
  const npm = dirname(dirname(realpathSync('/usr/bin/npm')));
  cpSync(npm, tree.file('usr/local/lib/npm'), { recursive: true });
  tree.enter('ln', '-s', '../lib/npm/bin/npm-cli.js', '/usr/local/bin/npm');
  tree.enter('useradd', '--uid', String(USER_ID), '--user-group', '--create-home', 'node');
  return tree;
}

function build({ steps }: Stage, tree: Tree, built: ReadonlyMap<string, Tree>): void {
  let workdir = '/';
  for (const { word, rest } of steps) {
    if (word === 'WORKDIR') workdir = rest;
    if (word === 'WORKDIR') mkdirSync(tree.file(rest), { recursive: true });
    if (word === 'COPY') copy(rest, join(tree.path, workdir), built);
    if (word !== 'RUN') continue;
    const done = tree.enterWith([`--chdir=${workdir}`, ...trust()], 'sh', '-c', rest);
    assert.equal(done.status, 0, `${rest}\n${done.text}`);
  }
}

/** This machine's idea of whom to trust, for one that has a registry or a proxy of its own. */
function trust(): string[] {
  const { NODE_EXTRA_CA_CERTS: file } = process.env;
  return file === undefined
    ? []
    : [`--bind-ro=${realpathSync(file)}:/tmp/ca.crt`, '--setenv=NODE_EXTRA_CA_CERTS=/tmp/ca.crt'];
}

/** `COPY [--from=STAGE] WHAT… WHERE`: a folder's content goes into the place, a file beside what is there. */
function copy(rest: string, workdir: string, built: ReadonlyMap<string, Tree>): void {
  const [, stage, words = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(rest) ?? [];
  const names = words.split(' ');
  const place = names.pop() ?? '';
  const source = stage === undefined ? ROOT : built.get(stage)?.path;
  assert.ok(source, `there is no stage ${stage}`);
  const target = place.endsWith('/')
    ? (name: string) => join(workdir, place, name.split('/').at(-1) ?? '')
    : () => join(workdir, place);
  for (const name of names) cpSync(join(source, name), target(name), { recursive: true, verbatimSymlinks: true });
}

async function start(tree: Tree, image: Image, step: (name: string) => void): Promise<void> {
  assert.equal(image.user, 'node');
  const volumes = image.volumes.map((path) => `--bind=${volumeFor(tree, path)}:${path}`);
  const env = image.env.map((each) => `--setenv=${each}`);
  const limits = [
    '--read-only',
    '--tmpfs=/tmp',
    '--drop-capability=all',
    '--no-new-privileges=yes',
    '--private-network',
  ];
  const where = [...ALONE, `--user=${image.user}`, `--chdir=${image.workdir}`, '--pipe', '-D', tree.path];
  const nspawn = spawn('systemd-nspawn', [...where, ...limits, ...volumes, ...env, ...image.command]);
  try {
    await untilHealthy(nspawn, image);
    step('the image runs as it is started in the README, with a page to set it up; its health check is content');
    const leader = childOf(nspawn.pid ?? -1) ?? -1;
    const status = readFileSync(`/proc/${leader}/status`, 'utf8');
    assert.match(status, new RegExp(`^Name:\\ttini$[\\s\\S]*^Uid:\\t${USER_ID}\\t[\\s\\S]*^CapEff:\\t0+$`, 'm'));
    const ended = once(nspawn, 'exit');
    process.kill(leader, 'SIGTERM');
    assert.equal((await ended)[0], 0);
    step('tini is the first process, nobody has a capability, and SIGTERM ends it in good order');
  } finally {
    nspawn.kill('SIGKILL');
  }
}

async function untilHealthy(nspawn: ChildProcess, { health, env }: Image): Promise<void> {
  let text = '';
  for (const stream of [nspawn.stdout, nspawn.stderr]) stream?.on('data', (chunk) => (text += chunk));
  const healthy = (): boolean => {
    assert.equal(nspawn.exitCode, null, text);
    const leader = childOf(nspawn.pid ?? -1);
    if (leader === undefined) return false;
    return outcome('nsenter', ['-t', String(leader), '-n', 'env', ...env, ...health]).status === 0;
  };
  await until('the health check is content', healthy).catch((err: unknown) => assert.fail(`${String(err)}\n${text}`));
}

/** A volume begins as what the image has at its place. */
function volumeFor(tree: Tree, path: string): string {
  const volume = `${tree.path}-volume${path.replaceAll('/', '-')}`;
  execFileSync('rm', ['-rf', volume]);
  execFileSync('cp', ['-a', tree.file(path), volume]);
  return volume;
}
