/** The boxes of fragmented MP4 (ISO/IEC 14496-12) that a browser's media source wants to see, and no more. */

export interface Track {
  /** Time units per second. */
  readonly timescale: number;
  readonly kind: 'audio' | 'video';
  /** The sample entry: what a decoder must know. */
  readonly entry: Uint8Array;
  readonly width: number;
  readonly height: number;
}

export interface Sample {
  /** All times in units of the track. */
  readonly decodeAt: number;
  readonly duration: number;
  /** How much later it is shown than decoded. */
  readonly shownAfter: number;
  readonly key: boolean;
  readonly bytes: Uint8Array;
}

type Part = Uint8Array | readonly number[];

export function box(name: string, ...parts: readonly Part[]): Uint8Array<ArrayBuffer> {
  const size = parts.reduce((sum, { length }) => sum + length, 8);
  const bytes = new Uint8Array(size);
  bytes.set(u32(size));
  bytes.set(
    [...name].map((letter) => letter.charCodeAt(0)),
    4,
  );
  let at = 8;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export const u16 = (value: number): number[] => [(value >>> 8) & 0xff, value & 0xff];
export const u32 = (value: number): number[] => [...u16(value >>> 16), ...u16(value & 0xffff)];
const zeros = (count: number): number[] => new Array<number>(count).fill(0);
const u64 = (value: number): number[] => [...u32(Math.floor(value / 2 ** 32)), ...u32(value >>> 0)];

const MATRIX = [1, 0, 0, 0, 1, 0, 0, 0, 1].flatMap((one, at) => u32(one === 0 ? 0 : at === 8 ? 0x40000000 : 0x10000));
const TRACK_ID = u32(1);
const HANDLER = { audio: 'soun', video: 'vide' } as const;
/** No key frame and depends on others; a key frame depends on none. */
const SAMPLE_FLAGS = { delta: 0x01010000, key: 0x02000000 };

/** What comes before the first fragment, and again whenever the codec's setup changes. */
export function initSegment(track: Track): Uint8Array<ArrayBuffer> {
  const brands = [...'isom'].map((letter) => letter.charCodeAt(0));
  const ftyp = box('ftyp', brands, u32(1), brands);
  const mvhd = box(
    'mvhd',
    zeros(12),
    u32(1000),
    zeros(4),
    u32(0x10000),
    u16(0x100),
    zeros(10),
    MATRIX,
    zeros(24),
    u32(2),
  );
  const mvex = box('mvex', box('trex', zeros(4), TRACK_ID, u32(1), zeros(12)));
  return joined([ftyp, box('moov', mvhd, trackBox(track), mvex)]);
}

function trackBox({ kind, timescale, entry, width, height }: Track): Uint8Array {
  const size = [...u16(width), 0, 0, ...u16(height), 0, 0];
  const volume = kind === 'audio' ? u16(0x100) : u16(0);
  const tkhd = box('tkhd', u32(3), zeros(8), TRACK_ID, zeros(20), volume, zeros(2), MATRIX, size);
  const mdhd = box('mdhd', zeros(12), u32(timescale), zeros(4), u16(0x55c4), zeros(2));
  const handler = [...HANDLER[kind]].map((letter) => letter.charCodeAt(0));
  const hdlr = box('hdlr', zeros(8), handler, zeros(13));
  const media = kind === 'audio' ? box('smhd', zeros(8)) : box('vmhd', u32(1), zeros(8));
  const dinf = box('dinf', box('dref', zeros(4), u32(1), box('url ', u32(1))));
  const tables = ['stts', 'stsc', 'stco'].map((name) => box(name, zeros(8)));
  const stbl = box('stbl', box('stsd', zeros(4), u32(1), entry), ...tables, box('stsz', zeros(12)));
  return box('trak', tkhd, box('mdia', mdhd, hdlr, box('minf', media, dinf, stbl)));
}

/** Samples in a row, ready to be appended. */
export function fragment(sequence: number, samples: readonly Sample[]): Uint8Array<ArrayBuffer> {
  const rows = samples.flatMap(({ duration, bytes, key, shownAfter }) => [
    ...u32(duration),
    ...u32(bytes.length),
    ...u32(key ? SAMPLE_FLAGS.key : SAMPLE_FLAGS.delta),
    ...u32(shownAfter),
  ]);
  const moof = (dataAt: number): Uint8Array => {
    const tfhd = box('tfhd', u32(0x020000), TRACK_ID);
    const tfdt = box('tfdt', u32(0x01000000), u64(samples[0]?.decodeAt ?? 0));
    // Version 1: a time to show may lie before the time to decode. Flags: offset; and duration, size, flags, time of each.
    const trun = box('trun', u32(0x01000f01), u32(samples.length), u32(dataAt), rows);
    return box('moof', box('mfhd', zeros(4), u32(sequence)), box('traf', tfhd, tfdt, trun));
  };
  const head = moof(moof(0).length + 8);
  return joined([head, box('mdat', ...samples.map(({ bytes }) => bytes))]);
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
