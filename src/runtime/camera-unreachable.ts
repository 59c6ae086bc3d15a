import { connectionWords } from './connection-words.ts';
import { GatewayError } from './errors.ts';

/** The error for a connection to a camera that failed with `cause`, whatever was spoken on it. */
export function connectionFailure(cause: unknown): GatewayError {
  return unreachable(connectionWords(cause), { cause });
}

/** The error for a camera that is not there; `reason` is a few words for a person. */
export function unreachable(reason: string, fields: Record<string, unknown> = {}): GatewayError {
  return new GatewayError('camera-unreachable', 'camera cannot be reached', { reason, ...fields });
}
