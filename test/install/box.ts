import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Tree } from './tree.ts';

const PLATFORM = join(import.meta.dirname, 'platform.ts');
const PATIENCE_SECONDS = 120;

/** The gateway on a booted tree, and the platform that it logs in to. */
export class InstalledBox {
  readonly tree: Tree;
  readonly #platform: ChildProcessWithoutNullStreams;
  readonly #lines: string[] = [];
  #read = 0;

  constructor(tree: Tree, archives: string) {
    this.tree = tree;
    const node = [process.execPath, '--import', 'tsx', PLATFORM, archives];
    this.#platform = spawn('nsenter', ['-t', String(tree.leader), '-n', ...node]);
    this.#platform.stderr.pipe(process.stderr);
    createInterface({ input: this.#platform.stdout }).on('line', (line) => this.#lines.push(line));
  }

  /** Waits until the platform has heard this since it was last asked. */
  async hears(words: string): Promise<void> {
    await until(`the platform hears "${words}"`, () => {
      const at = this.#lines.indexOf(words, this.#read);
      if (at >= 0) this.#read = at + 1;
      return at >= 0;
    }).catch((err: unknown) => {
      throw new Error(`${String(err)}\nheard: ${this.#lines.join(', ')}\n${this.log()}`);
    });
  }

  tell(event: string, params: object = {}): void {
    this.#platform.stdin.write(`${JSON.stringify({ event, params })}\n`);
  }

  /** Waits until the log says so. */
  async says(words: string): Promise<void> {
    await until(`the log says "${words}"`, () => this.log().includes(words)).catch((err: unknown) => {
      throw new Error(`${String(err)}\n${this.log()}`);
    });
  }

  log(): string {
    return this.tree.exec('journalctl', '-u', 'ovd-gateway', '-o', 'cat', '--no-pager', '-n', '200').text;
  }

  get current(): string {
    return readlinkSync(this.tree.file('opt/ovd-gateway/releases/current'));
  }

  get onTrial(): boolean {
    return existsSync(this.tree.file('opt/ovd-gateway/releases/trial'));
  }

  /** The service's main process as this machine's /proc describes it. */
  status(): Map<string, string> {
    const { text } = this.tree.exec('systemctl', 'show', '-P', 'MainPID', 'ovd-gateway');
    const inside = this.tree.exec('cat', `/proc/${text.trim()}/status`).text;
    return new Map(inside.split('\n').map((line) => [line.split(':')[0] ?? '', line.split(':')[1]?.trim() ?? '']));
  }

  close(): void {
    this.#platform.kill();
  }
}

/** Waits for a fact; looks four times a second, since looking costs a process. */
export async function until(name: string, fact: () => boolean): Promise<void> {
  for (let tries = 0; tries < PATIENCE_SECONDS * 4; tries += 1) {
    if (fact()) return;
    await delay(250);
  }
  throw new Error(`waited in vain until ${name}`);
}

export const text = (tree: Tree, path: string): string => readFileSync(tree.file(path), 'utf8');
