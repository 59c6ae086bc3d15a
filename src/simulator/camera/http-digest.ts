import { createHash, randomBytes } from 'node:crypto';
import type { Secret } from '../../runtime/secret.ts';

/** HTTP authentication as a camera asks for it, for SOAP, pictures and RTSP alike (RFC 7616, RFC 2069, RFC 7617). */

const HASHES = { MD5: 'md5', 'SHA-256': 'sha256' } as const;
export type DigestAlgorithm = keyof typeof HASHES;

/** How the camera words its challenge; one `WWW-Authenticate` header per algorithm, in this order. */
export interface ChallengeStyle {
  readonly scheme: 'Digest' | 'digest';
  readonly algorithms: readonly DigestAlgorithm[];
  /** The text of the qop parameter, or undefined for the old form without one, which RTSP clients expect. */
  readonly qop: string | undefined;
  readonly basic: boolean;
}

export interface HttpUser {
  readonly username: string;
  readonly password: Secret;
}

/** `absent` is a client that has yet to be asked; only `wrong` is a failed login. */
export type Verdict = 'absent' | 'right' | 'wrong';

export interface Claim {
  readonly authorization: string | undefined;
  readonly method: string;
  /** The request target exactly as it stood in the request line. */
  readonly target: string;
}

const REALM = 'virtual camera';
/** Nonces never expire here, but no more than these are remembered. */
const MOST_NONCES = 512;

export class HttpDigest {
  readonly #user: HttpUser;
  readonly #nonces = new Set<string>();

  constructor(user: HttpUser) {
    this.#user = user;
  }

  /** The values of the `WWW-Authenticate` headers of one 401. */
  challenges({ scheme, algorithms, qop, basic }: ChallengeStyle): string[] {
    const nonce = this.#issue();
    const rest = qop === undefined ? '' : `, qop="${qop}"`;
    const digests = algorithms.map(
      (algorithm) => `${scheme} realm="${REALM}", nonce="${nonce}", algorithm=${algorithm}${rest}`,
    );
    return basic ? [...digests, `Basic realm="${REALM}"`] : digests;
  }

  verdict(claim: Claim): Verdict {
    const { authorization } = claim;
    if (authorization === undefined) return 'absent';
    const [, scheme = '', rest = ''] = /^(\w+)\s+(.*)$/s.exec(authorization) ?? [];
    const check = CHECKS.get(scheme.toLowerCase());
    return check?.(rest, claim, this.#user, this.#nonces) ? 'right' : 'wrong';
  }

  #issue(): string {
    const nonce = randomBytes(16).toString('hex');
    this.#nonces.add(nonce);
    const [oldest] = this.#nonces;
    if (this.#nonces.size > MOST_NONCES && oldest !== undefined) this.#nonces.delete(oldest);
    return nonce;
  }
}

type Check = (rest: string, claim: Claim, user: HttpUser, nonces: ReadonlySet<string>) => boolean;

const CHECKS: ReadonlyMap<string, Check> = new Map<string, Check>([
  ['digest', rightDigest],
  [
    'basic',
    (rest, _claim, user) =>
      rest.trim() === Buffer.from(`${user.username}:${user.password.reveal()}`).toString('base64'),
  ],
]);

function rightDigest(rest: string, { method, target }: Claim, user: HttpUser, nonces: ReadonlySet<string>): boolean {
  const given = parameters(rest);
  const of = (name: string): string => given.get(name) ?? '';
  const algorithm = of('algorithm') || 'MD5';
  if (!isAlgorithm(algorithm) || !nonces.has(of('nonce')) || of('uri') !== target) return false;
  const hash = (text: string): string => createHash(HASHES[algorithm]).update(text).digest('hex');
  const secret = hash(`${user.username}:${REALM}:${user.password.reveal()}`);
  const what = hash(`${method}:${target}`);
  const middle = given.has('qop') ? [of('nonce'), of('nc'), of('cnonce'), of('qop')] : [of('nonce')];
  return of('username') === user.username && of('response') === hash([secret, ...middle, what].join(':'));
}

function isAlgorithm(name: string): name is DigestAlgorithm {
  return Object.hasOwn(HASHES, name);
}

function parameters(rest: string): Map<string, string> {
  const found = rest.matchAll(/(\w+)\s*=\s*(?:"([^"]*)"|([^\s,"]+))/g);
  return new Map(Array.from(found, ([, name = '', quoted, bare]) => [name.toLowerCase(), quoted ?? bare ?? '']));
}
