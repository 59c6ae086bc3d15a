import { createHash } from 'node:crypto';
import type { HttpUser, Verdict } from './http-digest.ts';
import { childOf, textsOf, type XmlTree } from './xml.ts';

/** How far `Created` may be from the camera's own clock, either way. */
const FRESH_MS = 60_000;
const MOST_NONCES = 4_096;

/** Checks WS-Security UsernameTokens as cameras do: digest, age by the camera's own clock, and no nonce twice. */
export class WsSecurity {
  readonly #user: HttpUser;
  readonly #cameraTimeMs: () => number;
  readonly #seen = new Set<string>();

  constructor(user: HttpUser, cameraTimeMs: () => number) {
    this.#user = user;
    this.#cameraTimeMs = cameraTimeMs;
  }

  verdict(envelope: XmlTree | undefined): Verdict {
    const token = childOf(envelope, 'Header', 'Security', 'UsernameToken');
    if (!token) return 'absent';
    const [username = ''] = textsOf(token, 'Username');
    const [password = ''] = textsOf(token, 'Password');
    const [nonce = ''] = textsOf(token, 'Nonce');
    const [created = ''] = textsOf(token, 'Created');
    const right = username === this.#user.username && password === this.#digest(nonce, created);
    return right && this.#isFresh(created) && this.#isFirst(nonce) ? 'right' : 'wrong';
  }

  #digest(nonce: string, created: string): string {
    const hash = createHash('sha1').update(Buffer.from(nonce, 'base64')).update(created);
    return hash.update(this.#user.password.reveal(), 'utf8').digest('base64');
  }

  #isFresh(created: string): boolean {
    // NaN, for what is no time at all, is not fresh either.
    return Math.abs(Date.parse(created) - this.#cameraTimeMs()) <= FRESH_MS;
  }

  #isFirst(nonce: string): boolean {
    if (this.#seen.has(nonce)) return false;
    this.#seen.add(nonce);
    const [oldest] = this.#seen;
    if (this.#seen.size > MOST_NONCES && oldest !== undefined) this.#seen.delete(oldest);
    return true;
  }
}
