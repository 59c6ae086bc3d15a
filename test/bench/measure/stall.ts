import { setTimeout as delay } from 'node:timers/promises';
import type { MeasuredGateway } from '../gateway.ts';
import type { BenchOptions } from '../options.ts';
import { medianRow, type Row } from '../report.ts';
import type { Stage } from '../stage.ts';

const LIVE = 2;
/** Between one camera's stall and the next one's, so that each has a Keepalive of its own. */
const APART_MS = 1_300;

interface Times {
  readonly noticedMs: number;
  readonly flowsMs: number;
}

/** Cameras that freeze with their session open, one after the other, while their picture is live. */
export async function stallTimes(stage: Stage, { stalls, cameras }: BenchOptions): Promise<Row[]> {
  const gateway = await stage.gateway({ channels: await stage.onvifChannels() });
  await gateway.camerasOnline();
  const frozen = Array.from({ length: Math.min(stalls, cameras) }, (_, camera) => ({
    camera,
    name: stage.name('ours'),
  }));
  await Promise.all(frozen.map(({ camera, name }) => gateway.publish(camera, name)));
  await Promise.all(frozen.map(({ camera }) => gateway.moment(() => gateway.channel(camera)?.state === LIVE)));
  const times = await Promise.all(
    frozen.map(async (one, turn) => {
      await delay(turn * APART_MS);
      return freeze(stage, gateway, one);
    }),
  );
  await stage.stop(gateway);
  return [
    {
      name: "camera's stream stalls: to the Keepalive that says so",
      ...{ unit: 'ms' as const, samples: times.map(({ noticedMs }) => noticedMs), budget: { most: 8_000 } },
    },
    {
      name: 'camera sends again: to the next picture at the RTMP server',
      ...{ unit: 'ms' as const, samples: times.map(({ flowsMs }) => flowsMs), budget: { most: 3_000 } },
    },
  ].map(medianRow);
}

async function freeze(
  stage: Stage,
  gateway: MeasuredGateway,
  { camera, name }: { camera: number; name: string },
): Promise<Times> {
  await stage.cameras.habit(camera, 'rtsp-stalls', true);
  const stalledMs = performance.now();
  const noticedMs = await gateway.moment(() => gateway.channel(camera)?.state !== LIVE);
  const frames = stage.stream(name)?.video?.frames ?? 0;
  await stage.cameras.habit(camera, 'rtsp-stalls', false);
  const backMs = performance.now();
  const flowsMs = await gateway.moment(() => (stage.stream(name)?.video?.frames ?? 0) > frames);
  return { noticedMs: noticedMs - stalledMs, flowsMs: flowsMs - backMs };
}
