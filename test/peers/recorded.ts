import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TimedAnswer } from '../../src/simulator/ovc/conversation.ts';
import type { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import type { RecordingReport } from '../../src/simulator/ovc/recording-ledger.ts';
import { complaintsOf } from './complaints.ts';
import { CODE } from './site.ts';

/** Recording orders to the simulated platform's device, and what came of them as players see it. */

const run = promisify(execFile);
/** Long enough for a machine that has much else to do. */
export const PATIENT = { timeoutMs: 60_000 };

/** StartCloudRecord of a session that uploads to the platform itself: segments of 2 s. */
export function startRecord(ovc: OvcSimulator, session: string, params: object = {}): Promise<TimedAnswer> {
  return ovc.request(CODE, 'StartCloudRecord', {
    ...{ session_id: session, channel: 0, max_bitrate: 0, seg_duration: 2, seg_max_size: 10_000_000 },
    ...{ seg_max_count: 4, prerecord_seconds: 0, start_ts: 0, cbk_url: ovc.recordings.callbackUrl(session) },
    ...params,
  });
}

export function stopRecord(ovc: OvcSimulator, session: string, channel = 0): Promise<TimedAnswer> {
  return ovc.request(CODE, 'StopCloudRecord', { session_id: session, channel });
}

/** The session's report, once it holds that many segments. */
export function stored(ovc: OvcSimulator, session: string, count: number): Promise<RecordingReport> {
  return ovc.waitFor(() => {
    const report = ovc.recordings.get(session);
    return report && report.segments.length >= count && report;
  }, PATIENT);
}

/** The session's report, once the recorder has ended it. */
export function saved(ovc: OvcSimulator, session: string): Promise<RecordingReport> {
  return ovc.waitFor(() => {
    const report = ovc.recordings.get(session);
    return report?.saved && report;
  }, PATIENT);
}

export const keepaliveSays = (ovc: OvcSimulator, channel = 0) =>
  ovc.devices.get(CODE)?.report.channels.find((entry) => entry.channel === channel);

/** After which segments the time stamps do not go on: something is missing there, or there twice. */
export function holes({ segments }: RecordingReport): string[] {
  const pairs = segments.slice(1).map((segment, index) => ({ segment, before: segments[index] ?? segment }));
  return pairs
    .filter(({ segment, before }) => Math.abs(segment.nextDts - segment.duration * 90_000 - before.nextDts) > 1)
    .map(({ before }) => before.name);
}

/** All packets of a list or a single segment, as ffprobe gets them from the platform, and what it complains of. */
export async function play(url: string) {
  const show = ['-show_entries', 'packet=codec_type,dts_time,duration_time', '-of', 'json'];
  const { stdout, stderr } = await run('ffprobe', ['-v', 'error', ...show, url], { maxBuffer: 2 ** 26 });
  // ffprobe prints what it was made to print; the cast trusts its documented form.
  const { packets } = JSON.parse(stdout) as { packets: Array<{ codec_type: string; dts_time: string }> };
  const times = (type: string) =>
    packets.filter(({ codec_type }) => codec_type === type).map(({ dts_time }) => Number(dts_time));
  return { complaints: complaintsOf(stderr), video: times('video'), audio: times('audio') };
}

/** The size of a segment's pictures, such as 640x360. */
export async function sizeOf(url: string): Promise<string> {
  const show = ['-show_entries', 'stream=width,height', '-of', 'csv=p=0:s=x'];
  const { stdout } = await run('ffprobe', ['-v', 'error', '-select_streams', 'v', ...show, url]);
  return stdout.split('\n')[0] ?? '';
}

/** Steps from one time to the next that are not one frame, in seconds. */
export function strides(times: readonly number[], frameSeconds: number): number[] {
  const steps = times.slice(1).map((time, index) => time - (times[index] ?? 0));
  return steps.filter((step) => Math.abs(step - frameSeconds) > frameSeconds / 4);
}

/** What is on disk of a channel's sessions under a gateway's state directory. */
export function spooled(stateDirectory: string, channel = 0): string[] {
  try {
    const names = readdirSync(join(stateDirectory, 'spool'), { recursive: true, encoding: 'utf8' });
    return names.filter((name) => name.startsWith(`${channel}-`)).sort();
  } catch {
    return []; // No spool directory: nothing was ever written.
  }
}
