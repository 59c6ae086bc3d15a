import type { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { AlarmLog } from './alarm-log.ts';
import { pictureFaults } from './faults.ts';
import { jsonBody } from './json-body.ts';
import type { Pictures } from './pictures.ts';
import { wireObject } from './wire.ts';

/** Alarms and pictures over HTTP, for tests and people. The uploads themselves come elsewhere. */

export interface AlarmRoutesParts {
  readonly alarms: AlarmLog;
  readonly pictures: Pictures;
}

export function alarmRoutes(app: Hono, { alarms, pictures }: AlarmRoutesParts): void {
  app.get('/api/alarms', (c) => c.json(alarms.all.map(wireObject)));
  app.post('/api/pictures', (c) => {
    const { id, url } = pictures.offer();
    return c.json({ id, pic_upload_url: url });
  });
  // Before the route with an id: no picture is called `faults`.
  app.get('/api/pictures/faults', (c) => c.json(wireObject(pictures.faults)));
  app.put('/api/pictures/faults', async (c) => {
    pictures.faults = { ...pictures.faults, ...(await jsonBody(c, pictureFaults)) };
    return c.json(wireObject(pictures.faults));
  });
  app.get('/api/pictures/:id', (c) => {
    const jpeg = pictures.jpeg(c.req.param('id'));
    if (!jpeg) throw new HTTPException(404, { message: 'no such picture' });
    return c.body(new Uint8Array(jpeg), 200, { 'Content-Type': 'image/jpeg' });
  });
}
