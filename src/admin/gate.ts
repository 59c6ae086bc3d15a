import { isIP } from 'node:net';
import { hostname } from 'node:os';
import { Refusal } from './refusal.ts';

/** What every request has to pass before anything is looked at, and what every answer carries. */

/** No inline script or style, nothing from elsewhere, nobody may frame the page. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "media-src 'self' blob:",
  "connect-src 'self'",
  "font-src 'self'",
  "worker-src 'self' blob:",
  "manifest-src 'self'",
  "base-uri 'none'",
  "form-action 'self'",
  "frame-ancestors 'none'",
].join('; ');

const ANSWER_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': CONTENT_SECURITY_POLICY,
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
};

/** What every answer carries; `secure` when it goes over TLS: elsewhere browsers complain of the policy for openers. */
export function answerHeaders(secure: boolean): ReadonlyArray<readonly [string, string]> {
  const more = secure ? { 'cross-origin-opener-policy': 'same-origin' } : {};
  return Object.entries({ ...ANSWER_HEADERS, ...more });
}

/**
 * A page of somewhere else whose name is made to point here (DNS rebinding) comes with that name; we answer to our own
 * names only, and to addresses.
 * @throws Refusal `wrong-host`
 */
export function checkHost(host: string | undefined, known: readonly string[]): void {
  const name = nameIn(host ?? '');
  const own = hostname().toLowerCase();
  const ours = new Set([
    'localhost',
    own,
    `${own}.local`,
    own.split('.')[0],
    ...known.map((each) => each.toLowerCase()),
  ]);
  if (name === '' || !(isIP(name) !== 0 || ours.has(name))) {
    throw new Refusal('wrong-host', 'this name is not ours; if it should be, add it to web.hosts', { host: name });
  }
}

function nameIn(host: string): string {
  const [, bracketed, plain = ''] = /^(?:\[([^\]]+)\]|([^:[\]]+))(?::\d{1,5})?$/.exec(host) ?? [];
  return (bracketed ?? plain).toLowerCase().replace(/\.$/, '');
}

const SAFE: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/**
 * Nothing is done for a page of somewhere else. A browser tells by Origin or Sec-Fetch-Site where a request comes from;
 * whoever sends neither says with a header that no foreign page can set that it is no browser.
 * @throws Refusal `cross-site`
 */
export function checkOrigin(method: string, headers: Headers): void {
  const site = headers.get('sec-fetch-site');
  const origin = headers.get('origin');
  const foreign =
    (site !== null && site !== 'same-origin' && site !== 'none') || (origin !== null && !isOwn(origin, headers));
  const unknown = !SAFE.has(method) && site === null && origin === null && headers.get('x-requested-with') === null;
  if (foreign || unknown) throw new Refusal('cross-site', 'this request does not come from our own page');
}

function isOwn(origin: string, headers: Headers): boolean {
  return URL.canParse(origin) && new URL(origin).host === headers.get('host');
}

/** @throws Refusal `bad-request` for a body that is not JSON: a form of another page can send no JSON */
export function checkContentType(headers: Headers): void {
  const type = headers.get('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/json') throw new Refusal('bad-request', 'the body has to be application/json');
}
