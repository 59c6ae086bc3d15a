import { parseDocument, stringify } from 'yaml';
import { z } from 'zod';
import { isSecretName } from '../runtime/secret-name.ts';

/** A configuration file without its secrets: for a reader who shall see everything else. */

const MASK = '[secret]';
/** What the gateway does not know may be a password with a slip of the pen in its name. */
const UNKNOWN = '[not understood]';
/** Whatever stands before the last @: a password may hold any character, and an address be given without its scheme. */
const LOGIN_IN_URL = /((?:^|\s)(?:\w+:\/\/)?)\S*@/g;
/** In an address anything may be a password but the small numbers by which recorders name channels and streams. */
const VALUE_IN_URL = /([\w-]*)=([^&/;]*)/g;
const NAMES_OF_STREAMS = /(?:channel|ch|stream|subtype|streamtype|profile|unicast|trackid)$/i;
const SMALL_NUMBER = /^\d{1,3}$/;

/** As much of a JSON schema as says which keys there are. */
const outline = z.object({
  properties: z.record(z.string(), z.unknown()).optional(),
  items: z.unknown().optional(),
});

/**
 * The values that `schema` (JSON schema) knows, as YAML. Remarks go, for nobody knows what stands in them; so does what
 * is no YAML.
 */
export function redactedYaml(text: string, schema: object): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) return '# the file is no YAML, and is left out: it may hold secrets\n';
  try {
    return stringify(redacted(document.toJS(), schema));
  } catch {
    // An alias that leads nowhere; what the library says of it quotes it.
    return '# the file cannot be read, and is left out: it may hold secrets\n';
  }
}

/** The same of any value; `name` is its key. */
export function redacted(value: unknown, schema: unknown, name = ''): unknown {
  const known = outline.safeParse(schema).data;
  if (value === null || known === undefined) return value === null ? null : UNKNOWN;
  const { properties, items } = known;
  if (Array.isArray(value)) return items === undefined ? UNKNOWN : value.map((item) => redacted(item, items, name));
  if (typeof value === 'object') {
    return Object.fromEntries(
      Object.entries(value).map(([key, below]) => [key, redacted(below, properties?.[key], key)]),
    );
  }
  if (properties !== undefined || items !== undefined) return UNKNOWN;
  if (isSecretName(name)) return MASK;
  if (typeof value !== 'string') return value;
  const open = value.replace(LOGIN_IN_URL, (_, before: string) => `${before}${MASK}@`);
  return open.includes('://')
    ? open.replace(VALUE_IN_URL, (_, key: string, of: string) => `${key}=${kept(key, of)}`)
    : open;
}

const kept = (key: string, value: string): string =>
  NAMES_OF_STREAMS.test(key) && SMALL_NUMBER.test(value) ? value : MASK;
