/** The H.264 encoders that ffmpeg may have as rows, best first. Whether one works on this box is found out elsewhere. */

export interface EncoderRow {
  /** ffmpeg's name. */
  readonly name: string;
  /** In hardware, hence cheap. */
  readonly hardware: boolean;
  /** Global options that must stand in front. */
  readonly device: readonly string[];
  /** What the picture goes through before the encoder. */
  readonly filter: string;
  readonly options: readonly string[];
}

/** Larger pictures cost a small box more than it has when they are encoded in software; smaller ones stay as they are. */
const SHRINK_TO_720P = "scale='min(1280,iw)':'min(720,ih)':force_original_aspect_ratio=decrease:force_divisible_by=2";

/** The tee muxer does not ask for it, and FLV needs the setup apart from the pictures. */
const SETUP_APART = ['-flags:v:0', '+global_header'];

export const ENCODERS: readonly EncoderRow[] = [
  {
    // Raspberry Pi and its like. It keeps its setup in the pictures, where FLV's muxer does not look for it.
    name: 'h264_v4l2m2m',
    hardware: true,
    device: [],
    filter: 'format=yuv420p',
    options: ['-bsf:v:0', 'extract_extradata'],
  },
  {
    // Intel and AMD graphics.
    name: 'h264_vaapi',
    hardware: true,
    device: ['-vaapi_device', '/dev/dri/renderD128'],
    filter: 'format=nv12,hwupload',
    options: ['-bf:v:0', '0', ...SETUP_APART],
  },
  {
    name: 'libx264',
    hardware: false,
    device: [],
    filter: `${SHRINK_TO_720P},format=yuv420p`,
    // Superfast costs a third less than veryfast and looks the same at these sizes.
    options: ['-preset:v:0', 'superfast', '-tune:v:0', 'zerolatency', '-sc_threshold:v:0', '0', ...SETUP_APART],
  },
  {
    // What Fedora ships in the place of libx264.
    name: 'libopenh264',
    hardware: false,
    device: [],
    filter: `${SHRINK_TO_720P},format=yuv420p`,
    options: SETUP_APART,
  },
];

/** Where the platform sets no limit; plenty for 720p. */
const DEFAULT_BITS_PER_SECOND = 2_000_000;
/** The rest is for the audio and for what FLV and RTMP add. */
const VIDEO_SHARE = 0.92;
const KEY_FRAME_EVERY_SECONDS = 2;

/** Smooth enough for a live view; half the work that some cameras would ask for. */
const MOST_FRAMES_PER_SECOND = 25;

export interface EncoderTarget {
  /** 0 for no limit. */
  readonly maxBitsPerSecond: number;
  /** What the camera says it sends. */
  readonly framesPerSecond: number | undefined;
}

/** Output options that make the first video track H.264 by this encoder. */
export function encoderArguments(row: EncoderRow, { maxBitsPerSecond, framesPerSecond }: EncoderTarget): string[] {
  const bits = String(Math.round((maxBitsPerSecond || DEFAULT_BITS_PER_SECOND) * VIDEO_SHARE));
  const frames = Math.min(framesPerSecond || MOST_FRAMES_PER_SECOND, MOST_FRAMES_PER_SECOND);
  return [
    // The rate is set, because ffmpeg, with a small probe, takes a camera without one for 90000 frames per second.
    ...['-c:v:0', row.name, ...row.options, '-filter:v:0', `fps=${frames},${row.filter}`],
    ...['-b:v:0', bits, '-maxrate:v:0', bits, '-bufsize:v:0', bits],
    ...['-g:v:0', String(Math.ceil(frames * KEY_FRAME_EVERY_SECONDS))],
  ];
}
