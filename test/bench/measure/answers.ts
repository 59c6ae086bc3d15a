import { CAMERA_LOGIN } from '../cameras.ts';
import { quantile } from '../figures.ts';
import type { BenchOptions } from '../options.ts';
import type { Row } from '../report.ts';
import type { Stage } from '../stage.ts';

const CHANNELS = 64;

/** How long a gateway with many channels takes to answer what needs no camera. */
export async function answerTimes(stage: Stage, { requests }: BenchOptions): Promise<Row[]> {
  const cameras = await stage.cameras.look();
  const channels = Array.from({ length: CHANNELS }, (_, channel) => ({
    channel,
    rtsp: { url: cameras[channel % cameras.length]?.rtspUrl ?? '', ...CAMERA_LOGIN },
  }));
  const gateway = await stage.gateway({ channels });
  await gateway.camerasOnline();
  const samples: number[] = [];
  for (let request = 0; request < requests; request++) {
    const sinceMs = performance.now();
    await gateway.ask('QueryTime', {});
    samples.push(performance.now() - sinceMs);
  }
  await stage.stop(gateway);
  const name = `answer to QueryTime, ${CHANNELS} channels`;
  return [
    { name: `${name}: median of ${requests}`, unit: 'ms', figure: quantile(samples, 0.5) },
    { name: `${name}: p99 of ${requests}`, unit: 'ms', figure: quantile(samples, 0.99), budget: { most: 5 } },
  ];
}
