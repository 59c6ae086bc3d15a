import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { GatewayError } from '../../runtime/errors.ts';
import type { OvcSimulator } from '../../simulator/ovc/ovc-simulator.ts';
import type { RecordingReport } from '../../simulator/ovc/recording-ledger.ts';
import { LOGIN_CODE, type Stage } from './stage.ts';

/** The tour's stops at cloud recording: one session, from its order to a list that plays. */

const SESSION = 'tour-recording';
const ORDER = { session_id: SESSION, channel: 0 };
const LIMITS = { max_bitrate: 0, seg_duration: 2, seg_max_size: 20_000_000, seg_max_count: 10 };
const PRERECORD_SECONDS = 4;
const PATIENT = { timeoutMs: 20_000 };
const FFPROBE_MS = 20_000;
/** What the stamps of a list may differ from what was said of its segments: one picture at 15 a second. */
const PICTURE_SECONDS = 0.067;

const nothing: RecordingReport['segments'] = [];
const segments = ({ ovc }: Pick<Stage, 'ovc'>) => ovc.recordings.get(SESSION)?.segments ?? nothing;
const recordedSession = ({ ovc }: Stage) =>
  ovc.devices.get(LOGIN_CODE)?.report.channels.find(({ channel }) => channel === 0)?.record_session;

export const RECORDING_STOPS = [
  {
    name: 'record',
    show: async (stage: Stage): Promise<string> => {
      const { ovc } = stage;
      const more = { prerecord_seconds: PRERECORD_SECONDS, start_ts: 0, cbk_url: ovc.recordings.callbackUrl(SESSION) };
      await ordered(ovc, 'StartCloudRecord', { ...ORDER, ...LIMITS, ...more });
      await ovc.waitFor(() => recordedSession(stage) === SESSION, PATIENT);
      await ovc.waitFor(() => segments(stage).length >= 2, PATIENT);
      return `${segments(stage).length} segments delivered, record_session ${SESSION}`;
    },
  },
  {
    name: 'pause',
    show: async ({ ovc }: Stage): Promise<string> => {
      ovc.recordings.gate(SESSION, false);
      await ovc.waitFor(() => (ovc.recordings.get(SESSION)?.postponed ?? 0) >= 4, PATIENT);
      return `the gateway asks and keeps the last ${PRERECORD_SECONDS} s`;
    },
  },
  {
    name: 'resume',
    show: async (stage: Stage): Promise<string> => {
      const { ovc } = stage;
      const before = segments(stage).length;
      const openedAt = Date.now() / 1000;
      ovc.recordings.gate(SESSION, true);
      await ovc.waitFor(() => segments(stage).length >= before + 3, PATIENT);
      const early = openedAt - (segments(stage)[before]?.start ?? openedAt);
      return `the list goes on ${early.toFixed(1)} s before the gate was opened`;
    },
  },
  {
    name: 'stop recording',
    show: async (stage: Stage): Promise<string> => {
      const { ovc } = stage;
      await ordered(ovc, 'StopCloudRecord', ORDER);
      await ovc.waitFor(() => ovc.recordings.get(SESSION)?.saved && recordedSession(stage) === undefined, PATIENT);
      const { faults = [], inOrder } = ovc.recordings.get(SESSION) ?? {};
      if (!inOrder || faults.length > 0) throw failed(faults.join('; ') || 'segments out of order');
      return `${segments(stage).length} segments, all confirmed, in order`;
    },
  },
  {
    name: 'recording plays',
    show: async ({ ovc }: Stage): Promise<string> => {
      const { segments: list = nothing, gaps = [] } = ovc.recordings.get(SESSION) ?? {};
      const recorded = list.reduce((sum, { duration }) => sum + duration, 0);
      const missing = gaps.reduce((sum, { seconds }) => sum + seconds, 0);
      const span = await spanSeconds(ovc.recordings.playlistUrl(SESSION));
      if (Math.abs(span - recorded - missing) > PICTURE_SECONDS) throw failed(`it lasts ${span} s, not ${recorded} s`);
      return `ffprobe is silent, ${recorded.toFixed(1)} s as announced, ${missing.toFixed(1)} s of the pause left out`;
    },
  },
] as const;

async function ordered(ovc: OvcSimulator, method: string, params: Readonly<Record<string, unknown>>): Promise<void> {
  const given = await ovc.request(LOGIN_CODE, method, params);
  if ('err' in given && given.err) throw new GatewayError('refused', 'the gateway refused', { reason: given.err.msg });
}

/** From the first picture of a list to the end of its last; throws what ffprobe has to complain of. */
async function spanSeconds(url: string): Promise<number> {
  const args = ['-v', 'error', '-select_streams', 'v', '-show_entries', 'packet=dts_time', '-of', 'csv=p=0', url];
  const { stdout, stderr } = await promisify(execFile)('ffprobe', args, { timeout: FFPROBE_MS });
  if (stderr !== '') throw failed(stderr.trim());
  const times = stdout.split('\n').map(Number.parseFloat).filter(Number.isFinite);
  return (times.at(-1) ?? 0) - (times[0] ?? 0) + PICTURE_SECONDS;
}

function failed(reason: string): GatewayError {
  return new GatewayError('upload-failed', 'the recording is not as it should be', { reason });
}
