import { BENCH_MAIN } from '../../../src/simulator/camera/profiles.ts';
import { mean } from '../figures.ts';
import type { BenchOptions } from '../options.ts';
import { medianRow, type Row } from '../report.ts';
import type { Stage } from '../stage.ts';
import { Orders, STANDBY } from './orders.ts';

const GOP_MS = BENCH_MAIN.gopSeconds * 1000;
const NAME = 'RTMPPublish to first key frame';

/**
 * From the order to the first key frame at the RTMP server. Most cameras begin a session at a key frame. With one that
 * does not, everybody waits for the next, up to two seconds, and chance would decide the comparison: so its rhythm is
 * listened to first, and both sides are ordered at the same distances to its next key frame.
 */
export async function publishTimes(stage: Stage, { repeats }: BenchOptions): Promise<Row[]> {
  const [standby = {}, ...others] = await stage.onvifChannels();
  const gateway = await stage.gateway({ channels: [{ ...standby, standby: true }, ...others] });
  await gateway.camerasOnline();
  const orders = new Orders(stage, gateway);
  const cold = others.map((_, index) => STANDBY + 1 + index);
  const prompt = await promptPairs(orders, cold, repeats);
  const midGop = await midGopPairs(stage, orders, { cameras: cold.slice(0, 2), repeats });
  const ready: number[] = [];
  for (let run = 0; run < repeats; run++) ready.push(await orders.gateway(STANDBY));
  await stage.stop(gateway);
  return [
    medianRow({
      ...{ name: `${NAME}: standby`, unit: 'ms', samples: ready },
      ...{ peerSamples: prompt.theirs, budget: { most: 150 } },
    }),
    medianRow({
      ...{ name: `${NAME}: cold`, unit: 'ms', samples: prompt.ours },
      ...{ peerSamples: prompt.theirs, budget: { ratio: 0.5 } },
    }),
    {
      ...{ name: `${NAME}: cold, camera joined mid-GOP (mean)`, unit: 'ms' },
      ...{ figure: mean(midGop.ours), samples: midGop.ours },
      ...{ peer: mean(midGop.theirs), peerSamples: midGop.theirs },
    },
  ];
}

interface Pairs {
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

/** Both sides in turns, at cameras that begin each session at a key frame. */
async function promptPairs(orders: Orders, cameras: readonly number[], runs: number): Promise<Pairs> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let run = 0; run < runs; run++) {
    const camera = cameras[run % cameras.length] ?? 0;
    theirs.push(await orders.plain(camera));
    await orders.sessionsClosed(camera);
    ours.push(await orders.gateway(camera));
  }
  return { ours, theirs };
}

/** Both sides at the same distances to the camera's next key frame, spread evenly over the group of pictures. */
async function midGopPairs(
  stage: Stage,
  orders: Orders,
  { cameras, repeats }: { cameras: readonly number[]; repeats: number },
): Promise<Pairs> {
  const ours: number[] = [];
  const theirs: number[] = [];
  await Promise.all(cameras.map((camera) => stage.cameras.habit(camera, 'rtsp-joins-mid-gop', true)));
  await Promise.all(cameras.map((camera) => orders.listen(camera)));
  for (let run = 0; run < repeats; run++) {
    const camera = cameras[run % cameras.length] ?? 0;
    const distanceMs = ((run + 0.5) * GOP_MS) / repeats;
    await orders.sessionsClosed(camera);
    await orders.beforeKeyFrame(camera, distanceMs);
    theirs.push(await orders.plain(camera));
    await orders.sessionsClosed(camera);
    await orders.beforeKeyFrame(camera, distanceMs);
    ours.push(await orders.gateway(camera));
  }
  await Promise.all(cameras.map((camera) => stage.cameras.habit(camera, 'rtsp-joins-mid-gop', false)));
  return { ours, theirs };
}
