import type { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { RtmpIngest } from './rtmp-ingest.ts';
import { wireObject } from './wire.ts';

/** What is published: reports, and the running ones to look at. */
export function streamRoutes(app: Hono, { ingest }: { readonly ingest: RtmpIngest | undefined }): void {
  app.get('/api/streams', (c) => c.json((ingest?.streams ?? []).map(wireObject)));
  app.get('/api/streams/:number/live.flv', (c) => {
    const stream = ingest?.watch(Number(c.req.param('number')));
    if (!stream) throw new HTTPException(404, { message: 'no such stream is being published' });
    return c.body(stream, 200, { 'Content-Type': 'video/x-flv', 'Cache-Control': 'no-store' });
  });
}
