import type { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { Logger } from 'pino';
import { z } from 'zod';
import { RULES } from './conformance/rules.ts';
import type { Tours } from './conformance/tours.ts';
import { jsonBody } from './json-body.ts';
import { wireObject } from './wire.ts';

const WISH = z.strictObject({
  only: z.array(z.string()).exactOptional(),
  quick: z.boolean().exactOptional(),
  channel: z.int().min(0).exactOptional(),
});

/** The conformance tour over HTTP: begin, look, stop. */
export function conformanceRoutes(app: Hono, tours: Tours, log: Logger): void {
  app.get('/api/conformance', (c) =>
    c.json(RULES.map(({ id, section, says, tried, slow = false }) => ({ id, section, says, tried, slow }))),
  );
  const path = '/api/devices/:code/conformance';
  app.get(path, (c) => {
    const report = tours.report(c.req.param('code'));
    if (!report) throw new HTTPException(404, { message: 'no tour of this device so far' });
    return c.json(wireObject(report));
  });
  app.post(path, async (c) => {
    const code = c.req.param('code');
    tours.begin(code, await jsonBody(c, WISH)).catch((err: unknown) => log.error({ err }, 'conformance tour failed'));
    return c.json(wireObject(tours.report(code) ?? {}), 202);
  });
  app.delete(path, (c) => {
    tours.stop(c.req.param('code'));
    return c.body(null, 204);
  });
}
