import type { FlvTag } from './flv-tag.ts';

const TYPE = { audio: 8, video: 9, script: 18 } as const satisfies Record<FlvTag['kind'], number>;
const TAG_HEADER_BYTES = 11;

/** Tags as an FLV file, in pieces; the bodies are not copied. */
export function flvFile(tags: readonly FlvTag[]): Buffer[] {
  return [fileHeader({ audio: true }), ...tags.flatMap(flvPieces)];
}

/** How an FLV file begins: what is in it, and the size of the tag before the first. */
export function fileHeader({ audio }: { readonly audio: boolean }): Buffer {
  return Buffer.from([0x46, 0x4c, 0x56, 1, audio ? 5 : 1, 0, 0, 0, 9, 0, 0, 0, 0]);
}

/** A tag as it stands in a file: header, body, size. */
export function flvPieces({ kind, timestampMs, body }: FlvTag): [Buffer, Buffer, Buffer] {
  const header = Buffer.alloc(TAG_HEADER_BYTES);
  header.writeUInt8(TYPE[kind], 0);
  header.writeUIntBE(body.length, 1, 3);
  header.writeUIntBE(timestampMs % 2 ** 24, 4, 3);
  header.writeUInt8(Math.floor(timestampMs / 2 ** 24) & 0xff, 7);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(TAG_HEADER_BYTES + body.length);
  return [header, body, size];
}
