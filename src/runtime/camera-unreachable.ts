import { GatewayError } from './errors.ts';

/** What a failed connection is in a person's words, by the system's code. */
const REASONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['EHOSTUNREACH', 'no route'],
  ['ENETUNREACH', 'no route'],
  ['EHOSTDOWN', 'no route'],
  ['ETIMEDOUT', 'no answer'],
  ['ECONNRESET', 'connection lost'],
  ['EPIPE', 'connection lost'],
  ['ENOTFOUND', 'name not found'],
  ['EAI_AGAIN', 'name not found'],
]);

/** The error for a connection to a camera that failed with `cause`, whatever was spoken on it. */
export function connectionFailure(cause: unknown): GatewayError {
  const code = codeOf(cause);
  const fallback = /SSL|TLS/.test(code) ? 'TLS failed' : 'connection failed';
  return unreachable(REASONS.get(code) ?? fallback, { cause });
}

/** The error for a camera that is not there; `reason` is a few words for a person. */
export function unreachable(reason: string, fields: Record<string, unknown> = {}): GatewayError {
  return new GatewayError('camera-unreachable', 'camera cannot be reached', { reason, ...fields });
}

/** The system's code of a failure, such as ECONNRESET; empty where it has none. */
export function codeOf(err: unknown): string {
  return err instanceof Error && 'code' in err && typeof err.code === 'string' ? err.code : '';
}
