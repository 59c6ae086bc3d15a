import { box, type Track, u16, u32 } from './mp4.ts';

/** The setup of a codec as FLV brings it, as the browser wants to hear of it. */
export interface Setup {
  /** Such as `avc1.64001f`. */
  readonly codec: string;
  readonly track: Track;
}

const zeros = (count: number): number[] => new Array<number>(count).fill(0);
const hex = (value: number | undefined): string => (value ?? 0).toString(16).padStart(2, '0');

const VIDEO_TIMESCALE = 1_000;
const SAMPLE_RATES = [
  96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
];

/** H.264 from its AVCDecoderConfigurationRecord. The picture's size is the decoder's to find; the boxes may say any. */
export function avcSetup(record: Uint8Array): Setup {
  const [width, height] = [1_280, 720];
  const head = [...zeros(6), ...u16(1), ...zeros(16), ...u16(width), ...u16(height)];
  const rest = [...u32(0x480000), ...u32(0x480000), ...zeros(4), ...u16(1), ...zeros(32), ...u16(24), ...u16(0xffff)];
  return {
    codec: `avc1.${hex(record[1])}${hex(record[2])}${hex(record[3])}`,
    track: {
      kind: 'video',
      timescale: VIDEO_TIMESCALE,
      width,
      height,
      entry: box('avc1', head, rest, box('avcC', record)),
    },
  };
}

/** AAC from its AudioSpecificConfig; undefined for a rate that no table has. */
export function aacSetup(config: Uint8Array): Setup | undefined {
  const [first = 0, second = 0] = config;
  const rate = SAMPLE_RATES[((first & 7) << 1) | (second >> 7)];
  if (rate === undefined) return undefined;
  const channels = (second >> 3) & 15 || 2;
  const head = [
    ...zeros(6),
    ...u16(1),
    ...zeros(8),
    ...u16(channels),
    ...u16(16),
    ...zeros(4),
    ...u16(rate & 0xffff),
    0,
    0,
  ];
  return {
    codec: `mp4a.40.${first >> 3}`,
    track: { kind: 'audio', timescale: rate, width: 0, height: 0, entry: box('mp4a', head, esds(config)) },
  };
}

function esds(config: Uint8Array): Uint8Array {
  const described = [0x05, config.length, ...config];
  const decoder = [0x40, 0x15, 0, 0, 0, ...zeros(8), ...described];
  const stream = [0, 1, 0, 0x04, decoder.length, ...decoder, 0x06, 1, 2];
  return box('esds', zeros(4), [0x03, stream.length, ...stream]);
}
