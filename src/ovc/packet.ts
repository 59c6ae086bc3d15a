import { GatewayError } from '../runtime/errors.ts';
import { INTERNAL_ERROR } from './protocol.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** The four packets of OVS RPC (section 2), parsed once. Knows JSON text, not connections or methods. */
export type Packet =
  | { readonly kind: 'request'; readonly method: string; readonly params: Fields; readonly seq: number }
  | { readonly kind: 'event'; readonly method: string; readonly params: Fields }
  | { readonly kind: 'response'; readonly seq: number; readonly resp: unknown }
  | { readonly kind: 'failure'; readonly seq: number; readonly code: number; readonly text: string };

/** How much of a malformed packet the log shows. */
const SHOWN_CHARACTERS = 200;

/** A JSON object on its way to become a packet, and the error for the case that it can't. */
interface Draft {
  readonly fields: Fields;
  refusal(reason: string): GatewayError;
}

/** How a packet is read, by the one field that tells its kind. */
const READERS = {
  req: (draft) => ({ kind: 'request', method: text(draft, 'req'), params: params(draft), seq: seq(draft) }),
  event: (draft) => ({ kind: 'event', method: text(draft, 'event'), params: params(draft) }),
  resp: (draft) => ({ kind: 'response', seq: seq(draft), resp: draft.fields['resp'] }),
  err: (draft) => ({ kind: 'failure', seq: seq(draft), ...failure(draft.fields['err']) }),
} satisfies Record<string, (draft: Draft) => Packet>;

const KINDS = ['req', 'event', 'resp', 'err'] as const satisfies ReadonlyArray<keyof typeof READERS>;

/**
 * Reads one WebSocket message. Fields that the contract does not name are ignored.
 * @throws GatewayError `protocol-broken` with the reason and the first 200 characters
 */
export function parsePacket(message: string): Packet {
  const refusal = (reason: string): GatewayError => malformed(reason, message);
  const fields = parsed(message);
  if (!isObject(fields)) throw refusal(fields === undefined ? 'not JSON' : 'not a JSON object');
  const [kind, second] = KINDS.filter((name) => Object.hasOwn(fields, name));
  if (kind === undefined) throw refusal('none of req, event, resp and err');
  if (second !== undefined) throw refusal(`both ${kind} and ${second}`);
  return READERS[kind]({ fields, refusal });
}

/** The error for a message that is no packet. */
export function malformed(reason: string, message: string): GatewayError {
  // Some JSON writers escape slashes; the log knows the secrets in a URL only when it looks like one.
  const packet = message.slice(0, SHOWN_CHARACTERS).replaceAll('\\/', '/');
  return new GatewayError('protocol-broken', 'the OVC sent a malformed packet', { reason, packet });
}

/** Undefined when the text is not JSON; no JSON text means undefined. */
function parsed(message: string): unknown {
  try {
    return JSON.parse(message);
  } catch {
    // The parser's own words only quote the text, which the log shows anyway.
    return undefined;
  }
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function text({ fields, refusal }: Draft, name: string): string {
  const value = fields[name];
  if (typeof value !== 'string') throw refusal(`${name} is not a string`);
  return value;
}

function params({ fields, refusal }: Draft): Fields {
  const value = Object.hasOwn(fields, 'params') ? fields['params'] : {};
  if (!isObject(value)) throw refusal('params is not an object');
  return value;
}

/** An integer beyond 2^53 is refused too: it could not be sent back as it came. */
function seq({ fields, refusal }: Draft): number {
  const value = fields['seq'];
  if (typeof value !== 'number' || !Number.isSafeInteger(value)) throw refusal('seq is not an integer');
  return value;
}

/** A failure without proper words is a failure all the same, and no reason to cut the link. */
function failure(err: unknown): { code: number; text: string } {
  const { code, msg } = isObject(err) ? err : {};
  return {
    code: typeof code === 'number' && Number.isInteger(code) ? code : INTERNAL_ERROR,
    text: typeof msg === 'string' ? msg.slice(0, SHOWN_CHARACTERS) : '',
  };
}
