import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { complaintsOf } from './complaints.ts';

/** Real MPEG-TS, made by the real ffmpeg, and what the real ffprobe says of it. */

const run = promisify(execFile);
const MAX_OUTPUT = 64 * 1024 * 1024;

export interface Film {
  readonly codec?: 'libx264' | 'libx265';
  readonly audio?: boolean;
  readonly seconds: number;
  /** Seconds from key frame to key frame. */
  readonly gopSeconds?: number;
  readonly size?: string;
  readonly bFrames?: number;
}

const QUIET = ['-hide_banner', '-loglevel', 'error', '-y'];
/** Recordings are copied from RTSP, so is this: encoded once, and muxed from the elementary stream. */
const ENCODER = {
  libx264: (gop: number, b: number) => ['-c:v', 'libx264', '-preset', 'ultrafast', '-g', `${gop}`, '-bf', `${b}`],
  libx265: (gop: number, b: number) => [
    ...['-c:v', 'libx265', '-preset', 'ultrafast', '-g', `${gop}`],
    ...['-x265-params', `log-level=none:bframes=${b}:keyint=${gop}:scenecut=0:open-gop=0`],
  ],
};

export async function tsFilm(film: Film): Promise<Buffer> {
  const { codec = 'libx264', audio = true, seconds, gopSeconds = 1, size = '160x90', bFrames = 0 } = film;
  const sources = ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25`, '-f', 'lavfi', '-i', 'sine=r=44100'];
  const sound = audio ? ['-c:a', 'aac', '-b:a', '48k'] : ['-an'];
  const video = [...ENCODER[codec](gopSeconds * 25, bFrames), '-sc_threshold', '0', '-pix_fmt', 'yuv420p'];
  const args = [...QUIET, ...sources, '-t', `${seconds}`, ...video, ...sound, '-f', 'mpegts', 'pipe:1'];
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: MAX_OUTPUT });
  return stdout;
}

/** A camera that changes its picture size while it sends: two sizes after each other in one H.264 stream, copied. */
export async function tsFilmOfTwoSizes(seconds: number): Promise<Buffer> {
  return inDirectory(async (directory) => {
    const joined = join(directory, 'joined.h264');
    const halves = ['160x90', '320x180'].map(async (size) => {
      const source = ['-f', 'lavfi', '-i', `testsrc2=s=${size}:r=25`, '-t', `${seconds}`];
      const args = [...QUIET, ...source, ...ENCODER.libx264(25, 0), '-pix_fmt', 'yuv420p', '-f', 'h264', 'pipe:1'];
      return (await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: MAX_OUTPUT })).stdout;
    });
    await writeFile(joined, Buffer.concat(await Promise.all(halves)));
    const args = [...QUIET, '-f', 'h264', '-framerate', '25', '-i', joined, '-c', 'copy', '-f', 'mpegts', 'pipe:1'];
    return (await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: MAX_OUTPUT })).stdout;
  });
}

export interface ProbedPacket {
  readonly codec_type: 'video' | 'audio';
  readonly pts: number;
  readonly dts: number;
  readonly flags: string;
  readonly data_hash: string;
}

/** Every packet as ffprobe sees it, and everything it complains of. */
export async function probe(bytes: Buffer): Promise<{ packets: ProbedPacket[]; complaints: string }> {
  return inDirectory(async (directory) => {
    const path = join(directory, 'film.ts');
    await writeFile(path, bytes);
    const show = ['-show_packets', '-show_data_hash', 'md5', '-of', 'json'];
    const { stdout, stderr } = await run('ffprobe', ['-v', 'error', ...show, path], { maxBuffer: MAX_OUTPUT });
    // ffprobe prints what it was made to print; the cast trusts its documented form.
    const { packets } = JSON.parse(stdout) as { packets: ProbedPacket[] };
    return { packets, complaints: complaintsOf(stderr) };
  });
}

async function inDirectory<T>(use: (directory: string) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'ts-film-'));
  try {
    return await use(directory);
  } finally {
    await rm(directory, { recursive: true });
  }
}
