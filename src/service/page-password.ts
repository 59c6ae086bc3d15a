import type { Change, Path } from '../config/edit.ts';
import { fault } from '../runtime/fault.ts';
import { hashPassword } from '../runtime/password.ts';
import { notTaken } from './not-taken.ts';

const SHORTEST_PASSWORD = 8;

/**
 * The same changes, in which the page's own password does not stand as it was typed.
 * @throws Refusal `configuration-refused` when it is too short
 */
export function hashed(changes: readonly Change[]): Promise<Change[]> {
  return Promise.all(changes.map(async ({ path, value }) => ({ path, value: await hashedBelow(path, value) })));
}

async function hashedBelow(path: Path, value: unknown): Promise<unknown> {
  const place = path.join('.');
  if (place === 'web' && typeof value === 'object' && value !== null && 'password' in value) {
    return { ...value, password: await hashedBelow(['web', 'password'], value.password) };
  }
  if (place !== 'web.password' || typeof value !== 'string') return value;
  if (value.length >= SHORTEST_PASSWORD) return hashPassword(value);
  throw notTaken([fault('too-short', { path: place, what: SHORTEST_PASSWORD })]);
}
