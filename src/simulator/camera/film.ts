import { createHash } from 'node:crypto';
import { access, lstat, mkdir, open, rename, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { runFfmpeg } from './child-process.ts';

/** The test pictures: encoded once per setting, kept in the temporary folder, looped by whoever needs them. */

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

export interface FilmParts {
  readonly log: Logger;
  readonly clock?: Clock;
}

/** Whole frames of picture, of G.711 (40 ms) and of AAC at 16 kHz (64 ms) fit in this; so the loop has no seam. */
const LOOP_SECONDS = 16;
/** A half-made film that has not grown for this long has lost its maker. */
const ABANDONED_MS = 15_000;
const LOOK_AGAIN_MS = 50;

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
 * The path of a film of that setting, ready to be looped with `-c copy`. Whoever comes first encodes it, others wait,
 * in whatever process they are. testsrc2 burns its own running time into the picture, so no font is needed.
 * @throws GatewayError `process-failed` when ffmpeg cannot encode it; `ended-early` on abort
 */
export async function filmFor(setting: FilmSetting, parts: FilmParts, signal: AbortSignal): Promise<string> {
  const { clock = systemClock } = parts;
  const recipe = recipeFor(setting);
  const name = createHash('sha256').update(recipe.join(' ')).digest('hex').slice(0, 16);
  const film = join(await ownFolder(), `${name}.nut`);
  while (!signal.aborted) {
    if (await exists(film)) return film;
    if (await claim(`${film}.part`)) await make(film, recipe, parts, signal);
    else await clock.sleep(LOOK_AGAIN_MS, signal);
  }
  throw new GatewayError('ended-early', 'ended before the film was made');
}

function recipeFor({ codec, audio, width, height, framesPerSecond, bitsPerSecond, gopSeconds }: FilmSetting): string[] {
  const seconds = leastCommonMultiple(LOOP_SECONDS, gopSeconds);
  const sound = AUDIO[audio];
  const rate = String(bitsPerSecond);
  return [
    ...['-f', 'lavfi', '-i', `testsrc2=size=${width}x${height}:rate=${framesPerSecond}`, ...sound.input],
    ...[...VIDEO[codec](framesPerSecond * gopSeconds), '-b:v', rate, '-maxrate', rate, '-bufsize', rate],
    ...[...sound.output, '-t', String(seconds), '-f', 'nut'],
  ];
}

async function make(film: string, recipe: readonly string[], { log }: FilmParts, signal: AbortSignal): Promise<void> {
  const part = `${film}.part`;
  try {
    await runFfmpeg(['-y', ...recipe, part], { signal, log });
    if (!signal.aborted) await rename(part, film);
  } finally {
    await rm(part, { force: true });
  }
}

/** True when the half-made film is ours to make. */
async function claim(part: string): Promise<boolean> {
  try {
    await (await open(part, 'wx')).close();
    return true;
  } catch {
    // Somebody makes it, or died over it; either shows in the time it was last written.
    const { mtimeMs } = await stat(part).catch(() => ({ mtimeMs: Date.now() }));
    if (Date.now() - mtimeMs > ABANDONED_MS) await rm(part, { force: true });
    return false;
  }
}

async function ownFolder(): Promise<string> {
  const uid = process.getuid?.() ?? 0;
  const folder = join(tmpdir(), `ovd-virtual-camera-${uid}`);
  await mkdir(folder, { recursive: true, mode: 0o700 });
  // The temporary folder is everybody's: what somebody else has put there under our name is not played.
  const found = await lstat(folder);
  if (!found.isDirectory() || found.uid !== uid) {
    throw new GatewayError('process-failed', 'the folder for test films belongs to somebody else', { folder });
  }
  return folder;
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
