import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLog } from '../../src/runtime/log.ts';
import { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import type { StreamReport } from '../../src/simulator/ovc/rtmp-stream.ts';
import { CAMERA_LOGIN, Cameras } from './cameras.ts';
import type { Child } from './child.ts';
import { type GatewayWish, MeasuredGateway } from './gateway.ts';
import { plainPush, plainPushLine, plainSegments, plainSegmentsLine } from './plain-ffmpeg.ts';

/** Where the lines of the second peer begin among the peer lines. */
const SEGMENT_LINES = 1_000;

interface Stoppable {
  stop(): Promise<void>;
}

/**
 * What measurements are made on: the platform with its RTMP server in this process, the cameras in another one, and
 * gateways and plain ffmpegs in theirs. All on loopback; nothing is left after `close`.
 */
export class Stage {
  readonly ovc: OvcSimulator;
  /** By camera, a line to type that does what the peer did; only the name at the RTMP server differs from run to run. */
  readonly peerLines = new Map<number, string>();
  readonly #folder: string;
  readonly #running = new Set<Stoppable>();
  #cameras: Cameras | undefined;
  #names = 0;
  #closed = false;

  private constructor(ovc: OvcSimulator, folder: string) {
    this.ovc = ovc;
    this.#folder = folder;
  }

  static async open(): Promise<Stage> {
    const log = createLog({ level: 'error', scrub: (text) => text }, { write: (line) => process.stderr.write(line) });
    const folder = await mkdtemp(join(tmpdir(), 'ovd-bench-'));
    return new Stage(await OvcSimulator.listen({ accounts: 'any', log }), folder);
  }

  async startCameras(count: number): Promise<void> {
    this.#cameras = await this.#keep(Cameras.start(count));
  }

  get cameras(): Cameras {
    if (!this.#cameras) throw new Error('there are no cameras yet');
    return this.#cameras;
  }

  /** Channels for the configuration, one for each camera, by ONVIF. */
  async onvifChannels(extra: object = {}): Promise<object[]> {
    const cameras = await this.cameras.look();
    return cameras.map(({ onvifPort }, channel) => ({
      channel,
      onvif: { host: '127.0.0.1', port: onvifPort, ...CAMERA_LOGIN },
      ...extra,
    }));
  }

  /** A gateway with an account of its own. */
  gateway(wish: Pick<GatewayWish, 'channels' | 'url'>): Promise<MeasuredGateway> {
    const own = { ovc: this.ovc, code: this.name('BENCH'), folder: this.#folder };
    return this.#keep(MeasuredGateway.start({ ...own, ...wish }));
  }

  /** A plain ffmpeg that pushes a camera to that name. */
  async plainPush(camera: number, name: string): Promise<Child> {
    const { rtspUrl = '' } = (await this.cameras.look())[camera] ?? {};
    const rtmpUrl = this.ovc.rtmpUrl('live', name);
    this.peerLines.set(camera, plainPushLine(rtspUrl, rtmpUrl));
    return this.#keep(Promise.resolve(plainPush(rtspUrl, rtmpUrl)));
  }

  /** A plain ffmpeg that cuts a camera into segments on disk. */
  async plainSegments(camera: number, name: string): Promise<Child> {
    const { rtspUrl = '' } = (await this.cameras.look())[camera] ?? {};
    const folder = join(this.#folder, name);
    await mkdir(folder);
    this.peerLines.set(SEGMENT_LINES + camera, plainSegmentsLine(rtspUrl, folder));
    return this.#keep(Promise.resolve(plainSegments(rtspUrl, folder)));
  }

  /** A name that nothing else in this run has. */
  name(start: string): string {
    return `${start}${++this.#names}`;
  }

  stream(name: string): StreamReport | undefined {
    return this.ovc.streams.find(({ path }) => path === `/live/${name}`);
  }

  /** `performance.now()` of the moment at which the RTMP server had that many key frames of that name. */
  keyFrames(name: string, count = 1): Promise<number> {
    const fact = (): number | undefined =>
      (this.stream(name)?.video?.keyFrames ?? 0) >= count ? performance.now() : undefined;
    return this.ovc.waitFor(fact, { timeoutMs: 30_000 });
  }

  /** RTSP sessions that play, of each camera. */
  async players(): Promise<number[]> {
    return (await this.cameras.look()).map(({ players }) => players);
  }

  /** Ends one of the running things. */
  async stop(thing: Stoppable): Promise<void> {
    await thing.stop();
    this.#running.delete(thing);
  }

  /** Ends everything; whoever still waits for something hears that the platform closed. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([this.ovc.close(), ...[...this.#running].map((thing) => thing.stop())]);
    await rm(this.#folder, { recursive: true, force: true });
  }

  async #keep<T extends Stoppable>(starting: Promise<T>): Promise<T> {
    const thing = await starting;
    this.#running.add(thing);
    if (this.#closed) {
      await thing.stop();
      throw new Error('the benchmark was stopped');
    }
    return thing;
  }
}
