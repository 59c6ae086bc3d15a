import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '../runtime/clock.ts';

/** What a session entitles to: to make the first configuration, or to everything. */
export type Right = 'set-up' | 'owner';

export interface Session {
  readonly id: string;
  readonly right: Right;
  /** Of the password at the time: another password ends the session. */
  readonly mark: string;
}

const MOST = 64;
const LONGEST_MS = 7 * 86_400_000;
const IDLE_MS = 24 * 3_600_000;

interface Kept extends Session {
  readonly begunAt: number;
  usedAt: number;
}

/** Who is signed in. Kept in memory only, bounded in number and age; a restart signs everybody out. */
export class Sessions {
  readonly #clock: Clock;
  /** By the digest of the token: what is in memory opens nothing. */
  readonly #kept = new Map<string, Kept>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins a session; the result is its token, for the cookie. The one that was used least lately makes room. */
  begin(right: Right, mark: string): string {
    const token = randomBytes(32).toString('base64url');
    const now = this.#clock.now();
    const id = digest(token);
    this.#kept.set(id, { id, right, mark, begunAt: now, usedAt: now });
    const [stalest] = [...this.#kept.values()].sort((a, b) => a.usedAt - b.usedAt);
    if (this.#kept.size > MOST && stalest) this.#kept.delete(stalest.id);
    return token;
  }

  /** The session of a token; undefined where there is none any more. */
  find(token: string, mark: string): Session | undefined {
    const session = this.#kept.get(digest(token));
    if (!session) return undefined;
    const now = this.#clock.now();
    const over = now - session.begunAt > LONGEST_MS || now - session.usedAt > IDLE_MS || session.mark !== mark;
    if (over) {
      this.#kept.delete(session.id);
      return undefined;
    }
    session.usedAt = now;
    return session;
  }

  end(token: string): void {
    this.#kept.delete(digest(token));
  }
}

const digest = (token: string): string => createHash('sha256').update(token).digest('base64url');
