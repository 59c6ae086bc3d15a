import { timingSafeEqual } from 'node:crypto';
import { type Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { HTTPException } from 'hono/http-exception';
import { secureHeaders } from 'hono/secure-headers';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import { z } from 'zod';
import { type ErrorKind, GatewayError } from '../../runtime/errors.ts';
import type { Secret } from '../../runtime/secret.ts';
import { type AlarmRoutesParts, alarmRoutes } from './alarm-routes.ts';
import type { Device } from './device.ts';
import type { Devices } from './devices.ts';
import { type Faults, linkFaults, rtmpFaults } from './faults.ts';
import { jsonBody } from './json-body.ts';
import { liveEvents } from './live-events.ts';
import { PAGE, PAGE_STYLE } from './page.ts';
import { PAGE_SCRIPT } from './page-script.ts';
import { recordingRoutes } from './recording-routes.ts';
import type { Recordings } from './recordings.ts';
import type { RtmpIngest } from './rtmp-ingest.ts';
import { wireEntry, wireObject } from './wire.ts';

/** The platform over HTTP: the monitor page, and the JSON API that the page and other people's tests use. */

export interface ApiParts extends AlarmRoutesParts {
  readonly devices: Devices;
  readonly faults: Faults;
  readonly recordings: Recordings;
  readonly ingest: RtmpIngest | undefined;
  /** Asked for on every API call where the listener is not on loopback. */
  readonly token: Secret | undefined;
  readonly log: Logger;
  /** Ends with the platform; live events end with it. */
  readonly signal: AbortSignal;
}

const MAX_BODY_BYTES = 1024 * 1024;

const params = z.record(z.string(), z.unknown()).optional();
const REQUEST = z.strictObject({
  req: z.string().min(1),
  params,
  timeoutMs: z.int().min(1).max(120_000).default(20_000),
});
const EVENT = z.strictObject({ event: z.string().min(1), params });
const RAW = z.strictObject({ text: z.string() });
/** `cut` is no switch: it breaks off what is open now. */
const LINK_FAULTS = linkFaults.extend({ cut: z.literal(true).optional() });
const RTMP_FAULTS = rtmpFaults.extend({ cut: z.union([z.literal(true), z.string()]).optional() });

/** HTTP status by kind of failure; what has no row is a bug. */
const STATUS: ReadonlyMap<ErrorKind, ContentfulStatusCode> = new Map<ErrorKind, ContentfulStatusCode>([
  ['bad-parameter', 400],
  ['link-lost', 409],
  ['timed-out', 504],
]);

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/;

/** All routes. */
export function platformApi(parts: ApiParts): Hono {
  const app = new Hono();
  app.use(
    secureHeaders({
      strictTransportSecurity: false,
      contentSecurityPolicy: {
        defaultSrc: ["'none'"],
        scriptSrc: ["'self'"],
        styleSrc: ["'self'"],
        connectSrc: ["'self'"],
        imgSrc: ['data:'],
        baseUri: ["'none'"],
        formAction: ["'none'"],
        frameAncestors: ["'none'"],
      },
    }),
  );
  for (const path of ['/api/*', '/recordings/*']) {
    app.use(path, async (c, next) => {
      if (!admitted(c, parts.token)) throw new HTTPException(403, { message: 'not allowed' });
      await next();
    });
  }
  app.use('/api/*', bodyLimit({ maxSize: MAX_BODY_BYTES }));
  page(app);
  devices(app, parts);
  orders(app, parts);
  switches(app, parts);
  recordingRoutes(app, parts);
  alarmRoutes(app, parts);
  app.notFound((c) => c.json({ error: 'no such address' }, 404));
  app.onError((err, c) => failure(err, c, parts.log));
  return app;
}

function page(app: Hono): void {
  app.get('/', (c) => c.html(PAGE));
  app.get('/page.css', (c) => c.body(PAGE_STYLE, 200, { 'Content-Type': 'text/css; charset=utf-8' }));
  app.get('/page.js', (c) => c.body(PAGE_SCRIPT, 200, { 'Content-Type': 'text/javascript; charset=utf-8' }));
}

function devices(app: Hono, parts: ApiParts): void {
  app.get('/api/devices', (c) => c.json([...parts.devices.all.values()].map(({ report }) => wireObject(report))));
  app.get('/api/devices/:code', (c) => c.json(wireObject(device(c, parts).report)));
  app.get('/api/devices/:code/packets', (c) => {
    const after = Number(c.req.query('after') ?? 0);
    return c.json(device(c, parts).packetsAfter(after).map(wireEntry));
  });
  app.get('/api/devices/:code/events', (c) => {
    // A browser that reconnects says itself where it was.
    const after = Number(c.req.header('last-event-id') ?? c.req.query('after') ?? 0);
    const headers = { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' };
    return c.body(liveEvents(device(c, parts), after, parts.signal), 200, headers);
  });
  app.get('/api/streams', (c) => c.json((parts.ingest?.streams ?? []).map(wireObject)));
}

function orders(app: Hono, parts: ApiParts): void {
  app.post('/api/devices/:code/requests', async (c) => {
    const order = await jsonBody(c, REQUEST);
    return c.json(await device(c, parts).request(order.req, order.params, order.timeoutMs));
  });
  app.post('/api/devices/:code/events', async (c) => {
    const { event, params } = await jsonBody(c, EVENT);
    return c.json(wireEntry(device(c, parts).say(JSON.stringify({ event, params }))));
  });
  app.post('/api/devices/:code/raw', async (c) => {
    const { text } = await jsonBody(c, RAW);
    return c.json(wireEntry(device(c, parts).say(text)));
  });
}

function switches(app: Hono, parts: ApiParts): void {
  const { faults } = parts;
  app.get('/api/faults', (c) => c.json(wireObject(faults.link())));
  app.put('/api/faults', async (c) => {
    const { cut, ...patch } = await jsonBody(c, LINK_FAULTS);
    faults.set(patch);
    if (cut) for (const each of parts.devices.all.values()) each.cut();
    return c.json(wireObject(faults.link()));
  });
  app.get('/api/devices/:code/faults', (c) => c.json(wireObject(faults.link(device(c, parts).report.code))));
  app.put('/api/devices/:code/faults', async (c) => {
    const { cut, ...patch } = await jsonBody(c, LINK_FAULTS);
    const one = device(c, parts);
    faults.set(patch, one.report.code);
    if (cut) one.cut();
    return c.json(wireObject(faults.link(one.report.code)));
  });
  app.get('/api/streams/faults', (c) => c.json(wireObject(faults.rtmp)));
  app.put('/api/streams/faults', async (c) => {
    const { cut, ...patch } = await jsonBody(c, RTMP_FAULTS);
    faults.setRtmp(patch);
    if (cut !== undefined) parts.ingest?.cut(cut === true ? undefined : cut);
    return c.json(wireObject(faults.rtmp));
  });
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

function device(c: Context, { devices }: ApiParts): Device {
  const found = devices.all.get(c.req.param('code') ?? '');
  if (!found) throw new HTTPException(404, { message: 'no such device' });
  return found;
}

function failure(err: Error, c: Context, log: Logger): Response {
  if (err instanceof HTTPException) return c.json({ error: err.message }, err.status);
  const status = err instanceof GatewayError ? STATUS.get(err.kind) : undefined;
  if (err instanceof GatewayError && status !== undefined) return c.json({ error: err.sentence }, status);
  log.error({ err }, 'failed unexpectedly');
  return c.json({ error: 'internal error' }, 500);
}
