import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A gateway in a process of its own, started as a user would start it. */
export class ChildGateway {
  readonly #child: ChildProcess;
  readonly #closed: Promise<unknown>;

  private constructor(child: ChildProcess) {
    this.#child = child;
    // A program that cannot be started shows in the exit code.
    this.#closed = once(child, 'close').catch(() => undefined);
    child.on('error', () => undefined);
  }

  /** `self` is program and first arguments of this very program; `onLine` hears each line of its log. */
  static start(self: readonly string[], configFile: string, onLine: (line: string) => void): ChildGateway {
    const [program = process.execPath, ...args] = self;
    const child = spawn(program, [...args, 'run', '-c', configFile], { stdio: ['ignore', 'pipe', 'inherit'] });
    createInterface({ input: child.stdout }).on('line', onLine);
    return new ChildGateway(child);
  }

  /** SIGTERM, and the wait for its end. Gives the exit code. */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    await this.#closed;
    return this.#child.exitCode;
  }

  /** Resolves when the process has ended by itself or was stopped. */
  async ended(): Promise<void> {
    await this.#closed;
  }
}
