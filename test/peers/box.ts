import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, readlinkSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';
import { scratch } from './scratch.ts';

const LAUNCHER = join(import.meta.dirname, '..', '..', 'systemd', 'launcher');

/** What small programs stand in for a release do; each is ended by SIGTERM. */
export const CONDUCT = {
  good: "rmSync(process.env.OVD_RELEASES + '/trial', { force: true });",
  neverLogsIn: '',
  crashes: 'process.exit(3);',
  restarts: 'process.exit(75);',
  ignoresTerm: 'process.on("SIGTERM", () => {});',
} as const;

/** A program that behaves so, and says first which release it is. */
export function programText(version: string, conduct: keyof typeof CONDUCT): string {
  return [
    "const { rmSync } = require('node:fs');",
    "process.on('SIGTERM', () => process.exit(0));",
    CONDUCT[conduct],
    `console.log('running ${version}', ...process.argv.slice(2));`,
    'setInterval(() => {}, 1_000);',
  ].join('\n');
}

/** A box as install.sh leaves it, with releases that are one line each, and the real launcher. */
export class Box {
  readonly home: string;

  private constructor(home: string) {
    this.home = home;
  }

  static async with(t: TestContext, releases: Readonly<Record<string, keyof typeof CONDUCT>>): Promise<Box> {
    const box = new Box(await scratch(t));
    mkdirSync(join(box.home, 'releases'));
    symlinkSync(process.execPath, join(box.home, 'node'));
    for (const [version, conduct] of Object.entries(releases)) box.release(version, conduct);
    return box;
  }

  release(version: string, conduct: keyof typeof CONDUCT): void {
    mkdirSync(this.path(`${version}/dist`), { recursive: true });
    writeFileSync(this.path(`${version}/release.json`), '{}');
    writeFileSync(this.path(`${version}/dist/main.js`), programText(version, conduct));
  }

  path(name: string): string {
    return join(this.home, 'releases', name);
  }

  point(version: string): void {
    symlinkSync(version, this.path('current'));
  }

  trial(release: string, from: string, starts = 0): void {
    writeFileSync(this.path('trial'), `release ${release}\nfrom ${from}\nstarts ${starts}\n`);
  }

  get current(): string {
    return readlinkSync(this.path('current'));
  }

  has(name: string): boolean {
    return existsSync(this.path(name));
  }

  text(name: string): string {
    return readFileSync(this.path(name), 'utf8');
  }

  /** The launcher, in a process group of its own; all of it is killed with the test. */
  launch(t: TestContext, { trialSeconds = 60 } = {}): Launch {
    return new Launch(t, this.home, trialSeconds);
  }
}

/** One run of the launcher, and of the gateway that it becomes. */
export class Launch {
  readonly #child: ChildProcess;
  readonly lines: string[] = [];
  readonly ended: Promise<number | null>;
  #heard: () => void = () => undefined;
  #silent = false;

  constructor(t: TestContext, home: string, trialSeconds: number) {
    const env = { ...process.env, OVD_HOME: home, OVD_TRIAL_SECONDS: String(trialSeconds) };
    this.#child = spawn(LAUNCHER, ['run', '-c', 'x.yaml'], {
      env,
      detached: true,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    if (this.#child.stdout) {
      createInterface({ input: this.#child.stdout }).on('line', (line) => {
        this.lines.push(line);
        this.#heard();
      });
    }
    this.#child.once('close', () => {
      this.#silent = true;
      this.#heard();
    });
    this.ended = once(this.#child, 'exit').then(() => this.#child.exitCode);
    t.after(() => this.cutPower());
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** The first line that holds the words; waits for it. */
  async says(words: string): Promise<string> {
    for (;;) {
      const line = this.lines.find((candidate) => candidate.includes(words));
      if (line !== undefined) return line;
      if (this.#silent) throw new Error(`ended without saying "${words}":\n${this.lines.join('\n')}`);
      await new Promise<void>((resolve) => {
        this.#heard = resolve;
      });
    }
  }

  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** All its processes at once, as when the plug is pulled. */
  async cutPower(): Promise<void> {
    try {
      process.kill(-this.pid, 'SIGKILL');
    } catch {
      return; // Nobody is left.
    }
    await this.ended;
  }
}
