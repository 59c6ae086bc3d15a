import { type AddressKind, BAD_HABITS, type BadHabit, type BadHabitName } from './bad-habits.ts';
import type { ChallengeStyle } from './http-digest.ts';
import type { HttpReply } from './http-server.ts';

/** The switches of one camera, to be turned at run time; each shows from the next request or packet on. */
export class Habits {
  readonly #on = new Set<BadHabitName>();
  readonly #changed: (name: BadHabitName) => void;
  /** Camera's clock minus true time. */
  clockSkewMs = 0;
  /** As POSIX writes it, whose sign runs the other way: eight hours east. */
  timeZone = 'CST-8';

  constructor(names: readonly BadHabitName[], changed: (name: BadHabitName) => void) {
    this.#on = new Set(names);
    this.#changed = changed;
  }

  has(name: BadHabitName): boolean {
    return this.#on.has(name);
  }

  set(name: BadHabitName, on: boolean): void {
    if (this.#on.has(name) === on) return;
    if (on) this.#on.add(name);
    else this.#on.delete(name);
    this.#changed(name);
  }

  address(url: string, kind: AddressKind): string {
    return this.#rows().reduce((bent, { address }) => address?.(bent, kind) ?? bent, url);
  }

  reply(reply: HttpReply): HttpReply {
    return this.#rows().reduce((bent, row) => row.reply?.(bent) ?? bent, reply);
  }

  challenge(style: ChallengeStyle): ChallengeStyle {
    return this.#rows().reduce((bent, { challenge }) => challenge?.(bent) ?? bent, style);
  }

  #rows(): BadHabit[] {
    return [...this.#on].map((name) => BAD_HABITS[name]);
  }
}
