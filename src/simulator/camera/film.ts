import { type Kitchen, madeOnce } from './made-once.ts';

/** The test pictures, as ffmpeg recipes: films to be looped and stills. */

export const FILM_VIDEO = ['H264', 'H265', 'MJPEG'] as const;
export const FILM_AUDIO = ['PCMU', 'PCMA', 'AAC', 'none'] as const;

export interface FilmSetting {
  readonly codec: (typeof FILM_VIDEO)[number];
  readonly audio: (typeof FILM_AUDIO)[number];
  readonly width: number;
  readonly height: number;
  /** A whole number. */
  readonly framesPerSecond: number;
  readonly bitsPerSecond: number;
  /** Seconds from one key frame to the next; a whole number. */
  readonly gopSeconds: number;
}

/** Whole frames of picture, of G.711 (40 ms) and of AAC at 16 kHz (64 ms) fit in this; so the loop has no seam. */
const LOOP_SECONDS = 16;

const X264 = ['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'];
const X265 = ['-c:v', 'libx265', '-preset', 'ultrafast', '-tune', 'zerolatency', '-pix_fmt', 'yuv420p'];

/** Parameter sets stand before every key frame, as cameras send them. */
const VIDEO: Readonly<Record<FilmSetting['codec'], (gopFrames: number) => readonly string[]>> = {
  H264: (gop) => [...X264, '-x264-params', `repeat-headers=1:scenecut=0:keyint=${gop}:min-keyint=${gop}`],
  H265: (gop) => [
    ...X265,
    '-x265-params',
    `repeat-headers=1:log-level=error:scenecut=0:keyint=${gop}:min-keyint=${gop}`,
  ],
  // RTP's JPEG payload knows only the standard Huffman tables.
  MJPEG: () => ['-c:v', 'mjpeg', '-huffman', 'default', '-pix_fmt', 'yuvj420p'],
};

const TONE = 'sine=frequency=440:beep_factor=4';
const AUDIO: Readonly<Record<FilmSetting['audio'], { input: readonly string[]; output: readonly string[] }>> = {
  PCMU: { input: ['-f', 'lavfi', '-i', `${TONE}:sample_rate=8000,asetnsamples=320`], output: ['-c:a', 'pcm_mulaw'] },
  PCMA: { input: ['-f', 'lavfi', '-i', `${TONE}:sample_rate=8000,asetnsamples=320`], output: ['-c:a', 'pcm_alaw'] },
  AAC: { input: ['-f', 'lavfi', '-i', `${TONE}:sample_rate=16000`], output: ['-c:a', 'aac', '-b:a', '32k'] },
  none: { input: [], output: ['-an'] },
};

/**
 * The path of a film of that setting, ready to be looped with `-c copy`. testsrc2 burns its own running time into the
 * picture, so no font is needed.
 * @throws what `madeOnce` throws
 */
export function filmFor(setting: FilmSetting, parts: Kitchen, signal: AbortSignal): Promise<string> {
  return madeOnce(recipeFor(setting), 'nut', parts, signal);
}

/** The path of a JPEG of that setting. */
export function stillFor({ width, height }: FilmSetting, parts: Kitchen, signal: AbortSignal): Promise<string> {
  const recipe = ['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}`, '-frames:v', '1', '-f', 'mjpeg'];
  return madeOnce(recipe, 'jpg', parts, signal);
}

/** How a setting's pictures are encoded. */
export function encoding({ codec, framesPerSecond, bitsPerSecond, gopSeconds }: FilmSetting): string[] {
  const rate = String(bitsPerSecond);
  return [...VIDEO[codec](framesPerSecond * gopSeconds), '-b:v', rate, '-maxrate', rate, '-bufsize', rate];
}

/** Where a setting's sound comes from, nothing when it has none, and how it is encoded. */
export function soundOf({ audio }: FilmSetting): {
  readonly input: readonly string[];
  readonly output: readonly string[];
} {
  return AUDIO[audio];
}

function recipeFor(setting: FilmSetting): string[] {
  const { width, height, framesPerSecond, gopSeconds } = setting;
  const seconds = leastCommonMultiple(LOOP_SECONDS, gopSeconds);
  const { input, output } = soundOf(setting);
  return [
    ...['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${framesPerSecond}`, ...input],
    ...[...encoding(setting), ...output, '-t', String(seconds), '-f', 'nut'],
  ];
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
