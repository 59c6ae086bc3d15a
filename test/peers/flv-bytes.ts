import type { FlvTag } from '../../src/media/flv-tag.ts';

/** FLV as bytes and tags, made by hand. */

const TYPE = { audio: 8, video: 9, script: 18 } as const;

export function flvBytes(tags: readonly FlvTag[]): Buffer {
  const header = Buffer.from([0x46, 0x4c, 0x56, 1, 5, 0, 0, 0, 9, 0, 0, 0, 0]);
  return Buffer.concat([header, ...tags.map(tagBytes)]);
}

function tagBytes({ kind, timestampMs, body }: FlvTag): Buffer {
  const head = Buffer.alloc(11);
  head.writeUInt8(TYPE[kind], 0);
  head.writeUIntBE(body.length, 1, 3);
  head.writeUIntBE(timestampMs % 0x1000000, 4, 3);
  head.writeUInt8(Math.floor(timestampMs / 0x1000000), 7);
  const size = Buffer.alloc(4);
  size.writeUInt32BE(head.length + body.length);
  return Buffer.concat([head, body, size]);
}

export function script(timestampMs = 0): FlvTag {
  return { kind: 'script', timestampMs, body: Buffer.from('metadata') };
}

export function avcHeader(...payload: number[]): FlvTag {
  return { kind: 'video', timestampMs: 0, body: Buffer.from([0x17, 0, 0, 0, 0, ...payload]) };
}

/** A key frame of these NAL units, or of one slice. */
export function keyFrame(timestampMs: number, nals: readonly Buffer[] = [Buffer.from([0x65, 1, 2])]): FlvTag {
  return {
    kind: 'video',
    timestampMs,
    body: Buffer.concat([Buffer.from([0x17, 1, 0, 0, 0]), ...nals.flatMap(framed)]),
  };
}

export function frame(timestampMs: number, bytes = 10): FlvTag {
  return {
    kind: 'video',
    timestampMs,
    body: Buffer.concat([Buffer.from([0x27, 1, 0, 0, 0]), Buffer.alloc(bytes - 5)]),
  };
}

export function aac(timestampMs: number): FlvTag {
  return { kind: 'audio', timestampMs, body: Buffer.from([0xaf, 1, 9, 9]) };
}

export function aacHeader(): FlvTag {
  return { kind: 'audio', timestampMs: 0, body: Buffer.from([0xaf, 0, 0x14, 0x08]) };
}

function framed(nal: Buffer): [Buffer, Buffer] {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(nal.length);
  return [length, nal];
}
