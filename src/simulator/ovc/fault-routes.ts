import type { Hono } from 'hono';
import { z } from 'zod';
import { type DeviceRoutesParts, deviceOf } from './device-routes.ts';
import { type Faults, linkFaults, rtmpFaults } from './faults.ts';
import { jsonBody } from './json-body.ts';
import type { RtmpIngest } from './rtmp-ingest.ts';
import { wireObject } from './wire.ts';

export interface FaultRoutesParts extends DeviceRoutesParts {
  readonly faults: Faults;
  readonly ingest: RtmpIngest | undefined;
}

/** `cut` is no switch: it breaks off what is open now. */
const LINK_FAULTS = linkFaults.extend({ cut: z.literal(true).optional() });
const RTMP_FAULTS = rtmpFaults.extend({ cut: z.union([z.literal(true), z.string()]).optional() });

/** The switches of links and streams over HTTP; those of recordings are with the recordings. */
export function faultRoutes(app: Hono, parts: FaultRoutesParts): void {
  const { faults, devices, ingest } = parts;
  app.get('/api/faults', (c) => c.json(wireObject(faults.link())));
  app.put('/api/faults', async (c) => {
    const { cut, ...patch } = await jsonBody(c, LINK_FAULTS);
    faults.set(patch);
    if (cut) for (const each of devices.all.values()) each.cut();
    return c.json(wireObject(faults.link()));
  });
  // Everything behaves again.
  app.delete('/api/faults', (c) => {
    faults.clear();
    return c.json(wireObject(faults.link()));
  });
  app.get('/api/devices/:code/faults', (c) => c.json(wireObject(faults.link(deviceOf(c, parts).report.code))));
  app.put('/api/devices/:code/faults', async (c) => {
    const { cut, ...patch } = await jsonBody(c, LINK_FAULTS);
    const device = deviceOf(c, parts);
    const { code } = device.report;
    faults.set(patch, code);
    if (cut) device.cut();
    return c.json(wireObject(faults.link(code)));
  });
  app.get('/api/streams/faults', (c) => c.json(wireObject(faults.rtmp)));
  app.put('/api/streams/faults', async (c) => {
    const { cut, ...patch } = await jsonBody(c, RTMP_FAULTS);
    faults.setRtmp(patch);
    if (cut !== undefined) ingest?.cut(cut === true ? undefined : cut);
    return c.json(wireObject(faults.rtmp));
  });
}
