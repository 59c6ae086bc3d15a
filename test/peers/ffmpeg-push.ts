import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A small picture with a key frame every second and a tone, as fast as it is watched. */
const SOURCE = [
  ...['-re', '-f', 'lavfi', '-i', 'testsrc=size=320x240:rate=25', '-f', 'lavfi', '-i', 'sine=frequency=440'],
  ...['-c:v', 'libx264', '-preset', 'ultrafast', '-tune', 'zerolatency', '-g', '25', '-pix_fmt', 'yuv420p'],
  ...['-c:a', 'aac', '-f', 'flv'],
];

/** A real ffmpeg that pushes H.264 and AAC to an RTMP address until it is stopped or turned away. */
export class FfmpegPush {
  /** Resolves with the exit code; null when a signal ended it. */
  readonly ended: Promise<number | null>;
  readonly #child: ChildProcess;
  #said = '';

  constructor(url: string, options: readonly string[] = []) {
    this.#child = spawn('ffmpeg', ['-hide_banner', '-nostdin', '-loglevel', 'error', ...SOURCE, ...options, url], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    this.#child.stderr?.on('data', (bytes) => {
      this.#said += String(bytes);
    });
    this.ended = once(this.#child, 'close').then(([code]) => (typeof code === 'number' ? code : null));
  }

  /** What it wrote on its stderr so far. */
  get said(): string {
    return this.#said;
  }

  /** Lets it say goodbye, as a device does. */
  async stop(): Promise<void> {
    this.#child.kill('SIGTERM');
    await this.ended;
  }

  /** Ends it without a goodbye. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.ended;
  }
}
