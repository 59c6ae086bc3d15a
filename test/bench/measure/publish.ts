import { setTimeout as delay } from 'node:timers/promises';
import { BENCH_MAIN } from '../../../src/simulator/camera/profiles.ts';
import { mean } from '../figures.ts';
import type { MeasuredGateway } from '../gateway.ts';
import type { BenchOptions } from '../options.ts';
import { medianRow, type Row } from '../report.ts';
import type { Stage } from '../stage.ts';

/**
 * From the order to the first key frame at the RTMP server. A camera that is joined in the middle of a group of pictures
 * makes everybody wait for the next key frame, up to two seconds, and chance would decide the comparison. So the
 * camera's rhythm is listened to first, and both sides are ordered at the same distances to its next key frame.
 */

const GOP_MS = BENCH_MAIN.gopSeconds * 1000;
/** A camera that begins each session with a key frame, as many do, looks like this: it comes when the session is open. */
const SOON_MS = 600;
const COLD = 0;
const STANDBY = 1;

export async function publishTimes(stage: Stage, { repeats }: BenchOptions): Promise<Row[]> {
  const channels = (await stage.onvifChannels()).slice(0, 2);
  const [cold = {}, standby = cold] = channels;
  const gateway = await stage.gateway({ channels: [cold, { ...standby, channel: STANDBY, standby: true }] });
  await gateway.camerasOnline();
  const rhythm = new Rhythm(stage, gateway);
  const soon = await pairs(
    rhythm,
    Array.from({ length: repeats }, () => SOON_MS),
  );
  const spread = await pairs(rhythm, spreadOver(GOP_MS, repeats));
  const ready: number[] = [];
  for (let run = 0; run < repeats; run++) ready.push(await rhythm.standby());
  await stage.stop(gateway);
  return [
    {
      name: 'RTMPPublish to first key frame: standby',
      ...{ unit: 'ms' as const, samples: ready, peerSamples: soon.theirs, budget: { most: 150 } },
    },
    {
      name: `RTMPPublish to first key frame: cold, camera's next comes after ${SOON_MS} ms`,
      ...{ unit: 'ms' as const, samples: soon.ours, peerSamples: soon.theirs, budget: { ratio: 0.5 } },
    },
  ]
    .map(medianRow)
    .concat({
      name: 'RTMPPublish to first key frame: cold, anywhere in the group of pictures (mean)',
      ...{ unit: 'ms', figure: mean(spread.ours), samples: spread.ours },
      ...{ peer: mean(spread.theirs), peerSamples: spread.theirs },
    });
}

/** Evenly over a length, each in the middle of its part. */
function spreadOver(length: number, parts: number): number[] {
  return Array.from({ length: parts }, (_, part) => ((part + 0.5) * length) / parts);
}

interface Pairs {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** The gateway and plain ffmpeg, each ordered at those distances to the camera's next key frame. */
async function pairs(rhythm: Rhythm, distancesMs: readonly number[]): Promise<Pairs> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (const distanceMs of distancesMs) {
    theirs.push(await rhythm.plain(distanceMs));
    ours.push(await rhythm.cold(distanceMs));
  }
  return { ours, theirs };
}

/** Orders pushes at a wished place of the camera's rhythm of key frames. */
class Rhythm {
  readonly #stage: Stage;
  readonly #gateway: MeasuredGateway;
  /** When one key frame of the camera arrived, on `performance.now()`. */
  #beatMs: number | undefined;

  constructor(stage: Stage, gateway: MeasuredGateway) {
    this.#stage = stage;
    this.#gateway = gateway;
  }

  /** A plain ffmpeg, from its spawn. */
  async plain(distanceMs: number): Promise<number> {
    const name = this.#stage.name('plain');
    await this.#sleepUntilBefore(distanceMs);
    const push = await this.#stage.plainPush(COLD, name);
    const ms = (await this.#stage.keyFrames(name)) - push.startedMs;
    await this.#stage.stop(push);
    return ms;
  }

  /** The gateway with no session to the camera, from its order. */
  async cold(distanceMs: number): Promise<number> {
    await this.#cameraFree();
    await this.#sleepUntilBefore(distanceMs);
    return this.#publish(COLD);
  }

  /** The gateway with a session to the camera kept open. */
  async standby(): Promise<number> {
    await this.#sleepUntilBefore(Math.random() * GOP_MS);
    return this.#publish(STANDBY);
  }

  async #publish(channel: number): Promise<number> {
    const stage = this.#stage;
    const name = stage.name('ours');
    const sinceMs = performance.now();
    const [seenMs] = await Promise.all([stage.keyFrames(name), this.#gateway.publish(channel, name)]);
    // The second comes when the camera sends it; the first may have waited for something.
    if (channel === COLD) this.#beatMs = await stage.keyFrames(name, 2);
    await this.#gateway.unpublish(channel, name);
    return seenMs - sinceMs;
  }

  async #sleepUntilBefore(distanceMs: number): Promise<void> {
    if (this.#beatMs === undefined) await this.#publish(COLD);
    const sinceBeatMs = performance.now() - (this.#beatMs ?? 0);
    await delay((((GOP_MS - distanceMs - sinceBeatMs) % GOP_MS) + GOP_MS) % GOP_MS);
  }

  async #cameraFree(): Promise<void> {
    while (((await this.#stage.players())[COLD] ?? 0) > 0) await delay(100);
  }
}
