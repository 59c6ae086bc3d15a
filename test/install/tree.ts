import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { until } from './until.ts';

/** A clean Debian in a folder, as debootstrap makes it: entered as a container, and booted with its own systemd. */

/** Where they are, and kept. */
export const HOME = join(tmpdir(), 'ovd-install-trees');
const MIRROR = 'http://deb.debian.org/debian';
const PACKAGES = ['systemd', 'systemd-sysv', 'dbus', 'ca-certificates'];
/** nspawn without a systemd of this machine's. */
export const ALONE = ['--quiet', '--register=no', '--keep-unit'];
const LONG = { maxBuffer: 100_000_000 };
const BOOT_SECONDS = 60;
/** How nspawn ends when the system in it reboots. */
const ASKED_TO_REBOOT = 133;

export interface Outcome {
  readonly status: number | null;
  /** What it wrote, errors included. */
  readonly text: string;
}

export class Tree {
  readonly path: string;
  readonly suite: string;
  #booted: { readonly nspawn: ChildProcess; readonly leader: number } | undefined;

  private constructor(suite: string, purpose: string) {
    this.suite = suite;
    this.path = join(HOME, `${suite}-${purpose}`);
  }

  /** A copy of the suite as debootstrap makes it; that is kept for the next time. */
  static fresh(suite: string, purpose = 'work'): Tree {
    const clean = join(HOME, suite);
    mkdirSync(join(HOME, `${suite}-debs`, 'partial'), { recursive: true });
    if (!existsSync(clean)) {
      const unfinished = `${clean}.part`;
      rmSync(unfinished, { recursive: true, force: true });
      const args = ['--variant=minbase', `--include=${PACKAGES.join(',')}`, suite, unfinished, MIRROR];
      execFileSync('debootstrap', args, { stdio: ['ignore', 'ignore', 'inherit'] });
      renameSync(unfinished, clean);
    }
    const tree = new Tree(suite, purpose);
    rmSync(tree.path, { recursive: true, force: true });
    execFileSync('cp', ['-a', clean, tree.path]);
    return tree;
  }

  /** Runs a command where no systemd runs, as in a chroot, with the network of this machine. */
  enter(...command: string[]): Outcome {
    return this.enterWith([], ...command);
  }

  /** The same with options of nspawn's. */
  enterWith(options: readonly string[], ...command: string[]): Outcome {
    const debs = `--bind=${join(HOME, `${this.suite}-debs`)}:/var/cache/apt/archives`;
    const where = [...ALONE, '--as-pid2', '--resolv-conf=copy-host', debs, ...options];
    const { status, text } = outcome('systemd-nspawn', [...where, '-D', this.path, '--pipe', ...command]);
    // A remark of nspawn's own, where it runs without a systemd around it.
    return { status, text: text.replace(/^Attempted to remove disk file system.*\n?/m, '') };
  }

  /** Boots it, with a network of its own in which there is only itself. */
  async boot(): Promise<void> {
    const where = [...ALONE, '--private-network', '--capability=CAP_SYS_TIME', `--machine=install-${this.suite}`];
    // The systemd of Debian 13 refuses a host with the older cgroups unless it is told to.
    const args = [...where, '-D', this.path, '-b', 'SYSTEMD_CGROUP_ENABLE_LEGACY_FORCE=1'];
    const nspawn = spawn('systemd-nspawn', args, { stdio: ['ignore', 'ignore', 'inherit'] });
    for (let tries = 0; tries < BOOT_SECONDS * 4; tries += 1) {
      await delay(250);
      const leader = childOf(nspawn.pid ?? -1);
      if (leader === undefined) continue;
      this.#booted = { nspawn, leader };
      if (/running|degraded/.test(this.exec('systemctl', 'is-system-running').text)) return;
    }
    throw new Error(`${this.suite} does not boot`);
  }

  /** Resolves when it has rebooted; its network is a new one then. */
  async reboots(): Promise<void> {
    const nspawn = this.#booted?.nspawn;
    await until('it reboots', () => nspawn?.exitCode === ASKED_TO_REBOOT);
    await this.boot();
  }

  /** Runs a command in the booted system. */
  exec(...command: string[]): Outcome {
    return outcome('nsenter', ['-t', String(this.leader), '-a', ...command]);
  }

  /** The process id of its init, as this machine sees it. */
  get leader(): number {
    if (!this.#booted) throw new Error('it is not booted');
    return this.#booted.leader;
  }

  async powerOff(): Promise<void> {
    if (!this.#booted) return;
    const { nspawn, leader } = this.#booted;
    this.#booted = undefined;
    const ended = once(nspawn, 'exit');
    outcome('nsenter', ['-t', String(leader), '-a', 'systemctl', '--no-block', 'poweroff']);
    const late = delay(30_000).then(() => nspawn.kill('SIGKILL'));
    await Promise.race([ended, late]);
  }

  file(path: string): string {
    return join(this.path, path);
  }

  /** Every file that matters: what changes by itself while a system runs is left out. */
  files(): string[] {
    const own = /^(proc|sys|dev|run|tmp|root|var\/(log|cache|tmp|lib\/(apt|systemd|dpkg)))(\/|$)|\/__pycache__\//;
    // Not by Node, which follows the links of a tree, also those that lead out of it.
    const all = execFileSync('find', [this.path, '-mindepth', '1', '-printf', '%P\\n'], LONG).toString().split('\n');
    return all.filter((name) => name !== '' && !own.test(name)).sort();
  }
}

export function outcome(program: string, args: readonly string[]): Outcome {
  const env = { PATH: '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', LANG: 'C.UTF-8' };
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: 'utf8', env });
  return { status, text: error ? error.message : `${stdout}${stderr}` };
}

/** The first process that a process has started. */
export function childOf(pid: number): number | undefined {
  try {
    const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return child ? Number(child) : undefined;
  } catch {
    return undefined; // It has not begun yet.
  }
}
