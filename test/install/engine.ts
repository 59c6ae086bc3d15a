import assert from 'node:assert/strict';
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Outcome, outcome } from './tree.ts';
import { until } from './until.ts';

/** What containers on the network of the host are in: this machine's, or one of their own with nobody else in it. */
export type Network = 'machine' | 'own';

/** It leaves the network of this machine as it is; and so its containers have the network of the host, or none. */
const DAEMON = ['dockerd', '--bridge=none', '--iptables=false', '--ip6tables=false', '--ip-forward=false'];

/** A Docker engine beside any other of this machine, with images and volumes of its own. */
export class Engine {
  readonly #folder: string;
  #daemon: ChildProcess | undefined;

  constructor(folder: string) {
    this.#folder = folder;
    this.remove();
    mkdirSync(folder, { recursive: true });
  }

  async start(network: Network): Promise<void> {
    const place = (name: string): string => join(this.#folder, name);
    const folders = ['--data-root', place('root'), '--exec-root', place('exec'), '--pidfile', place('pid')];
    const command = `exec ${[...DAEMON, ...folders, '--host', this.#address].join(' ')}`;
    const [program, ...args] =
      network === 'machine'
        ? ['sh', '-c', command]
        : ['unshare', '--net', 'sh', '-c', `ip link set lo up && ${command}`];
    this.#daemon = spawn(program ?? '', args, { stdio: 'ignore' });
    await until('the engine answers', () => this.try('docker', 'info').status === 0);
  }

  /** Containers end with it, and those that are to be restarted begin with the next one. */
  async stop(): Promise<void> {
    if (this.#daemon?.exitCode !== null) return;
    const ended = once(this.#daemon, 'exit');
    this.#daemon.kill();
    await ended;
  }

  remove(): void {
    // The engine leaves it mounted, where there was one.
    outcome('umount', [join(this.#folder, 'exec', 'netns', 'default')]);
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** A process that is in the network of containers on the network of the host. */
  get pid(): number {
    return this.#daemon?.pid ?? -1;
  }

  /** Runs a program that speaks with the engine. */
  try(program: string, ...args: string[]): Outcome {
    return outcome('env', [`DOCKER_HOST=${this.#address}`, program, ...args]);
  }

  /** Runs `docker`, and gives what it says. @throws AssertionError when it fails */
  docker(...args: string[]): string {
    const { status, text } = this.try('docker', ...args);
    assert.equal(status, 0, `docker ${args.join(' ')}\n${text}`);
    return text.trim();
  }

  /** Makes an image of a folder, with what a Dockerfile would say of it. */
  importImage(name: string, folder: string, changes: readonly string[]): void {
    const docker = ['docker', '--host', this.#address, 'import', ...changes.flatMap((change) => ['-c', change])];
    const command = `tar -C ${folder} -c . | ${docker.map((word) => `'${word}'`).join(' ')} - ${name}`;
    execFileSync('sh', ['-c', command], { stdio: ['ignore', 'ignore', 'inherit'] });
  }

  get #address(): string {
    return `unix://${join(this.#folder, 'socket')}`;
  }
}
