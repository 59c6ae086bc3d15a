import { aborted, Scope } from './scope.ts';
import type { Runnable } from './supervise.ts';
import { Task } from './task.ts';

/** Runnables by name that run as one, and of which one may come, go or be replaced while the others run on. */
export class Roster<K, T extends Runnable> implements Runnable {
  readonly #members: Map<K, T>;
  readonly #tasks = new Map<T, Task>();
  #life: Scope | undefined;

  constructor(members: Iterable<readonly [K, T]> = []) {
    this.#members = new Map(members);
  }

  /** Those that are there, by name; one that is being replaced is there until the next one is. */
  get members(): ReadonlyMap<K, T> {
    return this.#members;
  }

  /**
   * Runs whoever is there and whoever comes.
   * @throws what the first member to fail has thrown, when all others have ended
   */
  async run(signal: AbortSignal): Promise<void> {
    const life = new Scope(signal);
    this.#life = life;
    this.#startAll();
    await aborted(life.signal);
    await Promise.all([...this.#tasks.values()].map((task) => task.stop()));
    life.end();
    this.#life = undefined;
    if (!signal.aborted) throw life.signal.reason;
  }

  /**
   * Ends whoever has the name, waits until that is done, and puts another one there; none: the name is free then.
   * In between `handOver` may give the next what is left of the one before.
   */
  async replace(name: K, next?: T, handOver?: (before: T) => void): Promise<void> {
    const before = this.#members.get(name);
    if (before) await this.#tasks.get(before)?.stop();
    if (before) handOver?.(before);
    if (next) this.add(name, next);
    else this.#members.delete(name);
  }

  /** Puts one there whose name is free. */
  add(name: K, member: T): void {
    this.#members.set(name, member);
    this.#start(member);
  }

  /** Not a loop within `run`, which would keep the last one in memory for as long as it waits, also when it is replaced. */
  #startAll(): void {
    for (const member of this.#members.values()) this.#start(member);
  }

  /** Before `run` there is nothing to do: it starts all. */
  #start(member: T): void {
    const life = this.#life;
    if (!life || life.signal.aborted) return;
    const task = new Task((signal) => member.run(signal), life.signal);
    this.#tasks.set(member, task);
    task.done
      .catch((err: unknown) => life.end(err))
      .finally(() => {
        if (this.#tasks.get(member) === task) this.#tasks.delete(member);
      });
  }
}
