import { GatewayError } from './errors.ts';
import { Scope } from './scope.ts';

/** Work that lives until its signal aborts. It calls `ready` once it truly runs (first frame out, socket open). */
export type Job = (signal: AbortSignal, ready: () => void) => Promise<void>;

/** A running job with a handle. */
export class Task {
  /** Resolves when the job says it is ready; rejects when it ends before that. */
  readonly ready: Promise<void>;
  /** Settles when the job has let go of everything it opened. */
  readonly done: Promise<void>;
  readonly #scope: Scope;

  constructor(job: Job, parent: AbortSignal) {
    this.#scope = new Scope(parent);
    let say = (): void => undefined;
    const said = new Promise<void>((resolve) => {
      say = resolve;
    });
    this.done = job(this.#scope.signal, say).finally(() => this.#scope.end());
    const tooSoon = this.done.then(() => {
      throw new GatewayError('ended-early', 'ended before it was ready');
    });
    this.ready = Promise.race([said, tooSoon]);
    // Whoever cares awaits `ready` or `done`; a job nobody waits for any more must not end the process.
    this.ready.catch(() => undefined);
    this.done.catch(() => undefined);
  }

  /** Asks the job to end and waits until it has; how it ended is `done`'s to tell. */
  async stop(): Promise<void> {
    this.#scope.end();
    await this.done.catch(() => undefined);
  }
}
