import { setTimeout as delay } from 'node:timers/promises';
import { mean } from '../figures.ts';
import type { MeasuredGateway } from '../gateway.ts';
import type { BenchOptions } from '../options.ts';
import { processPssMb, treeCost } from '../process-tree.ts';
import type { Row } from '../report.ts';
import type { Stage } from '../stage.ts';

/** What it costs to push all cameras at once, and to record them too, beside the same by plain ffmpegs. */

/** For the Node process beside the segments that it holds. */
export const NODE_BUDGET_MB = { process: 90, channel: 4 } as const;

interface Cost {
  /** Of one core. */
  readonly cpuPercent: number;
  readonly pssMb: number;
  /** Without the segments that a gateway holds in memory because it was told to. */
  readonly bareMb: number;
  /** RTSP sessions for each camera. */
  readonly sessions: number;
}

/** How long to measure, and after what. */
interface Span {
  readonly settleMs: number;
  readonly windowMs: number;
}

/** All cameras live. */
export async function liveCost(stage: Stage, options: BenchOptions): Promise<Row[]> {
  return rows(await turnsOf(stage, options, 'live'), 'live');
}

/** All cameras live and recording; half of the sessions are paused and keep what comes before an alarm. */
export async function recordCost(stage: Stage, options: BenchOptions): Promise<Row[]> {
  return rows(await turnsOf(stage, options, 'live + recording'), 'live + recording');
}

type Job = 'live' | 'live + recording';

/** Turns of both sides, one after the other, so that a machine that changes its mood changes it for both. */
async function turnsOf(stage: Stage, options: BenchOptions, job: Job): Promise<Turns> {
  const { cameras, seconds, turns, settleMs, warmMs } = options;
  const span = { settleMs, windowMs: (seconds * 1000) / turns };
  const gateway = await stage.gateway({ channels: await stage.onvifChannels() });
  await gateway.camerasOnline();
  const ours: Cost[] = [];
  const theirs: Cost[] = [];
  const nodePss: number[] = [];
  for (let turn = 1; turn <= turns; turn++) {
    const names = Array.from({ length: cameras }, () => stage.name('ours'));
    const warmed = turn > 1 ? span : { ...span, settleMs: settleMs + warmMs };
    ours.push(await gatewayCost(stage, gateway, { names, span: warmed, job }));
    nodePss.push(processPssMb(gateway.pid));
    if (job !== 'live') await Promise.all(names.map((name, channel) => gateway.stopRecord(channel, name)));
    await Promise.all(names.map((name, channel) => gateway.unpublish(channel, name)));
    if (turn === turns) await stage.stop(gateway);
    await camerasFree(stage);
    theirs.push(await ffmpegCost(stage, cameras, { span, job }));
  }
  return { ours, theirs, nodePss, cameras };
}

async function gatewayCost(
  stage: Stage,
  gateway: MeasuredGateway,
  { names, span, job }: { names: readonly string[]; span: Span; job: Job },
): Promise<Cost> {
  await Promise.all(names.map((name, channel) => gateway.publish(channel, name)));
  await Promise.all(names.map((name) => stage.keyFrames(name)));
  if (job !== 'live') await Promise.all(names.map((name, channel) => recorded(stage, gateway, { name, channel })));
  const held = async (): Promise<number> =>
    ((await gateway.metric('ovd_backlog_bytes')) + (await gateway.metric('ovd_prerecord_bytes'))) / 1_000_000;
  return steadyCost(stage, [gateway.pid], span, held);
}

async function recorded(
  { ovc }: Stage,
  gateway: MeasuredGateway,
  { name, channel }: { name: string; channel: number },
): Promise<void> {
  ovc.recordings.gate(name, channel % 2 === 0);
  await gateway.record(channel, name);
}

async function ffmpegCost(stage: Stage, cameras: number, { span, job }: { span: Span; job: Job }): Promise<Cost> {
  const names = Array.from({ length: cameras }, () => stage.name('plain'));
  const pushes = await Promise.all(names.map((name, camera) => stage.plainPush(camera, name)));
  if (job !== 'live') {
    pushes.push(...(await Promise.all(names.map((name, camera) => stage.plainSegments(camera, name)))));
  }
  await Promise.all(names.map((name) => stage.keyFrames(name)));
  const roots = pushes.map(({ pid }) => pid);
  const cost = await steadyCost(stage, roots, span);
  await Promise.all(pushes.map((push) => stage.stop(push)));
  await camerasFree(stage);
  return cost;
}

async function steadyCost(
  stage: Stage,
  roots: readonly number[],
  { settleMs, windowMs }: Span,
  heldMb = async (): Promise<number> => 0,
): Promise<Cost> {
  await delay(settleMs);
  const heldBefore = await heldMb();
  const before = { ...treeCost(roots), atMs: performance.now() };
  await delay(windowMs);
  const after = { ...treeCost(roots), atMs: performance.now() };
  const cpuPercent = (100 * (after.cpuMs - before.cpuMs)) / (after.atMs - before.atMs);
  const pssMb = (before.pssMb + after.pssMb) / 2;
  const bareMb = pssMb - (heldBefore + (await heldMb())) / 2;
  return { cpuPercent, pssMb, bareMb, sessions: mean(await stage.players()) };
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

/** The limits of the architecture, where there are any for the job. */
const BUDGET: Readonly<Record<Job, { readonly cpuPercent?: { ratio: number }; readonly pssMb?: { ratio: number } }>> = {
  live: {},
  'live + recording': { cpuPercent: { ratio: 0.65 }, pssMb: { ratio: 0.6 } },
};

function rows({ ours, theirs, nodePss, cameras }: Turns, job: Job): Row[] {
  const side = (costs: readonly Cost[], field: keyof Cost): number[] => costs.map((cost) => cost[field]);
  const both = (field: keyof Cost): Pick<Row, 'figure' | 'samples' | 'peer' | 'peerSamples'> => {
    const [samples, peerSamples] = [side(ours, field), side(theirs, field)];
    return { figure: mean(samples), samples, peer: mean(peerSamples), peerSamples };
  };
  const ratio = (field: 'cpuPercent' | 'pssMb'): Pick<Row, 'budget'> => {
    const budget = BUDGET[job][field];
    return budget ? { budget } : {};
  };
  const most = NODE_BUDGET_MB.process + NODE_BUDGET_MB.channel * cameras;
  return [
    { name: `${cameras} cameras ${job}: CPU`, unit: '% of a core', ...both('cpuPercent'), ...ratio('cpuPercent') },
    { name: `${cameras} cameras ${job}: PSS`, unit: 'MB', ...both('pssMb'), ...ratio('pssMb') },
    {
      name: `${cameras} cameras ${job}: PSS beside the segments held`,
      unit: 'MB',
      ...both('bareMb'),
      ...ratio('pssMb'),
    },
    {
      ...{ name: `${cameras} cameras ${job}: PSS of the Node process`, unit: 'MB', figure: mean(nodePss) },
      ...{ samples: nodePss, budget: { most } },
    },
    { name: `RTSP sessions per camera while ${job}`, unit: 'sessions', ...both('sessions'), budget: { most: 1 } },
  ];
}
