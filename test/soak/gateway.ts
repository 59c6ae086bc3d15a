import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { treeCost } from '../bench/process-tree.ts';
import { unitEnvironment } from '../bench/unit-environment.ts';
import { Inspector } from './inspector.ts';
import type { Sample } from './verdict.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const MB = 1_000_000;
/** A busy machine takes its time to end an ffmpeg; one that is there after this is left over. */
const ENDING_MS = 15_000;

/** The gateway that soaks: the built program with the service's environment, its inspector open on loopback. */
export class SoakedGateway {
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  /** How often each message was logged, by level. */
  readonly said = new Map<string, number>();
  /** A secret was in a line. */
  leaked = 0;
  #inspector: Inspector | undefined;

  private constructor(child: ChildProcess) {
    this.#child = child;
    this.#ended = once(child, 'close').then(() => child.exitCode);
  }

  static async start(file: string, secrets: readonly string[]): Promise<SoakedGateway> {
    const args = ['--inspect=127.0.0.1:0', PROGRAM, 'run', '-c', file];
    const env = { ...process.env, ...unitEnvironment() };
    const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
    const gateway = new SoakedGateway(child);
    const inspected = new Promise<string>((resolve, reject) => {
      const hear = (line: string): void => {
        const [, url] = /Debugger listening on (ws:\S+)/.exec(line) ?? [];
        if (url) resolve(url);
        gateway.#hear(line, secrets);
      };
      for (const stream of [child.stdout, child.stderr]) {
        if (stream) createInterface({ input: stream }).on('line', hear);
      }
      child.once('close', () => reject(new Error('the gateway ended')));
    });
    gateway.#inspector = await Inspector.connect(await inspected);
    return gateway;
  }

  get pid(): number {
    return this.#child.pid ?? -1;
  }

  get runs(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Resolves when its children have ended, or should have. */
  async #childless(): Promise<void> {
    const deadline = performance.now() + ENDING_MS;
    while (treeCost([this.pid]).processes > 1 && performance.now() < deadline) await delay(200);
  }

  /** Collects garbage first, and lets children end unless they are to stay, so that only what is held counts. */
  async sample(minutes: number, { childrenStay }: { childrenStay: boolean }): Promise<Sample> {
    const heap = await this.#inspector?.heapBytes();
    if (!childrenStay) await this.#childless();
    const { ownMb, processes } = treeCost([this.pid]);
    const count = (folder: string): number => readdirSync(`/proc/${this.pid}/${folder}`).length;
    return {
      ...{ minutes, ownMb, heldMb: (heap?.held ?? 0) / MB, codeMb: (heap?.code ?? 0) / MB },
      ...{ descriptors: count('fd'), threads: count('task'), children: processes - 1 },
    };
  }

  /** What the process has had the disk write since its start, its children included once they have ended. */
  get bytesWritten(): number {
    return Number(/^write_bytes: (\d+)/m.exec(readFileSync(`/proc/${this.pid}/io`, 'utf8'))?.[1] ?? 0);
  }

  /** Ends it as systemd does; tells its exit code. */
  async stop(): Promise<number | null> {
    this.#inspector?.close();
    this.#child.kill('SIGTERM');
    const insist = setTimeout(() => this.#child.kill('SIGKILL'), 10_000);
    const code = await this.#ended;
    clearTimeout(insist);
    return code;
  }

  #hear(line: string, secrets: readonly string[]): void {
    if (secrets.some((secret) => line.includes(secret))) this.leaked++;
    const [, level, message] = /"level":(\d+).*"msg":"([^"]*)"/.exec(line) ?? [];
    if (level === undefined) return;
    const words = `${level} ${message}`;
    this.said.set(words, (this.said.get(words) ?? 0) + 1);
  }
}
