import { z } from 'zod';

/**
 * The platform's own reading of a packet (OVS RPC §2). It shares no code with the gateway's, so that a mistake there
 * shows here.
 */

/** A packet's kind and what its text says; `malformed` tells why it is none. */
export type Packet =
  | { readonly kind: 'request'; readonly name: string; readonly params: Fields; readonly seq: number }
  | { readonly kind: 'event'; readonly name: string; readonly params: Fields }
  | { readonly kind: 'response'; readonly seq: number; readonly resp: unknown }
  | { readonly kind: 'failure'; readonly seq: number; readonly err: ErrorAnswer }
  | { readonly kind: 'malformed'; readonly why: string };

export type Fields = Readonly<Record<string, unknown>>;
export interface ErrorAnswer {
  readonly code: number;
  readonly msg: string;
}

const params = z.record(z.string(), z.unknown()).default({});
const seq = z.int();
const err = z.object({ code: z.int(), msg: z.string() });

/** The field that says what a packet is, and the shape that follows from it. */
const SHAPES: ReadonlyMap<string, z.ZodType<Packet>> = new Map<string, z.ZodType<Packet>>([
  [
    'req',
    z.object({ req: z.string(), params, seq }).transform((p) => ({
      kind: 'request' as const,
      name: p.req,
      params: p.params,
      seq: p.seq,
    })),
  ],
  [
    'event',
    z.object({ event: z.string(), params }).transform((p) => ({
      kind: 'event' as const,
      name: p.event,
      params: p.params,
    })),
  ],
  [
    'resp',
    z.object({ resp: z.unknown(), seq }).transform((p) => ({ kind: 'response' as const, seq: p.seq, resp: p.resp })),
  ],
  ['err', z.object({ err, seq }).transform((p) => ({ kind: 'failure' as const, seq: p.seq, err: p.err }))],
]);

const FIELDS = z.record(z.string(), z.unknown());

/** Reads one message. Never throws: what is no packet is `malformed`. */
export function readPacket(text: string): Packet {
  const fields = FIELDS.safeParse(json(text));
  if (!fields.success) return malformed('not a JSON object');
  const [kind, second] = [...SHAPES.keys()].filter((name) => Object.hasOwn(fields.data, name));
  if (kind === undefined) return malformed('none of req, event, resp and err');
  if (second !== undefined) return malformed(`both ${kind} and ${second}`);
  const packet = SHAPES.get(kind)?.safeParse(fields.data);
  return packet?.success ? packet.data : malformed(firstFault(packet?.error));
}

/** The first thing that a schema found wrong, with its place. */
export function firstFault(error: z.ZodError | undefined): string {
  const [issue] = error?.issues ?? [];
  return issue ? `${issue.path.join('.')}: ${issue.message}` : 'unknown';
}

function malformed(why: string): Packet {
  return { kind: 'malformed', why };
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON is no object either, which is what the caller finds.
    return undefined;
  }
}
