import { parseDocument, stringify } from 'yaml';
import { isSecretName } from '../runtime/secret-name.ts';

/** A configuration file without its secrets: for a reader who shall see everything else. */

const MASK = '[secret]';
const LOGIN_IN_URL = /\/\/[^/\s@]+@/g;

/** The file's values as YAML. Remarks go, for nobody knows what stands in them; so does what is no YAML. */
export function redactedYaml(text: string): string {
  const document = parseDocument(text);
  if (document.errors.length > 0) return '# the file is no YAML, and is left out: it may hold secrets\n';
  try {
    return stringify(redacted(document.toJS()));
  } catch {
    // An alias that leads nowhere; what the library says of it quotes it.
    return '# the file cannot be read, and is left out: it may hold secrets\n';
  }
}

/** The same of any value. */
export function redacted(value: unknown, name = ''): unknown {
  if (Array.isArray(value)) return value.map((item) => redacted(item, name));
  if (typeof value === 'object' && value !== null) {
    return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, redacted(below, key)]));
  }
  if (value !== null && isSecretName(name)) return MASK;
  return typeof value === 'string' ? value.replace(LOGIN_IN_URL, `//${MASK}@`) : value;
}
