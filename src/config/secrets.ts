import { Secret } from '../runtime/secret.ts';

/** Every secret that stands in a value, however deep; for the log's scrubber. */
export function secretsIn(value: unknown): Secret[] {
  if (value instanceof Secret) return [value];
  if (typeof value !== 'object' || value === null) return [];
  return Object.values(value).flatMap(secretsIn);
}
