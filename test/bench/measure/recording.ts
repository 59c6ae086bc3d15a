import { setTimeout as delay } from 'node:timers/promises';
import type { RecordingReport } from '../../../src/simulator/ovc/recording-ledger.ts';
import { mean } from '../figures.ts';
import type { MeasuredGateway } from '../gateway.ts';
import type { BenchOptions } from '../options.ts';
import { processPssMb } from '../process-tree.ts';
import type { Row } from '../report.ts';
import type { Stage } from '../stage.ts';
import { NODE_BUDGET_MB } from './live-cost.ts';

/** What recording takes when it has to wait: while the platform says not now, and after the storage was away. */

/** As long as a group of pictures of the cameras, so that much happens in little time. */
const SEGMENT_SECONDS = 2;
const BYTES_PER_MB = 1_000_000;

/** All cameras recorded and paused, with as much kept for the time before an alarm as is asked for. */
export async function pausedMemory(stage: Stage, { cameras, prerecordSeconds }: BenchOptions): Promise<Row[]> {
  const { gateway, sessions } = await recording(
    stage,
    { seg_max_count: 60, prerecord_seconds: prerecordSeconds },
    false,
  );
  const ring = prerecordSeconds / SEGMENT_SECONDS;
  for (const session of sessions)
    await gateway.moment(() => (stage.ovc.recordings.get(session)?.postponed ?? 0) > ring);
  const samples: number[] = [];
  const held: number[] = [];
  for (let look = 0; look < 3; look++) {
    await delay(1_000);
    held.push((await gateway.metric('ovd_prerecord_bytes')) / BYTES_PER_MB);
    samples.push(processPssMb(gateway.pid) - (held.at(-1) ?? 0));
  }
  await stage.stop(gateway);
  const what = `${cameras} cameras paused, ${prerecordSeconds} s of pre-record each`;
  return [
    { name: `${what}: segments held`, unit: 'MB', figure: mean(held), samples: held },
    {
      ...{ name: `${what}: PSS of the Node process beside them`, unit: 'MB' as const, figure: mean(samples), samples },
      budget: { most: NODE_BUDGET_MB.process + NODE_BUDGET_MB.channel * cameras },
    },
  ];
}

/** All cameras recorded while the storage is away for some time; then it is back. */
export async function backlogDrain(stage: Stage, { outageMs }: BenchOptions): Promise<Row[]> {
  const { ovc } = stage;
  const { gateway, sessions } = await recording(stage, { seg_max_count: 3, prerecord_seconds: 0 }, true);
  const reports = (): RecordingReport[] => sessions.flatMap((session) => ovc.recordings.get(session) ?? []);
  await gateway.moment(
    () => reports().length === sessions.length && reports().every(({ segments }) => segments.length > 0),
  );
  ovc.faults.setStorage({ down: 'refused' });
  await delay(outageMs);
  ovc.faults.clearStorage();
  const backAt = Date.now() / 1000;
  await gateway.moment(() => reports().every((report) => endOf(report) >= backAt));
  const late = reports().flatMap(({ segments }) =>
    segments.filter(({ start, duration, storedAt }) => storedAt >= backAt && start + duration < backAt),
  );
  const lost = await gateway.metric('ovd_channel_segments_lost_total');
  const holes = reports().reduce((sum, { gaps }) => sum + gaps.length, 0);
  await stage.stop(gateway);
  const storedAt = late.map((segment) => segment.storedAt);
  const seconds = Math.max(...storedAt) - Math.min(...storedAt);
  const megabytes = late.reduce((sum, { bytes }) => sum + bytes, 0) / BYTES_PER_MB;
  const what = `storage away for ${outageMs / 1000} s`;
  return [
    { name: `${what}: segments that waited`, unit: 'segments', figure: late.length },
    { name: `${what}: back, to the first of them stored`, unit: 'ms', figure: (Math.min(...storedAt) - backAt) * 1000 },
    { name: `${what}: drained, segments`, unit: 'segments/s', figure: late.length / seconds },
    { name: `${what}: drained, bytes`, unit: 'MB/s', figure: megabytes / seconds },
    { name: `${what}: lost, or missing in a list`, unit: 'segments', figure: lost + holes, budget: { most: 0 } },
  ];
}

interface Recorded {
  readonly gateway: MeasuredGateway;
  readonly sessions: readonly string[];
}

async function recording(stage: Stage, limits: object, open: boolean): Promise<Recorded> {
  const gateway = await stage.gateway({ channels: await stage.onvifChannels() });
  await gateway.camerasOnline();
  const cameras = await stage.cameras.look();
  const sessions = cameras.map(() => stage.name('kept'));
  for (const [channel, session] of sessions.entries()) {
    stage.ovc.recordings.gate(session, open);
    await gateway.record(channel, session, { seg_duration: SEGMENT_SECONDS, ...limits });
  }
  return { gateway, sessions };
}

/** Unix time. */
function endOf({ segments }: RecordingReport): number {
  const newest = segments.at(-1);
  return newest ? newest.start + newest.duration : 0;
}
