import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { until } from './until.ts';

const PLATFORM = join(import.meta.dirname, 'platform.ts');

/** The platform of `platform.ts`, run in the network of a process: what it hears, and what it is made to say. */
export class PlatformInside {
  readonly #platform: ChildProcessWithoutNullStreams;
  readonly #log: () => string;
  readonly #lines: string[] = [];
  #read = 0;
  #seq = 0;

  /** `log` is what the gateway says meanwhile, for whoever waits in vain. */
  constructor(pid: number, archives: string, log: () => string) {
    const node = [process.execPath, '--import', 'tsx', PLATFORM, archives];
    this.#platform = spawn('nsenter', ['-t', String(pid), '-n', ...node]);
    this.#log = log;
    this.#platform.stderr.pipe(process.stderr);
    createInterface({ input: this.#platform.stdout }).on('line', (line) => this.#lines.push(line));
  }

  /** Waits until it has heard this since it was last asked. */
  async hears(words: string): Promise<void> {
    const heard = (): boolean => {
      const at = this.#lines.indexOf(words, this.#read);
      if (at >= 0) this.#read = at + 1;
      return at >= 0;
    };
    await until(`the platform hears "${words}"`, heard).catch((err: unknown) => {
      throw new Error(`${String(err)}\nheard: ${this.#lines.join(', ')}\n${this.#log()}`);
    });
  }

  tell(event: string, params: object = {}): void {
    this.#platform.stdin.write(`${JSON.stringify({ event, params })}\n`);
  }

  ask(req: string, params: object): void {
    this.#seq += 1;
    this.#platform.stdin.write(`${JSON.stringify({ req, params, seq: this.#seq })}\n`);
  }

  close(): void {
    this.#platform.kill();
  }
}
