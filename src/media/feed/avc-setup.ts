import { type FlvTag, isKeyFrame, isSequenceHeader } from '../flv-tag.ts';

/**
 * Keeps the codec setup of an H.264 stream true. A camera that changes its picture size (day and night, an app) sends
 * new parameter sets inside its key frames; the receivers of FLV and RTMP read only sequence headers. Knows the
 * framing of ISO/IEC 14496-15 and the first three bytes of a parameter set.
 */

const AVC = 7;
/** Frame type, codec, packet type and composition time; what follows is the AVC payload. */
const VIDEO_HEADER_BYTES = 5;
const KEY_FRAME_AVC_SETUP = Buffer.from([0x17, 0, 0, 0, 0]);
const NAL = { sequenceSet: 7, pictureSet: 8, firstSlice: 1, lastSlice: 5 } as const;
/** Four bytes of length before each NAL unit, the form ffmpeg writes. */
const LENGTH_BYTES = 4;

interface ParameterSets {
  readonly sequenceSets: readonly Buffer[];
  readonly pictureSets: readonly Buffer[];
}

export class AvcSetup {
  #payload: Buffer | undefined;

  /**
   * The tags to pass on for this one: itself; with a new sequence header in front where its key frame brings a new
   * setup; none where it is a sequence header with nothing in it, which ffmpeg writes before it knows better.
   */
  follow(tag: FlvTag): readonly FlvTag[] {
    const first = tag.body[0];
    if (tag.kind !== 'video' || first === undefined || (first & 0x8f) !== AVC) return [tag];
    if (isSequenceHeader(tag)) {
      if (tag.body.length <= VIDEO_HEADER_BYTES) return [];
      this.#payload = tag.body.subarray(VIDEO_HEADER_BYTES);
    }
    const payload = isKeyFrame(tag) ? changedSetup(tag.body, this.#payload) : undefined;
    if (!payload) return [tag];
    this.#payload = payload;
    return [{ kind: 'video', timestampMs: tag.timestampMs, body: Buffer.concat([KEY_FRAME_AVC_SETUP, payload]) }, tag];
  }

  /** Another ffmpeg brings its own setup. */
  clear(): void {
    this.#payload = undefined;
  }
}

/** The setup that the key frame carries, when there is one and the known one lacks a part of it. */
function changedSetup(body: Buffer, known: Buffer | undefined): Buffer | undefined {
  const sets = parameterSets(body);
  const { sequenceSets, pictureSets } = sets;
  if (sequenceSets.length === 0 || pictureSets.length === 0) return undefined;
  if (known && [...sequenceSets, ...pictureSets].every((set) => known.includes(set))) return undefined;
  return configurationRecord(sets);
}

/** Reads the parameter sets in front of the first slice; damaged framing ends the reading. */
function parameterSets(body: Buffer): ParameterSets {
  const sequenceSets: Buffer[] = [];
  const pictureSets: Buffer[] = [];
  let at = VIDEO_HEADER_BYTES;
  while (at + LENGTH_BYTES < body.length) {
    const start = at + LENGTH_BYTES;
    at = start + body.readUInt32BE(at);
    const type = body.readUInt8(start) & 0x1f;
    if (at > body.length || at === start || (type >= NAL.firstSlice && type <= NAL.lastSlice)) break;
    if (type === NAL.sequenceSet && at - start >= 4) sequenceSets.push(body.subarray(start, at));
    if (type === NAL.pictureSet) pictureSets.push(body.subarray(start, at));
  }
  return { sequenceSets, pictureSets };
}

/** AVCDecoderConfigurationRecord (ISO/IEC 14496-15 §5.3.3.1). */
function configurationRecord({ sequenceSets, pictureSets }: ParameterSets): Buffer {
  const [, profile = 0, compatibility = 0, level = 0] = sequenceSets[0] ?? [];
  return Buffer.concat([
    Buffer.from([1, profile, compatibility, level, 0xfc | (LENGTH_BYTES - 1), 0xe0 | sequenceSets.length]),
    ...sequenceSets.flatMap(withLength),
    Buffer.from([pictureSets.length]),
    ...pictureSets.flatMap(withLength),
  ]);
}

function withLength(set: Buffer): [Buffer, Buffer] {
  const length = Buffer.alloc(2);
  length.writeUInt16BE(set.length & 0xffff);
  return [length, set];
}
