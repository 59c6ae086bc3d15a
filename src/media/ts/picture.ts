import { isRandomAccess, payloadOf, pidOf, TS_PACKET_BYTES } from '../../runtime/ts-packet.ts';
import type { Program, VideoFormat } from './tables.ts';

/** Looks into the head of an access unit: H.264 (ISO/IEC 14496-10) and H.265 (ISO/IEC 23008-2) in byte stream format. */

export interface Picture {
  readonly keyFrame: boolean;
  /** The sequence parameter set, which says the picture's size; undefined where the access unit has none. */
  readonly sequenceSet: Buffer | undefined;
}

interface NalTypes {
  readonly typeOf: (header: number) => number;
  readonly isSlice: (type: number) => boolean;
  readonly isKey: (type: number) => boolean;
  readonly sequenceSet: number;
}

const NAL_TYPES: Readonly<Record<Exclude<VideoFormat, 'other'>, NalTypes>> = {
  h264: {
    typeOf: (header) => header & 0x1f,
    isSlice: (type) => type >= 1 && type <= 5,
    isKey: (type) => type === 5,
    sequenceSet: 7,
  },
  h265: {
    typeOf: (header) => (header >> 1) & 0x3f,
    isSlice: (type) => type <= 31,
    isKey: (type) => type >= 16 && type <= 23,
    sequenceSet: 33,
  },
};
/** Parameter sets take some hundred bytes, and x265 describes itself in 2.4 kB of SEI; what comes later is picture. */
const HEAD_BYTES = 4096;
const START_CODE = Buffer.from([0, 0, 1]);

export class PictureReader {
  readonly #head = Buffer.alloc(HEAD_BYTES);

  /** `packets` begin with the one in which the access unit begins. */
  read(packets: Buffer, { videoPid, video }: Program): Picture {
    const keyFrame = isRandomAccess(packets, 0);
    if (video === 'other') return { keyFrame, sequenceSet: undefined };
    const types = NAL_TYPES[video];
    // Most pictures are told by their first packet, and copying is the dear part.
    const first = look(firstBytes(packets), types);
    const { slice, sequenceSet } = first.slice ? first : look(this.#gathered(packets, videoPid), types);
    return { keyFrame: keyFrame || slice === 'key', sequenceSet };
  }

  /** The first bytes of the video, copied into one piece. */
  #gathered(packets: Buffer, videoPid: number): Buffer {
    let size = 0;
    for (let at = 0; at < packets.length && size < HEAD_BYTES; at += TS_PACKET_BYTES) {
      if (pidOf(packets, at) !== videoPid) continue;
      const end = at + TS_PACKET_BYTES;
      const start = at === 0 ? videoStart(packets) : payloadOf(packets, at);
      if (start < end) size += packets.copy(this.#head, size, start, end);
    }
    return this.#head.subarray(0, size);
  }
}

/** Where the video begins in the first packet, behind the PES header. */
function videoStart(packets: Buffer): number {
  const payload = payloadOf(packets, 0);
  return payload + 9 < TS_PACKET_BYTES ? payload + 9 + packets.readUInt8(payload + 8) : payload;
}

function firstBytes(packets: Buffer): Buffer {
  return packets.subarray(Math.min(videoStart(packets), TS_PACKET_BYTES), TS_PACKET_BYTES);
}

interface Head {
  /** What the first slice is; undefined where there is none among these bytes. */
  readonly slice: 'key' | 'other' | undefined;
  readonly sequenceSet: Buffer | undefined;
}

function look(head: Buffer, { typeOf, isSlice, isKey, sequenceSet }: NalTypes): Head {
  let found: Buffer | undefined;
  let start = head.indexOf(START_CODE);
  while (start >= 0 && start + 3 < head.length) {
    const type = typeOf(head.readUInt8(start + 3));
    if (isSlice(type)) return { slice: isKey(type) ? 'key' : 'other', sequenceSet: found };
    const next = head.indexOf(START_CODE, start + 3);
    // The next start code may have a zero in front; as long as it always has, comparing is not disturbed.
    if (type === sequenceSet && next > 0) found = Buffer.from(head.subarray(start + 3, next));
    start = next;
  }
  return { slice: undefined, sequenceSet: found };
}
