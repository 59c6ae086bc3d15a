import { setTimeout as delay } from 'node:timers/promises';
import { mean } from '../figures.ts';
import type { MeasuredGateway } from '../gateway.ts';
import type { BenchOptions } from '../options.ts';
import { processPssMb, treeCost } from '../process-tree.ts';
import type { Row } from '../report.ts';
import type { Stage } from '../stage.ts';

/** What it costs to push all cameras at once, beside the same by one plain ffmpeg for each. */

/** After the last first key frame: until buffers are filled and code is compiled. */
const SETTLE_MS = 2_000;
const NODE_BUDGET_MB = { process: 90, channel: 4 } as const;

interface Cost {
  /** Of one core. */
  readonly cpuPercent: number;
  readonly pssMb: number;
  /** RTSP sessions for each camera. */
  readonly sessions: number;
}

/** Turns of both sides, one after the other, so that a machine that changes its mood changes it for both. */
export async function liveCost(stage: Stage, { cameras, seconds, turns }: BenchOptions): Promise<Row[]> {
  const windowMs = (seconds * 1000) / turns;
  const gateway = await stage.gateway({ channels: await stage.onvifChannels() });
  await gateway.camerasOnline();
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  const nodePss: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    ours.push(await gatewayTurn(stage, gateway, { cameras, windowMs, nodePss }));
    theirs.push(await ffmpegTurn(stage, cameras, windowMs));
  }
  await stage.stop(gateway);
  return rows({ ours, theirs, nodePss, cameras });
}

interface GatewayTurn {
  readonly cameras: number;
  readonly windowMs: number;
  /** Takes what the Node process alone needed. */
  readonly nodePss: number[];
}

async function gatewayTurn(stage: Stage, gateway: MeasuredGateway, turn: GatewayTurn): Promise<Cost> {
  const names = Array.from({ length: turn.cameras }, () => stage.name('ours'));
  await Promise.all(names.map((name, channel) => gateway.publish(channel, name)));
  await Promise.all(names.map((name) => stage.keyFrames(name)));
  const cost = await steadyCost(stage, [gateway.pid], turn.windowMs);
  turn.nodePss.push(processPssMb(gateway.pid));
  await Promise.all(names.map((name, channel) => gateway.unpublish(channel, name)));
  await camerasFree(stage);
  return cost;
}

async function ffmpegTurn(stage: Stage, cameras: number, windowMs: number): Promise<Cost> {
  const names = Array.from({ length: cameras }, () => stage.name('plain'));
  const pushes = await Promise.all(names.map((name, camera) => stage.plainPush(camera, name)));
  await Promise.all(names.map((name) => stage.keyFrames(name)));
  const cost = await steadyCost(
    stage,
    pushes.map(({ pid }) => pid),
    windowMs,
  );
  await Promise.all(pushes.map((push) => stage.stop(push)));
  await camerasFree(stage);
  return cost;
}

async function steadyCost(stage: Stage, roots: readonly number[], windowMs: number): Promise<Cost> {
  await delay(SETTLE_MS);
  const before = { ...treeCost(roots), atMs: performance.now() };
  await delay(windowMs);
  const after = { ...treeCost(roots), atMs: performance.now() };
  const cpuPercent = (100 * (after.cpuMs - before.cpuMs)) / (after.atMs - before.atMs);
  return { cpuPercent, pssMb: (before.pssMb + after.pssMb) / 2, sessions: mean(await stage.players()) };
}

/** A Feed lingers for some seconds after its last push; it must not be counted with the next turn. */
async function camerasFree(stage: Stage): Promise<void> {
  while ((await stage.players()).some((players) => players > 0)) await delay(100);
}

interface Turns {
  readonly ours: readonly Cost[];
  readonly theirs: readonly Cost[];
  readonly nodePss: readonly number[];
  readonly cameras: number;
}

function rows({ ours, theirs, nodePss, cameras }: Turns): Row[] {
  const side = (costs: readonly Cost[], field: keyof Cost): number[] => costs.map((cost) => cost[field]);
  const both = (field: keyof Cost): Pick<Row, 'figure' | 'samples' | 'peer' | 'peerSamples'> => {
    const [samples, peerSamples] = [side(ours, field), side(theirs, field)];
    return { figure: mean(samples), samples, peer: mean(peerSamples), peerSamples };
  };
  const most = NODE_BUDGET_MB.process + NODE_BUDGET_MB.channel * cameras;
  return [
    { name: `${cameras} cameras live: CPU`, unit: '% of a core', ...both('cpuPercent') },
    { name: `${cameras} cameras live: PSS`, unit: 'MB', ...both('pssMb') },
    {
      ...{ name: `${cameras} cameras live: PSS of the Node process`, unit: 'MB', figure: mean(nodePss) },
      ...{ samples: nodePss, budget: { most } },
    },
    { name: 'RTSP sessions per camera while live', unit: 'sessions', ...both('sessions'), budget: { most: 1 } },
  ];
}
