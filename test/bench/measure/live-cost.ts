import { setTimeout as delay } from 'node:timers/promises';
import { mean } from '../figures.ts';
import type { MeasuredGateway } from '../gateway.ts';
import type { BenchOptions } from '../options.ts';
import { processPssMb, treeCost } from '../process-tree.ts';
import type { Row } from '../report.ts';
import type { Stage } from '../stage.ts';

/** What it costs to push all cameras at once, beside the same by one plain ffmpeg for each. */

const NODE_BUDGET_MB = { process: 90, channel: 4 } as const;

interface Cost {
  /** Of one core. */
  readonly cpuPercent: number;
  readonly pssMb: number;
  /** RTSP sessions for each camera. */
  readonly sessions: number;
}

/** How long to measure, and after what. */
interface Span {
  readonly settleMs: number;
  readonly windowMs: number;
}

/** Turns of both sides, one after the other, so that a machine that changes its mood changes it for both. */
export async function liveCost(stage: Stage, { cameras, seconds, turns, settleMs }: BenchOptions): Promise<Row[]> {
  const span = { settleMs, windowMs: (seconds * 1000) / turns };
  const gateway = await stage.gateway({ channels: await stage.onvifChannels() });
  await gateway.camerasOnline();
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  const nodePss: number[] = [];
  for (let turn = 1; turn <= turns; turn++) {
    const names = Array.from({ length: cameras }, () => stage.name('ours'));
    ours.push(await gatewayCost(stage, gateway, { names, span }));
    nodePss.push(processPssMb(gateway.pid));
    await Promise.all(names.map((name, channel) => gateway.unpublish(channel, name)));
    if (turn === turns) await stage.stop(gateway);
    await camerasFree(stage);
    theirs.push(await ffmpegCost(stage, cameras, span));
  }
  return rows({ ours, theirs, nodePss, cameras });
}

async function gatewayCost(
  stage: Stage,
  gateway: MeasuredGateway,
  { names, span }: { names: readonly string[]; span: Span },
): Promise<Cost> {
  await Promise.all(names.map((name, channel) => gateway.publish(channel, name)));
  await Promise.all(names.map((name) => stage.keyFrames(name)));
  return steadyCost(stage, [gateway.pid], span);
}

async function ffmpegCost(stage: Stage, cameras: number, span: Span): Promise<Cost> {
  const names = Array.from({ length: cameras }, () => stage.name('plain'));
  const pushes = await Promise.all(names.map((name, camera) => stage.plainPush(camera, name)));
  await Promise.all(names.map((name) => stage.keyFrames(name)));
  const roots = pushes.map(({ pid }) => pid);
  const cost = await steadyCost(stage, roots, span);
  await Promise.all(pushes.map((push) => stage.stop(push)));
  await camerasFree(stage);
  return cost;
}

async function steadyCost(stage: Stage, roots: readonly number[], { settleMs, windowMs }: Span): Promise<Cost> {
  await delay(settleMs);
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
