import type { FilmSetting } from './film.ts';

/** What a new player is given first: everything since the last key frame, as a camera that makes one at PLAY would. */

const RTP_HEADER_BYTES = 12;
/** Interleaved framing: `$`, channel, two bytes of length. */
const FRAMING_BYTES = 4;
const MOST_BYTES = 8 * 1024 * 1024;

/** NAL unit types that open a key frame, and those that wrap others (RFC 6184, RFC 7798). */
const H264 = { sps: 7, idr: 5, stapA: 24, fuA: 28 } as const;
const H265 = { idrFirst: 16, idrLast: 21, vps: 32, sps: 33, aggregation: 48, fragment: 49 } as const;

const h264Type = (byte: number): number => byte & 0x1f;
const h265Type = (byte: number): number => (byte >> 1) & 0x3f;
const opensH264 = (type: number): boolean => type === H264.sps || type === H264.idr;
const opensH265 = (type: number): boolean =>
  (type >= H265.idrFirst && type <= H265.idrLast) || type === H265.vps || type === H265.sps;

/** Whether an RTP payload begins a key frame, by codec. */
const BEGINS: Readonly<Record<FilmSetting['codec'], (payload: Buffer) => boolean>> = {
  H264: (payload) => {
    const type = h264Type(payload[0] ?? 0);
    if (type === H264.stapA) return opensH264(h264Type(payload[3] ?? 0));
    return type === H264.fuA ? opensH264(h264Type(payload[1] ?? 0)) : opensH264(type);
  },
  H265: (payload) => {
    const type = h265Type(payload[0] ?? 0);
    if (type === H265.aggregation) return opensH265(h265Type(payload[4] ?? 0));
    return type === H265.fragment ? opensH265((payload[2] ?? 0) & 0x3f) : opensH265(type);
  },
  MJPEG: () => true,
};

export class KeyFrameStart {
  readonly #begins: (payload: Buffer) => boolean;
  #packets: Array<{ readonly lane: number; readonly bytes: Buffer }> = [];
  #bytes = 0;

  constructor(codec: FilmSetting['codec']) {
    this.#begins = BEGINS[codec];
  }

  /** Lane and framed bytes of what a new player is to get, in order. */
  get packets(): ReadonlyArray<{ readonly lane: number; readonly bytes: Buffer }> {
    return this.#packets;
  }

  /** Takes note of a packet; `beginsFrame` where it is the first of a picture. */
  add(lane: number, bytes: Buffer, beginsFrame: boolean): void {
    const isVideo = lane === 0;
    if (isVideo && beginsFrame && this.#begins(bytes.subarray(FRAMING_BYTES + RTP_HEADER_BYTES))) this.clear();
    else if (this.#packets.length === 0) return;
    this.#packets.push({ lane, bytes: Buffer.from(bytes) });
    this.#bytes += bytes.length;
    if (this.#bytes > MOST_BYTES) this.clear();
  }

  clear(): void {
    this.#packets = [];
    this.#bytes = 0;
  }
}
