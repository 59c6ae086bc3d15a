import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { getCookie } from 'hono/cookie';
import type { Logger } from 'pino';
import { Scope } from '../runtime/scope.ts';
import type { Access, Credentials } from './access.ts';
import { bodyOf, parsed } from './body.ts';
import { answerHeaders, checkHost, checkOrigin } from './gate.ts';
import type { House } from './house.ts';
import { pageFile } from './pages.ts';
import { Refusal, refusalOf } from './refusal.ts';
import type { Call, Route, Who } from './route.ts';
import { COOKIE } from './routes/session-routes.ts';
import { ROUTES } from './routes.ts';

export interface AppParts {
  readonly house: House;
  readonly access: Access;
  readonly version: string;
  /** Where the built page is. */
  readonly pages: string;
  /** Names by which we are called, beside those that the box has itself. */
  readonly hosts: readonly string[];
  readonly log: Logger;
  /** Ends with the server. */
  readonly signal: AbortSignal;
}

type Bound = { Bindings: HttpBindings };

const BY_PROXIES = ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via'] as const;
const LOOPBACK = /^(?:127\.|::1$|::ffff:127\.)/;

/** The local page and its API, as requests and answers. Knows no sockets. */
export function adminApp(parts: AppParts): Hono<Bound> {
  const app = new Hono<Bound>();
  app.use(async (c, next) => {
    checkHost(c.req.header('host'), parts.hosts);
    await next();
    for (const [name, value] of answerHeaders(isSecure(c))) c.header(name, value);
  });
  for (const row of ROUTES) {
    app.on(row.method.toUpperCase(), pattern(row.path), (c) => serve(row, c, parts));
  }
  for (const { path } of ROUTES) app.all(pattern(path), () => refused(wrongMethod(path)));
  app.get('*', async (c) => {
    const path = c.req.path;
    const file = path.startsWith('/api/')
      ? undefined
      : await pageFile(parts.pages, path, c.req.header('accept-encoding') ?? '');
    return file ?? refused(new Refusal('not-found', 'there is no such thing here'));
  });
  app.all('*', () => refused(new Refusal('not-found', 'there is no such thing here')));
  app.onError((err, c) => {
    const refusal = refusalOf(err);
    // Whoever has gone is no failure.
    const gone = c.env.outgoing.destroyed;
    if (refusal.kind === 'failed' && !gone)
      parts.log.error({ err, path: c.req.path }, 'a request of the local page failed');
    const answer = refused(refusal);
    for (const [name, value] of answerHeaders(isSecure(c))) answer.headers.set(name, value);
    return answer;
  });
  return app;
}

/** The path as hono has it. */
const pattern = (path: string): string => path.replaceAll(/\{(\w+)\}/g, ':$1');

function wrongMethod(path: string): Refusal {
  const methods = ROUTES.filter((row) => row.path === path).map(({ method }) => method.toUpperCase());
  return new Refusal('wrong-method', 'this is asked for in another way', { allow: methods.join(', ') });
}

async function serve(row: Route, c: Context<Bound>, parts: AppParts): Promise<Response> {
  const credentials = credentialsOf(c);
  const visitor = parts.access.visitorOf(credentials);
  if (!visitor.byToken) checkOrigin(c.req.method, c.req.raw.headers);
  admit(row.who, visitor.right, { ...credentials, setUp: parts.access.keys.setUp });
  const scope = new Scope(parts.signal);
  c.env.outgoing.once('close', () => scope.end());
  const call = {
    ...{ house: parts.house, access: parts.access, version: parts.version, visitor },
    ...{ address: credentials.address, cookie: credentials.cookie, secure: isSecure(c) },
    body: row.body && (await bodyOf(row.body, c.req.raw)),
    query: row.query && parsed(row.query, c.req.query()),
    number: (name: string) => wholeNumber(c.req.param(name)),
    text: (name: string) => c.req.param(name) ?? '',
    signal: scope.signal,
  } satisfies Call;
  // The row's schemas have made body and query what its handler takes.
  const answer = await row.serve(call as Call<never, never>);
  if (answer instanceof Response) return answer;
  return Response.json(answer, { headers: { 'cache-control': 'no-store' } });
}

function credentialsOf(c: Context<Bound>): Credentials {
  const address = c.env.incoming.socket.remoteAddress ?? '';
  // Whoever is behind a proxy on this box is not on this box. A proxy need not say that it is one.
  const proxied = BY_PROXIES.some((name) => c.req.header(name) !== undefined);
  const [, bearer] = /^Bearer +(\S+)$/i.exec(c.req.header('authorization') ?? '') ?? [];
  return { address, loopback: LOOPBACK.test(address) && !proxied, cookie: getCookie(c, COOKIE), bearer };
}

const isSecure = (c: Context<Bound>): boolean => 'encrypted' in c.env.incoming.socket;

interface Situation {
  readonly setUp: boolean;
  readonly loopback: boolean;
}

/** @throws Refusal `signed-out`, `set-up-first`, `set-up-over` */
function admit(who: Who, right: 'none' | 'set-up' | 'owner', { setUp, loopback }: Situation): void {
  if (who === 'anyone' || (who === 'monitor' && loopback)) return;
  if (who === 'set-up' && !setUp) throw new Refusal('set-up-over', 'there is a configuration already');
  if (right === 'owner' || (right === 'set-up' && who !== 'owner' && who !== 'monitor')) return;
  if (setUp && right === 'set-up') throw new Refusal('set-up-first', 'there is no configuration yet');
  throw new Refusal('signed-out', setUp ? 'give the set-up code first' : 'sign in first');
}

function wholeNumber(text: string | undefined): number {
  if (text === undefined || !/^\d{1,5}$/.test(text)) throw new Refusal('not-found', 'there is no such thing here');
  return Number(text);
}

function refused(refusal: Refusal): Response {
  const { retryAfter, allow } = refusal.fields;
  const headers = new Headers({ 'cache-control': 'no-store' });
  if (typeof allow === 'string') headers.set('allow', allow);
  if (typeof retryAfter === 'number') headers.set('retry-after', String(retryAfter));
  return Response.json(refusal.body, { status: refusal.status, headers });
}
