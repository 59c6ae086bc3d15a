import { createHash, randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import type { Secret } from './secret.ts';

/** Passwords of people: kept as scrypt hashes where we write them, compared in constant time wherever they come from. */

/** 32 MB and some 60 ms on a PC, 300 ms on a Raspberry Pi. */
const COST = { N: 2 ** 15, r: 8, p: 1 } as const;
const KEY_BYTES = 32;
const SALT_BYTES = 16;
/** More than this in a file is a mistake, or somebody who wants our memory. */
const MOST_MEMORY = 256 * 1024 * 1024;
const HASHED = /^scrypt:(\d{1,8}):(\d{1,3}):(\d{1,3}):([\w-]{16,128}):([\w-]{16,128})$/;

/** The password as it may stand in a file: `scrypt:N:r:p:salt:key`, salt and key in base64url. */
export async function hashPassword(password: string): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const key = await derive(password, salt, COST);
  return ['scrypt', COST.N, COST.r, COST.p, salt.toString('base64url'), key.toString('base64url')].join(':');
}

/** True for what `hashPassword` wrote, which tells nothing of how long the password is. */
export function isHashed(kept: string): boolean {
  return HASHED.test(kept);
}

/** True when `given` is the password that is kept, plain or as `hashPassword` wrote it. */
export async function isPassword(given: string, kept: Secret): Promise<boolean> {
  const [, N, r, p, salt = '', key = ''] = HASHED.exec(kept.reveal()) ?? [];
  if (N === undefined) return isSameText(given, kept.reveal());
  const expected = Buffer.from(key, 'base64url');
  const cost = { N: Number(N), r: Number(r), p: Number(p) };
  const derived = await derive(given, Buffer.from(salt, 'base64url'), cost, expected.length);
  return timingSafeEqual(derived, expected);
}

/** Compares two secrets in a time that tells nothing of them. */
export function isSameText(one: string, other: string): boolean {
  const digest = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(one), digest(other));
}

function derive(
  password: string,
  salt: Buffer,
  cost: { readonly N: number; readonly r: number; readonly p: number },
  bytes = KEY_BYTES,
): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { ...cost, maxmem: MOST_MEMORY };
    scrypt(password.normalize('NFKC'), salt, bytes, options, (err, key) => (err ? reject(err) : resolve(key)));
  });
}
