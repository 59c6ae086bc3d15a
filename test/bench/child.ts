import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const TAIL_LINES = 5;
const GRACE_MS = 10_000;

/** A child process of the benchmark. Both its outputs are read; the last lines are kept to say why it failed. */
export class Child {
  readonly process: ChildProcess;
  /** `performance.now()` right before it was started. */
  readonly startedMs: number;
  readonly #tail: string[] = [];
  readonly #closed: Promise<unknown>;

  private constructor(process: ChildProcess, startedMs: number) {
    this.process = process;
    this.startedMs = startedMs;
    this.#closed = once(process, 'close').catch(() => undefined);
    for (const stream of [process.stdout, process.stderr]) {
      if (stream) createInterface({ input: stream }).on('line', (line) => this.#keep(line));
    }
  }

  /** In a process group of its own: Ctrl-C is told to the benchmark, which ends its children in order. */
  static spawn(program: string, args: readonly string[], options: SpawnOptions = {}): Child {
    const startedMs = performance.now();
    return new Child(
      spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, ...options }),
      startedMs,
    );
  }

  get pid(): number {
    return this.process.pid ?? -1;
  }

  /** Why it ended, in the last words it said; undefined while it runs. */
  get obituary(): string | undefined {
    const { exitCode, signalCode } = this.process;
    if (exitCode === null && signalCode === null) return undefined;
    return `${this.process.spawnfile} ended (${signalCode ?? exitCode}): ${this.#tail.join(' / ')}`;
  }

  /** Asks it to end and waits; one that does not is killed. */
  async stop(): Promise<void> {
    this.process.kill('SIGTERM');
    const insist = setTimeout(() => this.process.kill('SIGKILL'), GRACE_MS);
    await this.#closed;
    clearTimeout(insist);
  }

  #keep(line: string): void {
    this.#tail.push(line.slice(0, 500));
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
  }
}
