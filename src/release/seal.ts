import { createHash, createPublicKey, type KeyObject, sign, verify } from 'node:crypto';

/**
 * The signature of a release. It stands behind the archive, in a gzip member of its own that unpacks to nothing: so
 * one file is all that a platform has to serve, and `tar` reads that file as any other. What is signed is a line with
 * the SHA-256 of all bytes before it. Knows bytes and keys, no files.
 */

/** Magic, deflate, "has an extra field", no time, no flags, unknown system. */
const MEMBER_START = Buffer.from([0x1f, 0x8b, 0x08, 0x04, 0, 0, 0, 0, 0, 0xff]);
const KEY_ID_BYTES = 8;
const SIGNATURE_BYTES = 64;
const FIELD_BYTES = KEY_ID_BYTES + SIGNATURE_BYTES;
/** An empty deflate stream, its checksum and its length. */
const MEMBER_END = Buffer.from([0x03, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
/** The length of the extra field, its name `OV`, and the length of what it holds. */
const FIELD_HEAD = Buffer.from([FIELD_BYTES + 4, 0, 0x4f, 0x56, FIELD_BYTES, 0]);
const HEAD = Buffer.concat([MEMBER_START, FIELD_HEAD]);

/** How long a seal is, wherever it stands. */
export const SEAL_BYTES = HEAD.length + FIELD_BYTES + MEMBER_END.length;

/** SHA-256 of the archive without its seal, in hex, and the key that shall stand for it. */
export function makeSeal(sha256: string, privateKey: KeyObject): Buffer {
  const signature = sign(null, statement(sha256), privateKey);
  return Buffer.concat([HEAD, keyId(createPublicKey(privateKey)), signature, MEMBER_END]);
}

export type SealVerdict = 'good' | 'no seal' | 'unknown key' | 'bad signature';

/** Whether the last `SEAL_BYTES` of a file are a seal that one of `keys` has put under the bytes before them. */
export function judgeSeal(seal: Buffer, sha256: string, keys: readonly KeyObject[]): SealVerdict {
  const start = seal.subarray(0, HEAD.length);
  const end = seal.subarray(-MEMBER_END.length);
  if (seal.length !== SEAL_BYTES || !start.equals(HEAD) || !end.equals(MEMBER_END)) return 'no seal';
  const id = seal.subarray(HEAD.length, HEAD.length + KEY_ID_BYTES);
  const signature = seal.subarray(HEAD.length + KEY_ID_BYTES, HEAD.length + FIELD_BYTES);
  const known = keys.filter((key) => keyId(key).equals(id));
  if (known.length === 0) return 'unknown key';
  return known.some((key) => verify(null, statement(sha256), key, signature)) ? 'good' : 'bad signature';
}

/** A public key as the configuration writes it: the 32 bytes of an ed25519 key in base64. */
export function keyText(key: KeyObject): string {
  return rawKey(key).toString('base64');
}

/** The key that such a text means; undefined when it means none. */
export function keyFromText(text: string): KeyObject | undefined {
  const raw = Buffer.from(text, 'base64');
  if (raw.length !== 32 || raw.toString('base64') !== text) return undefined;
  return createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: 'der', type: 'spki' });
}

/** What stands before the 32 bytes of an ed25519 key in its DER form (RFC 8410). */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

function rawKey(key: KeyObject): Buffer {
  return key.export({ format: 'der', type: 'spki' }).subarray(SPKI_HEAD.length);
}

function keyId(key: KeyObject): Buffer {
  return createHash('sha256').update(rawKey(key)).digest().subarray(0, KEY_ID_BYTES);
}

function statement(sha256: string): Buffer {
  return Buffer.from(`ovd-gateway release sha256:${sha256}\n`);
}
