import { createHash, randomBytes } from 'node:crypto';
import type { Secret } from './secret.ts';

/** One way to log in that a server offers in a `WWW-Authenticate` header. */
export interface Challenge {
  /** Lower case: `digest`, `basic`. */
  readonly scheme: string;
  /** Names in lower case, values unquoted. */
  readonly params: ReadonlyMap<string, string>;
}

/**
 * The digests we can answer, in the order of preference: MD5 first, because cameras that offer both have had years to
 * get MD5 right, and some offer a SHA-256 that they then refuse.
 */
const ALGORITHMS: ReadonlyMap<string, string> = new Map([
  ['md5', 'md5'],
  ['md5-sess', 'md5'],
  ['sha-256', 'sha256'],
  ['sha-256-sess', 'sha256'],
  ['sha-512-256', 'sha512-256'],
]);
const PREFERENCE = [...ALGORITHMS.keys()];

/** A scheme, or a parameter with its quoted or bare value; a comma or blanks before either. */
const TOKEN =
  /[\s,]*(?:([\w!#$%&'*+.^`|~-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s,"]*))|([\w!#$%&'*+.^`|~-]+)(?=\s|,|$))|[\s,]*[^\s,]/gy;
/** A bare word that is none of these is the second half of an unquoted `qop=auth,auth-int`. */
const SCHEMES: ReadonlySet<string> = new Set(['digest', 'basic', 'bearer', 'negotiate', 'ntlm']);
const LONGEST_HEADER = 2048;

/** Reads what cameras really send: several headers, several challenges in one, any case, blanks anywhere. Never throws. */
export function parseChallenges(headers: readonly string[]): Challenge[] {
  return headers.flatMap((header) => {
    const found: { scheme: string; params: Map<string, string> }[] = [];
    for (const [, name, quoted, bare, scheme] of header.slice(0, LONGEST_HEADER).matchAll(TOKEN)) {
      const word = scheme?.toLowerCase() ?? '';
      if (SCHEMES.has(word)) found.push({ scheme: word, params: new Map() });
      if (name === undefined) continue;
      found.at(-1)?.params.set(name.toLowerCase(), quoted?.replaceAll(/\\(.)/g, '$1') ?? bare ?? '');
    }
    return found;
  });
}

/**
 * One user's answers to the Digest (RFC 7616) and Basic challenges of one server. Knows headers, not sockets, so SOAP,
 * RTSP and snapshots share it. Counts each nonce's uses, so requests must be made one after another.
 */
export class DigestAuth {
  readonly #username: string;
  readonly #password: Secret;
  readonly #cnonce: () => string;
  readonly #basic: boolean;
  #challenge: Challenge | undefined;
  /** Answers given to the present challenge. */
  #uses = 0;

  /** Without `basic`, a server that offers nothing else gets no answer: Basic gives the password away. */
  constructor(
    { username, password }: { readonly username: string; readonly password: Secret },
    cnonce = () => randomBytes(8).toString('hex'),
    basic = true,
  ) {
    this.#username = username;
    this.#password = password;
    this.#cnonce = cnonce;
    this.#basic = basic;
  }

  /**
   * Hears the challenges of a 401. True when the same request is worth sending once more: there is a challenge we can
   * answer, and it is not one that refuses an answer to a fresh nonce, for that means a wrong password.
   */
  challenged(headers: readonly string[]): boolean {
    const best = bestOf(parseChallenges(headers).filter(({ scheme }) => this.#basic || scheme !== 'basic'));
    if (!best) return false;
    const stale = best.params.get('stale')?.toLowerCase() === 'true';
    // A nonce refused at its second use or later may simply be too old; many cameras don't say `stale`.
    const aged = this.#challenge?.scheme === 'digest' && this.#uses > 1;
    const worthwhile = this.#uses === 0 || aged || stale;
    this.#challenge = best;
    this.#uses = 0;
    return worthwhile;
  }

  /** The `Authorization` header for the next request, its text as latin1 bytes; undefined before any challenge. */
  authorization(method: string, uri: string): string | undefined {
    if (!this.#challenge) return undefined;
    this.#uses++;
    return this.#challenge.scheme === 'basic' ? this.#plain() : this.#digest(this.#challenge.params, method, uri);
  }

  #plain(): string {
    return `Basic ${Buffer.from(`${this.#username}:${this.#password.reveal()}`, 'utf8').toString('base64')}`;
  }

  #digest(params: Challenge['params'], method: string, uri: string): string {
    const algorithm = params.get('algorithm');
    const name = (algorithm ?? 'md5').toLowerCase();
    const hash = (...texts: (string | Buffer)[]): string => {
      const digest = createHash(ALGORITHMS.get(name) ?? 'md5');
      for (const text of texts) digest.update(text);
      return digest.digest('hex');
    };
    const realm = params.get('realm') ?? '';
    const nonce = params.get('nonce') ?? '';
    const cnonce = this.#cnonce();
    const nc = this.#uses.toString(16).padStart(8, '0');
    // The realm goes back byte by byte, whatever its encoding; headers are read as latin1.
    const account = hash(`${this.#username}:`, Buffer.from(realm, 'latin1'), `:${this.#password.reveal()}`);
    const ha1 = name.endsWith('-sess') ? hash(`${account}:${nonce}:${cnonce}`) : account;
    const ha2 = hash(`${method}:${uri}`);
    const qop = params.has('qop');
    const response = hash(qop ? `${ha1}:${nonce}:${nc}:${cnonce}:auth:${ha2}` : `${ha1}:${nonce}:${ha2}`);
    const opaque = params.get('opaque');
    return `Digest ${[
      `username=${quoted(Buffer.from(this.#username, 'utf8').toString('latin1'))}`,
      `realm=${quoted(realm)}`,
      `nonce=${quoted(nonce)}`,
      `uri=${quoted(uri)}`,
      ...(algorithm === undefined ? [] : [`algorithm=${algorithm}`]),
      ...(qop ? ['qop=auth', `nc=${nc}`] : []),
      ...(qop || name.endsWith('-sess') ? [`cnonce=${quoted(cnonce)}`] : []),
      `response="${response}"`,
      ...(opaque === undefined ? [] : [`opaque=${quoted(opaque)}`]),
    ].join(', ')}`;
  }
}

function bestOf(challenges: readonly Challenge[]): Challenge | undefined {
  const digests = challenges.filter(isAnswerable).sort((a, b) => rank(a) - rank(b));
  return digests[0] ?? challenges.find(({ scheme }) => scheme === 'basic');
}

function isAnswerable({ scheme, params }: Challenge): boolean {
  if (scheme !== 'digest' || !params.has('nonce')) return false;
  const offers = params
    .get('qop')
    ?.toLowerCase()
    .split(/[\s,]+/);
  return ALGORITHMS.has(algorithmOf(params)) && (offers === undefined || offers.includes('auth'));
}

function rank({ params }: Challenge): number {
  return PREFERENCE.indexOf(algorithmOf(params));
}

function algorithmOf(params: Challenge['params']): string {
  return (params.get('algorithm') ?? 'md5').toLowerCase();
}

/** Control characters would end the header line and begin one of the user's own. */
function quoted(value: string): string {
  const printable = [...value].filter((char) => char >= ' ' && char !== '\x7f').join('');
  return `"${printable.replaceAll(/["\\]/g, '\\$&')}"`;
}
