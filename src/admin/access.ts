import { createHash } from 'node:crypto';
import PQueue from 'p-queue';
import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { isPassword, isSameText } from '../runtime/password.ts';
import type { Secret } from '../runtime/secret.ts';
import type { SessionRequest } from './api.ts';
import { Attempts } from './attempts.ts';
import { GuessReport } from './guess-report.ts';
import { Refusal } from './refusal.ts';
import { type Right, Sessions } from './sessions.ts';
import { typedCode } from './set-up-code.ts';

/** Who may do what, as the configuration has it now. */
export interface Keys {
  /** There is no configuration yet. */
  readonly setUp: boolean;
  readonly password: Secret | undefined;
  /** For scripts. */
  readonly token: Secret | undefined;
}

export interface AccessParts {
  readonly keys: () => Keys;
  /** Who can read it at the box may make the first configuration. */
  readonly setUpCode: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** What a request shows of who sent it. */
export interface Credentials {
  readonly address: string;
  /** It comes from this very box, and through no proxy. */
  readonly loopback: boolean;
  readonly cookie: string | undefined;
  readonly bearer: string | undefined;
}

export interface Visitor {
  readonly right: Right | 'none';
  /** Names the visitor for as long as he is signed in. */
  readonly id: string;
  /** With a token that no browser sends by itself, so that nobody can be led to use it. */
  readonly byToken: boolean;
}

/** Guesses that wait to be checked; each costs memory and time on purpose. */
const MOST_WAITING = 8;

/** Decides who a visitor is. Knows no HTTP. Outlives the listener, so that a new address signs nobody out. */
export class Access {
  readonly #parts: AccessParts;
  readonly #sessions: Sessions;
  readonly #attempts: Attempts;
  readonly #report: GuessReport;
  readonly #checks = new PQueue({ concurrency: 1 });

  constructor(parts: AccessParts) {
    this.#parts = parts;
    this.#sessions = new Sessions(parts.clock);
    this.#attempts = new Attempts(parts.clock);
    this.#report = new GuessReport(parts.clock, parts.log);
  }

  get keys(): Keys {
    return this.#parts.keys();
  }

  /** @throws Refusal `slow-down` to whoever guesses tokens */
  visitorOf({ address, loopback, cookie, bearer }: Credentials): Visitor {
    const { setUp, password, token } = this.keys;
    if (bearer !== undefined) return this.#bearer(bearer, token, address);
    const session = cookie === undefined ? undefined : this.#sessions.find(cookie, this.#mark());
    if (session) return { right: session.right, id: session.id, byToken: false };
    const right = !loopback ? 'none' : setUp ? 'set-up' : password ? 'none' : 'owner';
    return { right, id: address, byToken: false };
  }

  /**
   * Signs in; the result is the cookie's token.
   * @throws Refusal `wrong-password`, `wrong-code`, `slow-down`, `busy`, `set-up-over`
   */
  async signIn(request: SessionRequest, address: string): Promise<string> {
    const inARow = this.#attempts.guess(address);
    const right = await this.#judge(request);
    if (!right) {
      this.#report.wrong(address, inARow);
      throw 'code' in request
        ? new Refusal('wrong-code', 'wrong code')
        : new Refusal('wrong-password', 'wrong password');
    }
    this.#attempts.succeeded(address);
    this.#parts.log.info({ address, right }, 'somebody has signed in at the local page');
    return this.#sessions.begin(right, this.#mark());
  }

  /** For one who has just given himself the password. */
  welcome(): string {
    return this.#sessions.begin('owner', this.#mark());
  }

  signOut(token: string): void {
    this.#sessions.end(token);
  }

  async #judge(request: SessionRequest): Promise<Right | undefined> {
    const { setUp, password } = this.keys;
    if ('code' in request) {
      if (!setUp) throw new Refusal('set-up-over', 'there is a configuration already');
      return isSameText(typedCode(request.code), this.#parts.setUpCode) ? 'set-up' : undefined;
    }
    if (!password) return undefined;
    if (this.#checks.size >= MOST_WAITING) throw new Refusal('busy', 'too many are signing in at once');
    return (await this.#checks.add(() => isPassword(request.password, password))) ? 'owner' : undefined;
  }

  #bearer(bearer: string, token: Secret | undefined, address: string): Visitor {
    const inARow = this.#attempts.guess(address);
    if (!token || !isSameText(bearer, token.reveal())) {
      this.#report.wrong(address, inARow);
      return { right: 'none', id: address, byToken: true };
    }
    // Others may come from that address, too, through the same proxy.
    this.#attempts.forgive(address);
    return { right: 'owner', id: 'token', byToken: true };
  }

  /** Of the password: no session outlives a change of it, nor the set-up. */
  #mark(): string {
    const { setUp, password } = this.keys;
    return createHash('sha256')
      .update(`${setUp} ${password?.reveal() ?? ''}`)
      .digest('base64url');
  }
}
