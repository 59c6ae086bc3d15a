import type { TimedAnswer } from '../conversation.ts';
import type { RecordingReport } from '../recording-ledger.ts';
import { NO_CHANNEL, said } from './packet-rules.ts';
import { absent, fail, judged, pass, type Rule, type Verdict } from './rule.ts';
import { KEEPALIVE_MS, newName, type Trial } from './trial.ts';

/** Recording to the cloud (section 4, and the dialogue behind cbk_url), tried with the simulator's own storage. */

const END_MS = 20_000;
/** Two segments of 2 s; a camera with a key frame every ten seconds needs longer. */
const SEGMENTS_MS = 45_000;
const NOT_SUPPORTED = 101;

interface Session {
  readonly name: string;
  readonly report: () => RecordingReport | undefined;
  readonly start: () => Promise<TimedAnswer>;
  readonly stop: () => Promise<TimedAnswer>;
}

/** What is seen while the channel is being recorded; `look` may stop the recording itself. */
async function whileRecording(
  trial: Trial,
  look: (session: Session) => Promise<Verdict>,
  open = true,
): Promise<Verdict> {
  const { channel, platform } = trial;
  if (channel === undefined) return absent(NO_CHANNEL);
  const name = newName();
  const sizes = { seg_duration: 2, seg_max_size: 50_000_000, seg_max_count: 6, prerecord_seconds: 4, start_ts: 0 };
  const params = { channel, session_id: name, max_bitrate: 0, ...sizes };
  const session = {
    name,
    report: () => platform.recordings.get(name),
    start: () => trial.ask('StartCloudRecord', { ...params, cbk_url: platform.recordings.callbackUrl(name) }),
    stop: () => trial.ask('StopCloudRecord', { channel, session_id: name }),
  };
  platform.recordings.gate(name, open);
  const answer = await session.start();
  if ('err' in answer) return answer.err.code === NOT_SUPPORTED ? absent(said(answer)) : fail(said(answer));
  try {
    return await look(session);
  } finally {
    await session.stop();
  }
}

const segments = (trial: Trial, { report }: Session, count: number) =>
  trial.until(`${count} segments in the store`, SEGMENTS_MS, () => (report()?.segments.length ?? 0) >= count);

async function recordDialogue(trial: Trial): Promise<Verdict> {
  return whileRecording(trial, async (session) => {
    await segments(trial, session, 2);
    await session.stop();
    const end = await trial.until('op=save after StopCloudRecord', END_MS, () => {
      const report = session.report();
      return report?.saved && report;
    });
    const unconfirmed = end.segments
      .filter(({ confirmed }) => !confirmed)
      .map(({ name }) => `${name} is not confirmed`);
    const order = end.inOrder ? [] : ['the segments are not in order'];
    const gaps = end.gaps.map(({ seconds, after }) => `a gap of ${seconds} s after ${after}`);
    return judged(
      [...end.faults, ...unconfirmed, ...order, ...gaps],
      `${end.segments.length} segments, ${end.calls} calls`,
    );
  });
}

async function recordTold(trial: Trial): Promise<Verdict> {
  const verdict = await whileRecording(trial, async ({ name }) => {
    const says = (): boolean => trial.channelReport?.record_session === name;
    await trial.until('Keepalive with the record_session', KEEPALIVE_MS, says);
    return pass('told while it runs, and no longer afterwards');
  });
  if (verdict.outcome !== 'pass') return verdict;
  const silent = (): boolean => trial.channelReport?.record_session === undefined;
  await trial.until('Keepalive without a record_session', KEEPALIVE_MS, silent);
  return verdict;
}

async function recordTwice(trial: Trial): Promise<Verdict> {
  return whileRecording(trial, async (session) => {
    const answers = [await session.start(), await session.stop(), await session.stop()];
    const refused = answers.filter((answer) => 'err' in answer);
    return judged(refused.map(said), 'started twice, stopped twice: {} each time');
  });
}

async function recordPaused(trial: Trial): Promise<Verdict> {
  const paused = async (session: Session): Promise<Verdict> => {
    await trial.until('two calls of create, told to wait', SEGMENTS_MS, () => (session.report()?.postponed ?? 0) >= 2);
    if ((session.report()?.segments.length ?? 0) > 0) return fail('segments were uploaded while there was no address');
    trial.platform.recordings.gate(session.name, true);
    await segments(trial, session, 2);
    const faults = session.report()?.faults ?? [];
    return judged(faults, `${session.report()?.postponed} times told to wait, then uploaded`);
  };
  return whileRecording(trial, paused, false);
}

/** In the order in which they are tried. */
export const RECORD_RULES: readonly Rule[] = [
  {
    id: 'record',
    section: '4 StartCloudRecord',
    says: 'A recording is uploaded in order, without gaps, each segment asked for and confirmed as the dialogue wants it',
    tried: 'segments of 2 s until two are stored, then StopCloudRecord',
    run: recordDialogue,
  },
  {
    id: 'record-told',
    section: '4 StartCloudRecord',
    says: 'Keepalive tells the record_session while it runs',
    tried: 'start, wait for a Keepalive, stop, wait for a Keepalive',
    run: recordTold,
  },
  {
    id: 'record-again',
    section: '4 StartCloudRecord',
    says: 'The same session_id again, and a stop of a session that is over, are answered {}',
    tried: 'started twice, stopped twice',
    run: recordTwice,
  },
  {
    id: 'record-pause',
    section: '4 StartCloudRecord',
    says: 'A recorder that is given no address waits, and uploads what it kept once it gets one',
    tried: 'create is answered without an address twice, then with one',
    run: recordPaused,
  },
];
