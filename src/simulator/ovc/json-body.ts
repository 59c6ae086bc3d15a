import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { z } from 'zod';
import { GatewayError } from '../../runtime/errors.ts';
import { firstFault } from './packet.ts';
import { fromWire } from './wire.ts';

/**
 * The body of a request to the API, which must say that it is JSON: a form of a foreign page cannot say so.
 * @throws GatewayError `bad-parameter`; HTTPException 415
 */
export async function jsonBody<T>(c: Context, schema: z.ZodType<T>): Promise<T> {
  const type = c.req.header('content-type') ?? '';
  if (!/^application\/json\b/i.test(type)) throw new HTTPException(415, { message: 'only application/json' });
  const read = schema.safeParse(fromWire(await json(c)));
  if (!read.success) throw new GatewayError('bad-parameter', 'body not valid', { reason: firstFault(read.error) });
  return read.data;
}

async function json(c: Context): Promise<unknown> {
  try {
    return await c.req.json();
  } catch (cause) {
    throw cause instanceof SyntaxError ? new GatewayError('bad-parameter', 'body is not JSON') : cause;
  }
}
