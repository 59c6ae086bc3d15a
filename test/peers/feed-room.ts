import type { CameraStream } from '../../src/channel/ports.ts';
import type { FeedConsumer } from '../../src/media/feed/audience.ts';
import { Feeds, type FeedsParts } from '../../src/media/feed/feeds.ts';
import { EncoderChoice } from '../../src/media/ffmpeg/encoder-choice.ts';
import { type FlvTag, isKeyFrame, isSequenceHeader } from '../../src/media/flv-tag.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { GatewayError } from '../../src/runtime/errors.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { VirtualCamera, type VirtualCameraOptions } from '../../src/simulator/camera/camera.ts';
import { type LogLine, readableLog } from './readable-log.ts';

export interface Ending {
  after(close: () => Promise<void>): void;
}

/** With every sign that a URL must not hold as it is. */
export const CAMERA_PASSWORD = "p@ss/w:rd?# %'&1";

/** A virtual camera that ends with the test. */
export async function startedCamera(t: Ending, options: Partial<VirtualCameraOptions> = {}): Promise<VirtualCamera> {
  const stop = new AbortController();
  const identity = { name: 'Front door', serial: 'VC-0001', mac: '02:00:00:00:00:01', username: 'admin' };
  const all = { ...identity, password: new Secret(CAMERA_PASSWORD), ...options };
  const camera = await VirtualCamera.start(all, { signal: stop.signal, log: readableLog().log });
  t.after(async () => {
    stop.abort();
    await camera.close();
  });
  return camera;
}

/** The main stream of a virtual camera, as it says; `overrides` is where it lies. */
export function streamOf(camera: Pick<VirtualCamera, 'rtspUrl'>, overrides: Partial<CameraStream> = {}): CameraStream {
  return {
    profile: 'main',
    name: 'Front door',
    url: camera.rtspUrl('main'),
    credentials: { username: 'admin', password: new Secret(CAMERA_PASSWORD) },
    video: 'H264',
    audio: 'G711',
    width: 640,
    height: 360,
    framesPerSecond: 15,
    bitsPerSecond: 600_000,
    ...overrides,
  };
}

/** Running Feeds that end with the test; their log is that of a production at level trace. */
export function runningFeeds(
  t: Ending,
  parts: Partial<FeedsParts> = {},
): { feeds: Feeds; lines: LogLine[]; stop: () => Promise<void> } {
  const { log, lines } = readableLog();
  const encoders = new EncoderChoice({ command: 'ffmpeg', clock: systemClock, log });
  const feeds = new Feeds({ command: 'ffmpeg', encoders, maxTranscodes: 1, log, ...parts });
  const life = new AbortController();
  const done = feeds.run(life.signal);
  const stop = (): Promise<void> => {
    life.abort();
    return done;
  };
  t.after(stop);
  return { feeds, lines, stop };
}

/** What a word of the feed is called in a test. */
export function kindOf(tag: FlvTag): string {
  if (isSequenceHeader(tag)) return `${tag.kind} setup`;
  return isKeyFrame(tag) ? 'key frame' : tag.kind;
}

/** A consumer that remembers what came, and can be asked to wait for a fact. */
export class Listener implements FeedConsumer {
  readonly tags: FlvTag[] = [];
  readonly downs: GatewayError[] = [];
  tsBytes = 0;
  tsHead: Buffer | undefined;
  restarts = 0;
  #wakers = new Set<() => void>();

  onTag(tag: FlvTag): void {
    this.tags.push(tag);
    this.#wake();
  }

  onTs(chunk: Buffer): void {
    this.tsHead ??= Buffer.from(chunk);
    this.tsBytes += chunk.length;
    this.#wake();
  }

  onRestart(): void {
    this.restarts++;
    this.#wake();
  }

  onDown(err: GatewayError): void {
    this.downs.push(err);
    this.#wake();
  }

  get kinds(): string[] {
    return this.tags.map(kindOf);
  }

  count(kind: string): number {
    return this.kinds.filter((each) => each === kind).length;
  }

  /** Resolves as soon as `fact` holds; the test's own time limit is the deadline. */
  async until(fact: () => boolean): Promise<void> {
    while (!fact()) {
      await new Promise<void>((resolve) => {
        const wake = (): void => {
          this.#wakers.delete(wake);
          resolve();
        };
        this.#wakers.add(wake);
      });
    }
  }

  #wake(): void {
    for (const wake of [...this.#wakers]) wake();
  }
}
