/**
 * One FLV tag, which is also one RTMP message: type, time and body mean the same in both. Knows the first two bytes of
 * a body and nothing of the codec inside it.
 */
export interface FlvTag {
  readonly kind: 'audio' | 'video' | 'script';
  /** Decoding time on the source's own timeline. */
  readonly timestampMs: number;
  /** Body of the tag, without the FLV tag header. */
  readonly body: Buffer;
}

const KEY_FRAME = 1;
/** Codecs whose second byte says what kind of packet it is: AVC, and HEVC as it was carried before enhanced RTMP. */
const PACKETED_VIDEO: ReadonlySet<number> = new Set([7, 12]);
const AAC = 10;
/** Enhanced RTMP: the high bit of the first video byte, and a sound format of its own for audio. */
const ENHANCED_VIDEO_BIT = 0x80;
const ENHANCED_AUDIO = 9;

const SEQUENCE_HEADER = 0;
const CODED_FRAMES = 1;
/** Enhanced RTMP only: coded frames without a composition time. */
const CODED_FRAMES_X = 3;

/** True when a decoder can start here: a key frame with picture data in it, not just codec setup. */
export function isKeyFrame({ kind, body }: FlvTag): boolean {
  const first = body[0];
  if (kind !== 'video' || first === undefined || ((first >> 4) & 0x07) !== KEY_FRAME) return false;
  const packet = videoPacketType(body, first);
  return packet === undefined || packet === CODED_FRAMES || packet === CODED_FRAMES_X;
}

/** True for the codec setup that must precede the first frame: AVC, HEVC and enhanced RTMP video, AAC and enhanced audio. */
export function isSequenceHeader({ kind, body }: FlvTag): boolean {
  const first = body[0];
  if (kind === 'script' || first === undefined) return false;
  const packet = kind === 'video' ? videoPacketType(body, first) : audioPacketType(body, first);
  return packet === SEQUENCE_HEADER;
}

function videoPacketType(body: Buffer, first: number): number | undefined {
  if (first & ENHANCED_VIDEO_BIT) return first & 0x0f;
  return PACKETED_VIDEO.has(first & 0x0f) ? body[1] : undefined;
}

function audioPacketType(body: Buffer, first: number): number | undefined {
  const format = first >> 4;
  if (format === ENHANCED_AUDIO) return first & 0x0f;
  return format === AAC ? body[1] : undefined;
}

/** True for AAC, the only sound that every platform takes. */
export function isAac({ kind, body }: FlvTag): boolean {
  const first = body[0];
  return kind === 'audio' && first !== undefined && first >> 4 === AAC;
}
