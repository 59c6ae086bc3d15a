import ffmpeg from 'fluent-ffmpeg';
import type { CameraStream, VideoCodec } from '../../channel/ports.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { type EncoderRow, encoderArguments } from './encoders.ts';
import { rtspInput } from './rtsp-input.ts';

/**
 * ffmpeg's argument lists for a Feed. One row is one behaviour; the comment says why, ffmpeg's manual says what.
 * fluent-ffmpeg puts the list together and never runs it.
 */

/** What is tried on one stream. The first choice is the fastest; each fault that ffmpeg names changes one of these. */
export interface Recipe {
  readonly probe: keyof typeof PROBE;
  readonly times: keyof typeof TIMES;
  readonly audio: keyof typeof AUDIO;
  readonly order: keyof typeof SORTED_WITHIN_US;
}

/** What becomes of the video. */
export type VideoPlan =
  | { readonly way: 'copy' }
  | { readonly way: 'transcode'; readonly encoder: EncoderRow; readonly maxBitsPerSecond: number };

export interface FeedOrder {
  readonly stream: CameraStream;
  readonly plan: VideoPlan;
  readonly recipe: Recipe;
}

const QUIET = ['-hide_banner', '-nostats', '-loglevel', 'warning'];

const PROBE = {
  // A third of a second to the first key frame instead of one and a quarter: the parameters stand in the SDP.
  small: ['-analyzeduration', '0', '-probesize', '5000'],
  // For cameras whose SDP says too little.
  full: [],
} as const satisfies Record<string, readonly string[]>;

/**
 * In microseconds, and longer than our own patience: at its first timeout ffmpeg lets go of a picture it had kept, which
 * would look like life. It is for an ffmpeg that has outlived us.
 */
const SOCKET_TIMEOUT_US = 15_000_000;

/** Sound has one small filter; the threads that ffmpeg starts for it would cost memory and wake-ups. */
const THREADS: Readonly<Record<VideoPlan['way'], readonly string[]>> = {
  copy: ['-filter_threads', '1'],
  transcode: [],
};

const INPUT = [
  // TCP, because lost UDP packets smear the picture.
  ...['-rtsp_transport', 'tcp'],
  ...['-timeout', String(SOCKET_TIMEOUT_US)],
];

/** Which tracks are asked of the camera: an ONVIF metadata track would be sent for nothing. */
const TRACKS = {
  copy: ['-allowed_media_types', 'video+audio'],
  encode: ['-allowed_media_types', 'video+audio'],
  none: ['-allowed_media_types', 'video'],
} as const satisfies Record<string, readonly string[]>;

const AUDIO = {
  copy: ['-map', '0:a:0?', '-c:a', 'copy'],
  // 16 kHz, because not every player takes AAC at a telephone's 8; it holds all that G.711 and G.726 have. The encoder's
  // first packet lies before the time 0 and is silence; FLV cannot take it once a picture of time 0 is written. The
  // fast coder takes a fifth off what the whole process costs; on telephone sound it loses nothing.
  encode: [
    ...['-map', '0:a:0?', '-c:a', 'aac', '-aac_coder', 'fast', '-ar', '16000', '-ac', '1', '-b:a', '32k'],
    ...['-bsf:a', 'noise=drop=lt(pts\\,0)'],
  ],
  none: ['-an'],
} as const satisfies Record<string, readonly string[]>;

/** A value where the camera gave one, else the one before plus one tick. */
const filled = (now: string, before: string): string =>
  `if(eq(${now},NOPTS),if(eq(${before},NOPTS),0,${before}+1),${now})`;

const PICTURE_TIME = filled('PTS', 'PREV_OUTPTS');
const DECODE_TIME = filled('DTS', 'PREV_OUTDTS');
/** How much earlier than shown a picture may have to be decoded: two frames at ten a second. */
const DECODE_EARLIER_SECONDS = 0.2;

const TIMES = {
  camera: [],
  // With B-frames the first packets may have no time, at which ffmpeg's muxers give up, and what ffmpeg guesses for them
  // lies behind the times of the pictures. The decoding time is kept rising and before them; a tick may be a whole frame.
  filled: [
    '-bsf:v:0',
    `setts=pts='${PICTURE_TIME}':dts='max(PREV_OUTDTS+1,min(${DECODE_TIME},${PICTURE_TIME})-${DECODE_EARLIER_SECONDS}/TB)'`,
  ],
} as const satisfies Record<string, readonly string[]>;

