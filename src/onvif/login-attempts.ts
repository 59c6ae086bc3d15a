import type { Credentials } from '../channel/ports.ts';
import type { Clock } from '../runtime/clock.ts';
import { DigestAuth } from '../runtime/digest-auth.ts';
import { GatewayError } from '../runtime/errors.ts';
import type { Verdict } from './soap.ts';
import { usernameToken } from './username-token.ts';
import type { Xml } from './xml.ts';

/** Where the credentials go: into the SOAP header, into an HTTP header, or (only if the camera insists) into both. */
type Style = 'token' | 'http' | 'both';

export type Refusal = Extract<Verdict<unknown>, { type: 'refusal' }>;

export interface Signature {
  readonly security?: Xml | undefined;
  readonly authorization?: string | undefined;
  /** Which state of knowledge it was made with. */
  readonly round?: number;
}

/** Cameras lock an account after three to five wrong answers, for minutes (ONVIF field guide 4.1). */
const MOST_REFUSALS = 2;
const PAUSE_MS = 5 * 60_000;

/** Which credentials a request carries, and when to stop sending any. Knows no socket and no envelope. */
export class LoginAttempts {
  readonly #credentials: Credentials | undefined;
  readonly #http: DigestAuth | undefined;
  readonly #clock: Clock;
  #style: Style = 'token';
  /** Since the last success. */
  #refusals = 0;
  #pausedUntilMs = 0;
  #proven = false;
  /** Grows with each refusal. */
  #round = 0;

  /** With `digestOnly`, nothing is sent that gives the password away. */
  constructor(credentials: Credentials | undefined, clock: Clock, digestOnly = false) {
    this.#credentials = credentials;
    this.#http = credentials && new DigestAuth(credentials, undefined, !digestOnly);
    this.#clock = clock;
  }

  /** True once the camera has let us in: what it refuses later is not for a wrong password. */
  get proven(): boolean {
    return this.#proven;
  }

  /** The camera wants the login in an HTTP header. */
  get inHttp(): boolean {
    return this.#style !== 'token';
  }

  /** How often the camera has said no. */
  get refusals(): number {
    return this.#round;
  }

  /**
   * What the next request carries; `offsetMs` is the camera's clock minus ours.
   * @throws GatewayError `camera-unauthorized` without asking the camera, while it must not be asked again.
   */
  sign(path: string, offsetMs: number): Signature {
    if (this.#clock.now() < this.#pausedUntilMs) {
      throw unauthorized('refused just before; not tried again so soon, to keep the account from being locked');
    }
    if (!this.#credentials) return { round: this.#round };
    const now = new Date(this.#clock.wall().getTime() + offsetMs);
    return {
      round: this.#round,
      security: this.#style === 'http' ? undefined : usernameToken(this.#credentials, now),
      authorization: this.#style === 'token' ? undefined : this.#http?.authorization('POST', path),
    };
  }

  /** A request without credentials met a challenge: better answer that than send a token it does not ask for. */
  challenged({ challenges }: Refusal): void {
    if (!this.#proven && this.#http?.challenged(challenges)) this.#style = 'http';
  }

  accepted(): void {
    this.#refusals = 0;
    this.#proven = true;
  }

  /**
   * What to do about a refusal of a request with that signature: ask again at once, ask again if the clock was to
   * blame, or give up. Several requests under way may meet one nonce that has aged: that is one refusal.
   */
  refused({ challenges, status }: Refusal, { round }: Signature = {}): 'again' | 'mend-clock' | 'stop' {
    if (round !== undefined && round !== this.#round) return 'again';
    this.#round++;
    this.#refusals++;
    const answerable = this.#http?.challenged(challenges) ?? false;
    if (this.#refusals >= MOST_REFUSALS) {
      this.#pausedUntilMs = this.#clock.now() + PAUSE_MS;
      this.#refusals = 0;
      return 'stop';
    }
    if (!this.#credentials) return 'stop';
    if (answerable) {
      this.#style = this.#style === 'both' ? 'both' : 'http';
      return 'again';
    }
    if (this.#style === 'token') return 'mend-clock';
    if (this.#style === 'http' && status !== 401) {
      this.#style = 'both';
      return 'again';
    }
    return 'stop';
  }

  /** The error for a refusal that stands. */
  error({ said }: Refusal): GatewayError {
    if (!this.#credentials) return unauthorized('it wants a user name and a password', said);
    return unauthorized(/\block/i.test(said) ? 'the account is locked' : 'wrong user name or password', said);
  }
}

function unauthorized(reason: string, said = ''): GatewayError {
  return new GatewayError('camera-unauthorized', 'camera refuses the login', { reason, ...(said ? { said } : {}) });
}
