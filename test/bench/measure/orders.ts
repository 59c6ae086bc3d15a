import { setTimeout as delay } from 'node:timers/promises';
import { BENCH_MAIN } from '../../../src/simulator/camera/profiles.ts';
import type { MeasuredGateway } from '../gateway.ts';
import type { Stage } from '../stage.ts';

const GOP_MS = BENCH_MAIN.gopSeconds * 1000;
/** The camera, and the channel, whose stream the gateway keeps open. */
export const STANDBY = 0;

/** Single pushes of single cameras, timed; and the rhythm of a camera's key frames, to order them in. */
export class Orders {
  readonly #stage: Stage;
  readonly #gateway: MeasuredGateway;
  /** By camera, when one of its key frames arrived, on `performance.now()`. */
  readonly #beats = new Map<number, number>();

  constructor(stage: Stage, gateway: MeasuredGateway) {
    this.#stage = stage;
    this.#gateway = gateway;
  }

  /** A plain ffmpeg: from its spawn to its first key frame at the RTMP server, in ms. */
  async plain(camera: number): Promise<number> {
    const name = this.#stage.name('plain');
    const push = await this.#stage.plainPush(camera, name);
    const ms = (await this.#stage.keyFrames(name)) - push.startedMs;
    await this.#stage.stop(push);
    return ms;
  }

  /** The gateway: from its order to the first key frame, in ms. */
  async gateway(camera: number): Promise<number> {
    const name = this.#stage.name('ours');
    const sinceMs = performance.now();
    const [seenMs] = await Promise.all([this.#stage.keyFrames(name), this.#gateway.publish(camera, name)]);
    await this.#gateway.unpublish(camera, name);
    return seenMs - sinceMs;
  }

  /** Learns a camera's rhythm. */
  async listen(camera: number): Promise<void> {
    const name = this.#stage.name('plain');
    const push = await this.#stage.plainPush(camera, name);
    // The second comes when the camera sends it; the first may have waited for something.
    this.#beats.set(camera, await this.#stage.keyFrames(name, 2));
    await this.#stage.stop(push);
  }

  /** Sleeps until the camera's next key frame is that far away. */
  async beforeKeyFrame(camera: number, distanceMs: number): Promise<void> {
    const sinceBeatMs = performance.now() - (this.#beats.get(camera) ?? 0);
    await delay((((GOP_MS - distanceMs - sinceBeatMs) % GOP_MS) + GOP_MS) % GOP_MS);
  }

  /** Resolves when nobody plays the camera any more; the gateway lets a stream linger for some seconds. */
  async sessionsClosed(camera: number): Promise<void> {
    while (((await this.#stage.players())[camera] ?? 0) > 0) await delay(100);
  }
}
