import { existsSync, readFileSync, readlinkSync } from 'node:fs';
import { PlatformInside } from './platform-inside.ts';
import type { Tree } from './tree.ts';
import { until } from './until.ts';

/** The gateway on a booted tree, and the platform that it logs in to. */
export class InstalledBox {
  readonly tree: Tree;
  readonly platform: PlatformInside;

  constructor(tree: Tree, archives: string) {
    this.tree = tree;
    this.platform = new PlatformInside(tree.leader, archives, () => this.log());
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
}

export const text = (tree: Tree, path: string): string => readFileSync(tree.file(path), 'utf8');
