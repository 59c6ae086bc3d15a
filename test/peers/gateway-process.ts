import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { TestContext } from 'node:test';

/** Every password and key that tests give out ends so. */
const PLANTED = /hunter2/;

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

/** The real program in a process of its own; ended with the test. */
export class GatewayProcess {
  readonly #child: ChildProcess;
  readonly lines: string[] = [];
  readonly ended: Promise<number | null>;
  #heard: () => void = () => undefined;

  constructor(t: TestContext, args: readonly string[], surroundings: Readonly<Record<string, string>> = {}) {
    // A state directory of its own, unless the configuration names one: tests run side by side.
    const state = mkdtempSync(join(tmpdir(), 'ovd-state-'));
    this.#child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, STATE_DIRECTORY: state, ...surroundings },
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#hear(line));
    }
    this.ended = once(this.#child, 'close').then(() => this.#child.exitCode);
    t.after(async () => {
      this.#child.kill('SIGKILL');
      await this.ended;
      rmSync(state, { recursive: true, force: true });
      assert.doesNotMatch(this.text, PLANTED, 'a secret is in what the program said');
    });
  }

  /** `run` with a configuration of the test's own, which goes with the test. */
  static run(t: TestContext, config: string, surroundings: Readonly<Record<string, string>> = {}): GatewayProcess {
    return new GatewayProcess(t, ['run', '-c', configFile(t, config)], surroundings);
  }

  /** `check --json` of such a configuration. */
  static check(t: TestContext, config: string): GatewayProcess {
    return new GatewayProcess(t, ['check', '--json', '-c', configFile(t, config)]);
  }

  /** `bind` with such a configuration. */
  static bind(t: TestContext, config: string, id: string): GatewayProcess {
    return new GatewayProcess(t, ['bind', id, '-c', configFile(t, config)]);
  }

  get text(): string {
    return this.lines.join('\n');
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  /** Process ids of everything that this process has started and that still runs (Linux). */
  get children(): number[] {
    return descendants(this.pid);
  }

  kill(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  /** The first line that holds the words; waits for it. */
  async says(words: string): Promise<string> {
    for (;;) {
      const line = this.lines.find((candidate) => candidate.includes(words));
      if (line !== undefined) return line;
      const over = await Promise.race([
        this.ended,
        new Promise<undefined>((resolve) => {
          this.#heard = () => resolve(undefined);
        }),
      ]);
      if (over !== undefined && !this.text.includes(words))
        throw new Error(`ended without saying "${words}":\n${this.text}`);
    }
  }

  /** Resolves at the next line, or when the program has ended. */
  async heard(): Promise<void> {
    const next = new Promise<void>((resolve) => {
      this.#heard = resolve;
    });
    await Promise.race([this.ended, next]);
  }

  #hear(line: string): void {
    this.lines.push(line);
    this.#heard();
  }
}

/** A file with this text, which goes with the test. */
export function configFile(t: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'ovd-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, text);
  return file;
}

interface ProcessRow {
  readonly pid: number;
  readonly parent: number;
}

function descendants(pid: number): number[] {
  const rows = processes();
  const below = (parent: number): number[] =>
    rows.filter((row) => row.parent === parent).flatMap((row) => [row.pid, ...below(row.pid)]);
  return below(pid);
}

function processes(): ProcessRow[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return state === 'Z' ? [] : [{ pid: Number(name), parent: Number(parent) }];
      } catch {
        return []; // It ended while we were looking.
      }
    });
}

/** Whether a process with that id runs. */
export function alive(pid: number): boolean {
  return processes().some((row) => row.pid === pid);
}