/**
 * Sound and picture are passed on as they come, not sorted by time: sorting costs a live view a fifth of a second, and
 * more where a camera announces sound and sends none. FLV's muxer, though, gives up on a packet that lies before the
 * very first one, so a camera whose sound comes late and dated back is sorted, within seconds: a key frame that is
 * waited for lets the sound fall that far behind the first picture. Nothing is held back once both have come.
 */
const SORTED_WITHIN_US = { asTheyCome: 1, sorted: 4_000_000 } as const;

/**
 * Where the outputs go: FLV to stdout, TS to the first extra pipe. TS is recorded, not watched: so it is sorted within
 * half a second, and flushed by the block, since each write is a wake-up. When one of them fails, all ends at once:
 * with the other alone ffmpeg would go on as if nothing had happened.
 */
const flv = (order: Recipe['order']): string =>
  `onfail=abort:f=flv:flvflags=no_duration_filesize:max_interleave_delta=${SORTED_WITHIN_US[order]}`;
const TS = 'onfail=abort:f=mpegts:flush_packets=0:max_interleave_delta=500000';

interface Layout {
  readonly video: (order: FeedOrder) => readonly string[];
  /** The outputs, given FLV's options. */
  readonly tee: (flv: string) => string;
}

const VIDEO = ['-map', '0:v:0'];
const encoded = ({ plan, stream: { framesPerSecond } }: FeedOrder): string[] =>
  plan.way === 'copy' ? [] : encoderArguments(plan.encoder, { ...plan, framesPerSecond });

const LAYOUT = {
  copy: { video: () => [...VIDEO, '-c:v', 'copy'], tee: (flv) => `[${flv}]pipe:1|[${TS}]pipe:3` },
  // FLV of ffmpeg 5 has no place for the codec.
  tsOnly: { video: () => [...VIDEO, '-c:v', 'copy'], tee: () => `[${TS}]pipe:3` },
  // The camera's own video is recorded, the encoded one watched.
  encodedBesideCopy: {
    video: (order) => [...VIDEO, ...VIDEO, ...encoded(order), '-c:v:1', 'copy'],
    tee: (flv) => `[select=\\'v:0,a\\':${flv}]pipe:1|[select=\\'v:1,a\\':${TS}]pipe:3`,
  },
  // TS has no place for the codec either.
  encoded: { video: (order) => [...VIDEO, ...encoded(order)], tee: (flv) => `[${flv}]pipe:1|[${TS}]pipe:3` },
} as const satisfies Record<string, Layout>;

/** What becomes of each codec, copied and transcoded; where there is no layout, the codec cannot be copied. */
const LAYOUTS: Record<
  VideoCodec,
  { readonly copy: keyof typeof LAYOUT | undefined; readonly transcode: keyof typeof LAYOUT }
> = {
  H264: { copy: 'copy', transcode: 'encodedBesideCopy' },
  H265: { copy: 'tsOnly', transcode: 'encodedBesideCopy' },
  MPEG4: { copy: 'tsOnly', transcode: 'encodedBesideCopy' },
  MJPEG: { copy: undefined, transcode: 'encoded' },
};

/** True when a Feed of this kind has FLV, for a live view, beside the TS. */
export function givesFlv(codec: VideoCodec, way: VideoPlan['way']): boolean {
  return LAYOUTS[codec][way] !== 'tsOnly';
}

/** One ffmpeg of a Feed. */
export interface FeedCall {
  readonly args: string[];
  /** What it reads from the pipe after that for TS. Holds the camera's password: never log it. */
  readonly script: string;
}

/** @throws GatewayError `feed-failed` when the codec cannot be copied. */
export function feedCall(order: FeedOrder): FeedCall {
  const { stream, plan, recipe } = order;
  const name = LAYOUTS[stream.video][plan.way];
  if (!name)
    throw new GatewayError('feed-failed', 'video of this codec can only be transcoded', { reason: stream.video });
  const layout: Layout = LAYOUT[name];
  const device = plan.way === 'transcode' ? plan.encoder.device : [];
  const { options, script } = rtspInput(stream, [...INPUT, ...PROBE[recipe.probe], ...TRACKS[recipe.audio]]);
  const args = ffmpeg('pipe:4')
    .inputOptions(...QUIET, ...THREADS[plan.way], ...device, ...options)
    .output(layout.tee(flv(recipe.order)))
    .outputOptions(...layout.video(order), ...TIMES[recipe.times], ...AUDIO[recipe.audio])
    // The tee muxer sorts too, beside those it feeds.
    .outputOptions('-max_interleave_delta', String(SORTED_WITHIN_US[recipe.order]), '-f', 'tee')
    ._getArguments();
  return { args, script };
}
