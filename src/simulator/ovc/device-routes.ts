import type { Context, Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import type { Device } from './device.ts';
import type { Devices } from './devices.ts';
import { EVENT_STREAM } from './event-stream.ts';
import { jsonBody } from './json-body.ts';
import { deviceEvents, type SiteEventsParts, siteEvents } from './live-events.ts';
import { wireEntry, wireObject } from './wire.ts';

export interface DeviceRoutesParts {
  readonly devices: Devices;
}

const params = z.record(z.string(), z.unknown()).optional();
const REQUEST = z.strictObject({
  req: z.string().min(1),
  params,
  timeoutMs: z.int().min(1).max(120_000).default(20_000),
});
const EVENT = z.strictObject({ event: z.string().min(1), params });
/** Text is sent as it is, base64 as a binary message. */
const RAW = z.union([z.strictObject({ text: z.string() }), z.strictObject({ base64: z.base64() })]);

/** Devices over HTTP: their state, their record, and packets for them. */
export function deviceRoutes(app: Hono, parts: DeviceRoutesParts & SiteEventsParts): void {
  const { devices, signal } = parts;
  app.get('/api/events', (c) => c.body(siteEvents(parts), 200, EVENT_STREAM));
  app.get('/api/devices', (c) => c.json([...devices.all.values()].map(({ report }) => wireObject(report))));
  app.get('/api/devices/:code', (c) => c.json(wireObject(deviceOf(c, parts).report)));
  app.get('/api/devices/:code/packets', (c) => {
    const after = Number(c.req.query('after') ?? 0);
    return c.json(deviceOf(c, parts).packetsAfter(after).map(wireEntry));
  });
  app.get('/api/devices/:code/events', (c) => {
    // A browser that reconnects says itself where it was.
    const after = Number(c.req.header('last-event-id') ?? c.req.query('after') ?? 0);
    return c.body(deviceEvents(deviceOf(c, parts), after, signal), 200, EVENT_STREAM);
  });
  app.post('/api/devices/:code/requests', async (c) => {
    const order = await jsonBody(c, REQUEST);
    return c.json(await deviceOf(c, parts).request(order.req, order.params, order.timeoutMs));
  });
  app.post('/api/devices/:code/events', async (c) => {
    const { event, params } = await jsonBody(c, EVENT);
    return c.json(wireEntry(deviceOf(c, parts).say(JSON.stringify({ event, params }))));
  });
  app.post('/api/devices/:code/raw', async (c) => {
    const raw = await jsonBody(c, RAW);
    const device = deviceOf(c, parts);
    return c.json(wireEntry('text' in raw ? device.say(raw.text) : device.sayBytes(Buffer.from(raw.base64, 'base64'))));
  });
}

/** The device that the path names. @throws HTTPException 404 */
export function deviceOf(c: Context, { devices }: DeviceRoutesParts): Device {
  const found = devices.all.get(c.req.param('code') ?? '');
  if (!found) throw new HTTPException(404, { message: 'no such device' });
  return found;
}
