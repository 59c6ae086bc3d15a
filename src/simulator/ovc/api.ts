import { timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import { type ErrorKind, GatewayError } from '../../runtime/errors.ts';
import type { Secret } from '../../runtime/secret.ts';
import { alarmRoutes } from './alarm-routes.ts';
import type { Tours } from './conformance/tours.ts';
import { conformanceRoutes } from './conformance-routes.ts';
import { deviceRoutes } from './device-routes.ts';
import { faultRoutes } from './fault-routes.ts';
import { methodRoutes } from './method-routes.ts';
import { pageRoutes } from './page-files.ts';
import type { Platform } from './platform.ts';
import { recordingRoutes } from './recording-routes.ts';
import { streamRoutes } from './stream-routes.ts';

/** The platform over HTTP: the monitor page, and the JSON API that the page and other people's tests use. */

const MAX_BODY_BYTES = 1024 * 1024;

/** HTTP status by kind of failure; what has no row is a bug. */
const STATUS: ReadonlyMap<ErrorKind, ContentfulStatusCode> = new Map<ErrorKind, ContentfulStatusCode>([
  ['bad-parameter', 400],
  ['link-lost', 409],
  ['timed-out', 504],
]);

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** The page takes nothing from elsewhere. */
const CONTENT_POLICY = {
  defaultSrc: ["'none'"],
  scriptSrc: ["'self'"],
  styleSrc: ["'self'"],
  connectSrc: ["'self'"],
  imgSrc: ["'self'", 'data:'],
  mediaSrc: ["'self'", 'blob:'],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/** All routes. On any address but loopback, every one but the page's own files asks for the token. */
export function platformApi(platform: Platform, tours: Tours): Hono {
  const app = new Hono();
  app.use(secureHeaders({ strictTransportSecurity: false, contentSecurityPolicy: CONTENT_POLICY }));
  for (const path of ['/api/*', '/recordings/*']) {
    app.use(path, async (c, next) => {
      if (!admitted(c, platform.token)) throw new HTTPException(403, { message: 'not allowed' });
      await next();
    });
  }
  // Nothing reads the body of another method, and the limit stumbles over one that is absent.
  app.on(['POST', 'PUT'], '/api/*', bodyLimit({ maxSize: MAX_BODY_BYTES }));
  // A switch that was moved is news, too.
  app.on(['PUT', 'DELETE'], '/api/*', async (_c, next) => {
    await next();
    platform.bell.ring();
  });
  pageRoutes(app);
  methodRoutes(app, platform);
  deviceRoutes(app, { ...platform, tours });
  conformanceRoutes(app, tours, platform.log);
  faultRoutes(app, platform);
  streamRoutes(app, platform);
  recordingRoutes(app, platform);
  alarmRoutes(app, platform);
  app.notFound((c) => c.json({ error: 'no such address' }, 404));
  app.onError((err, c) => failure(err, c, platform.log));
  return app;
}

/**
 * On loopback only a caller that calls us by a loopback name, so that no web page can reach the API through a name of
 * its own that leads here; elsewhere only one with the token.
 */
function admitted(c: Context, token: Secret | undefined): boolean {
  if (token === undefined) return LOOPBACK.test(new URL(c.req.url).hostname);
  // An EventSource cannot send headers, so the page uses the query.
  const given = c.req.query('token') ?? c.req.header('authorization')?.replace(/^Bearer /, '') ?? '';
  const [a, b] = [Buffer.from(given), Buffer.from(token.reveal())];
  return a.length === b.length && timingSafeEqual(a, b);
}

function failure(err: Error, c: Context, log: Logger): Response {
  if (err instanceof HTTPException) return c.json({ error: err.message }, err.status);
  const status = err instanceof GatewayError ? STATUS.get(err.kind) : undefined;
  if (err instanceof GatewayError && status !== undefined) return c.json({ error: err.sentence }, status);
  log.error({ err }, 'failed unexpectedly');
  return c.json({ error: 'internal error' }, 500);
}
