import type { Hono } from 'hono';
import { HTTPException } from 'hono/http-exception';
import { z } from 'zod';
import { isMethod, METHODS, REQUESTS } from '../../ovc/protocol.ts';
import { linkFaults, pictureFaults, rtmpFaults, storageFaults } from './faults.ts';
import { jsonBody } from './json-body.ts';
import { SAMPLES, type SampleParts } from './samples.ts';
import { snake } from './wire.ts';

/** The contract's own table over HTTP, so that whoever writes a form or a client need not copy it. */

const SAMPLE = z.strictObject({ req: z.string(), channel: z.int().min(0).default(0) });

/** Where each group of switches is set. */
const FAULTS = { link: linkFaults, streams: rtmpFaults, recordings: storageFaults, pictures: pictureFaults } as const;

export function methodRoutes(app: Hono, platform: SampleParts['platform']): void {
  app.get('/api/methods', (c) => c.json({ down: orders(), up: requests() }));
  // Not a GET: the address for a picture is made by it.
  app.post('/api/devices/:code/samples', async (c) => {
    const { req, channel } = await jsonBody(c, SAMPLE);
    if (!isMethod(req)) throw new HTTPException(404, { message: 'no such method' });
    return c.json(SAMPLES[req]({ code: c.req.param('code'), channel, platform }));
  });
  app.get('/api/faults/schema', (c) => {
    const schemas = Object.entries(FAULTS).map(([group, schema]) => [group, onTheWire(jsonSchema(schema))]);
    return c.json(Object.fromEntries(schemas));
  });
}

function orders(): object[] {
  return Object.entries(METHODS).map(([name, { kind, params }]) => ({ name, kind, schema: jsonSchema(params) }));
}

function requests(): object[] {
  return Object.entries(REQUESTS).map(([name, { params }]) => ({ name, kind: 'RPC', schema: jsonSchema(params) }));
}

function jsonSchema(schema: z.ZodType): z.core.JSONSchema.BaseSchema {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' });
}

/** The switches as the API spells them. */
function onTheWire({ properties = {}, ...rest }: z.core.JSONSchema.BaseSchema): object {
  const spelled = Object.entries(properties).map(([name, schema]) => [snake(name), schema]);
  return { ...rest, properties: Object.fromEntries(spelled) };
}
