import type { z } from 'zod';
import { checkContentType } from './gate.ts';
import { Refusal } from './refusal.ts';

const MOST_BYTES = 256 * 1024;

/**
 * The body of a request, as its schema makes it.
 * @throws Refusal `too-large`, or `bad-request` with all that is wrong with it
 */
export async function bodyOf(schema: z.ZodType, request: Request): Promise<unknown> {
  checkContentType(request.headers);
  const text = await textOf(request);
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    throw new Refusal('bad-request', 'the body is no JSON');
  }
  return parsed(schema, body);
}

/** @throws Refusal `bad-request` */
export function parsed(schema: z.ZodType, value: unknown): unknown {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const faults = result.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  throw new Refusal('bad-request', 'something in it is not as it should be', { faults });
}

/** Read piece by piece: what the head says of the length need not be true. */
async function textOf({ headers, body }: Request): Promise<string> {
  if (Number(headers.get('content-length') ?? 0) > MOST_BYTES) throw tooLarge();
  const pieces: Uint8Array[] = [];
  let bytes = 0;
  const reader = body?.getReader();
  for (;;) {
    const piece = await reader?.read();
    if (!piece || piece.done) return Buffer.concat(pieces).toString('utf8');
    bytes += piece.value.length;
    if (bytes > MOST_BYTES) throw tooLarge();
    pieces.push(piece.value);
  }
}

function tooLarge(): Refusal {
  return new Refusal('too-large', 'the body is too large', { most: MOST_BYTES });
}
