import { setTimeout as delay } from 'node:timers/promises';
import { CAMERA_LOGIN } from '../cameras.ts';
import { quantile } from '../figures.ts';
import type { MeasuredGateway } from '../gateway.ts';
import type { BenchOptions } from '../options.ts';
import { Relay } from '../relay.ts';
import type { Row } from '../report.ts';
import type { Stage } from '../stage.ts';

/** Between two orders: long enough for the camera's answer, and no divisor of anything that is regular. */
const PAUSE_MS = 37;
const PATIENCE_MS = 2_000;
const BUDGET = { most: 20 } as const;

/** How soon an order to move or to stop is at the camera. */
export async function moveTimes(stage: Stage, { cameras, moves, settleMs }: BenchOptions): Promise<Row[]> {
  const wires = new Wires();
  const channels = await wires.channels(stage);
  const gateway = await stage.gateway({ channels });
  await gateway.camerasOnline();
  await delay(settleMs);
  const quiet = await times({ gateway, wires, cameras, moves });
  const names = channels.map(() => stage.name('ours'));
  await Promise.all(names.map((name, channel) => gateway.publish(channel, name)));
  await Promise.all(names.map((name) => stage.keyFrames(name)));
  await delay(settleMs);
  const live = await times({ gateway, wires, cameras, moves });
  await Promise.all(names.map((name, channel) => gateway.unpublish(channel, name)));
  await stage.stop(gateway);
  await wires.cut();
  return [...rowsOf(`CtrlPTZ to the camera, ${cameras} online`, quiet), ...rowsOf('the same, all live', live)];
}

/** The wires from the gateway to the cameras, and who waits for something to pass. */
class Wires {
  readonly #wires: Relay[] = [];
  readonly #waiting = new Map<number, () => void>();

  async channels(stage: Stage): Promise<object[]> {
    for (const [camera, { onvifPort }] of (await stage.cameras.look()).entries()) {
      const look = (chunk: Buffer): void => {
        if (chunk.includes('<tptz:ContinuousMove>') || chunk.includes('<tptz:Stop>')) this.#waiting.get(camera)?.();
      };
      this.#wires.push(await Relay.listen(onvifPort, look));
    }
    return this.#wires.map(({ port }, channel) => ({
      channel,
      onvif: { host: '127.0.0.1', port, ...CAMERA_LOGIN },
    }));
  }

  /** `performance.now()` when the next order passes on its way to the camera. @throws Error when none does */
  async passed(camera: number): Promise<number> {
    const passing = new Promise<number>((resolve) => {
      this.#waiting.set(camera, () => resolve(performance.now()));
    });
    const patience = new AbortController();
    const late = delay(PATIENCE_MS, undefined, { signal: patience.signal }).then(() => {
      throw new Error(`nothing came to camera ${camera}`);
    });
    late.catch(() => undefined);
    try {
      return await Promise.race([passing, late]);
    } finally {
      patience.abort();
      this.#waiting.delete(camera);
    }
  }

  async cut(): Promise<void> {
    await Promise.all(this.#wires.map((wire) => wire.cut()));
  }
}

interface Site {
  readonly gateway: MeasuredGateway;
  readonly wires: Wires;
  readonly cameras: number;
  readonly moves: number;
}

async function times({ gateway, wires, cameras, moves }: Site): Promise<number[]> {
  const samples: number[] = [];
  for (let move = 0; move < moves; move++) {
    const camera = move % cameras;
    const passed = wires.passed(camera);
    passed.catch(() => undefined);
    const sinceMs = performance.now();
    gateway.ptz(camera, Math.floor(move / cameras) % 2 === 0 ? 'left' : 'stop');
    samples.push((await passed) - sinceMs);
    await delay(PAUSE_MS);
  }
  for (let camera = 0; camera < cameras; camera++) gateway.ptz(camera, 'stop');
  return samples;
}

function rowsOf(name: string, samples: readonly number[]): Row[] {
  return [
    { name: `${name}: median of ${samples.length}`, unit: 'ms', figure: quantile(samples, 0.5), samples },
    { name: `${name}: p99 of ${samples.length}`, unit: 'ms', figure: quantile(samples, 0.99), budget: BUDGET },
  ];
}
