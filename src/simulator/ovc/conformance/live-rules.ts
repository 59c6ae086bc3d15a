import type { TimedAnswer } from '../conversation.ts';
import type { StreamReport } from '../rtmp-stream.ts';
import { NO_CHANNEL, said } from './packet-rules.ts';
import { absent, fail, pass, type Rule, type Verdict } from './rule.ts';
import { BACK_MS, KEEPALIVE_MS, newName, type Trial } from './trial.ts';

/** Live streams (section 4), tried with the simulator's own RTMP server. */

const KEY_FRAME_MS = 1_000;
const END_MS = 10_000;
const BITRATE_TOO_HIGH = 11;

const isLive = ({ live }: StreamReport): boolean => live;
const size = ({ video }: StreamReport): string => `${video?.codec} ${video?.width}×${video?.height}`;

function publish(trial: Trial, key: string, rest: object = {}): Promise<TimedAnswer> {
  const url = trial.platform.rtmpUrl('live', key);
  return trial.ask('RTMPPublish', { channel: trial.channel, url, stream_id: key, max_bitrate: 0, ...rest });
}

function stopPublish(trial: Trial, key: string): Promise<TimedAnswer> {
  return trial.ask('RTMPStopPublish', { channel: trial.channel, stream_id: key });
}

/** What is seen while a stream of the channel is being published; it is stopped afterwards. */
async function whileLive(trial: Trial, look: (key: string) => Promise<Verdict>): Promise<Verdict> {
  if (trial.channel === undefined) return absent(NO_CHANNEL);
  if (!trial.platform.ingest) return absent('the simulator has no RTMP server');
  const key = newName();
  const answer = await publish(trial, key);
  if ('err' in answer) return fail(`RTMPPublish: ${said(answer)}`);
  try {
    return await look(key);
  } finally {
    await stopPublish(trial, key);
  }
}

const keepaliveSays = (trial: Trial, key: string) =>
  trial.until(`Keepalive with state 2 and stream_id ${key}`, KEEPALIVE_MS, () => {
    const report = trial.channelReport;
    return report?.state === 2 && report.stream_id === key;
  });

const liveStream = (trial: Trial, key: string, ms: number) =>
  trial.until(`a running stream ${key} with a key frame`, ms, () =>
    trial.streams(key).find((stream) => stream.live && (stream.video?.keyFrames ?? 0) > 0),
  );

async function published(trial: Trial): Promise<Verdict> {
  return whileLive(trial, async (key) => {
    if (!trial.streams(key).some(isLive)) return fail('the answer came before the RTMP server had accepted a stream');
    const stream = await liveStream(trial, key, KEY_FRAME_MS);
    return pass(
      `${size(stream)}, first key frame ${stream.video?.firstKeyFrameMs} ms after the RTMP server accepted it`,
    );
  });
}

async function publishTold(trial: Trial): Promise<Verdict> {
  const verdict = await whileLive(trial, async (key) => {
    await keepaliveSays(trial, key);
    return pass('state 2 while live, 1 afterwards');
  });
  if (verdict.outcome !== 'pass') return verdict;
  await trial.until('Keepalive with state 1 and no stream_id', KEEPALIVE_MS, () => {
    const report = trial.channelReport;
    return report?.state === 1 && report.stream_id === undefined;
  });
  return verdict;
}

async function publishedTwice(trial: Trial): Promise<Verdict> {
  return whileLive(trial, async (key) => {
    const again = await publish(trial, key);
    const count = trial.streams(key).length;
    if ('err' in again) return fail(said(again));
    return count === 1 ? pass(`${said(again)}; the stream went on`) : fail(`${count} streams were published`);
  });
}

async function publishReplaced(trial: Trial): Promise<Verdict> {
  return whileLive(trial, async (key) => {
    const other = newName();
    const answer = await publish(trial, other);
    if ('err' in answer) return fail(said(answer));
    try {
      await trial.until('the first stream ends', END_MS, () => !trial.streams(key).some(isLive));
      await liveStream(trial, other, KEY_FRAME_MS);
      await keepaliveSays(trial, other);
      return pass(said(answer));
    } finally {
      await stopPublish(trial, other);
    }
  });
}

async function publishResumed(trial: Trial): Promise<Verdict> {
  return whileLive(trial, async (key) => {
    const sinceMs = trial.platform.clock.now();
    trial.platform.ingest?.cut(`/live/${key}`);
    await trial.until('the cut stream ends', END_MS, () => !trial.streams(key).some(isLive));
    await liveStream(trial, key, BACK_MS);
    const afterMs = trial.platform.clock.now() - sinceMs;
    await keepaliveSays(trial, key);
    return pass(`published again after ${(afterMs / 1000).toFixed(1)} s, with the same stream_id`);
  });
}

async function publishEnded(trial: Trial): Promise<Verdict> {
  const keys: string[] = [];
  const verdict = await whileLive(trial, async (key) => {
    keys.push(key);
    const answer = await stopPublish(trial, key);
    if ('err' in answer) return fail(said(answer));
    await trial.until('the stream ends', END_MS, () => !trial.streams(key).some(isLive));
    return pass(said(answer));
  });
  if (verdict.outcome !== 'pass') return verdict;
  const again = await stopPublish(trial, keys[0] ?? '');
  return 'err' in again ? fail(`stopped again: ${said(again)}`) : pass(`${verdict.saw}; again: ${said(again)}`);
}

async function publishRefused(trial: Trial): Promise<Verdict> {
  if (trial.channel === undefined) return absent(NO_CHANNEL);
  const { faults } = trial.platform;
  const key = newName();
  faults.setRtmp({ refusePublish: true });
  try {
    const answer = await publish(trial, key);
    return 'err' in answer ? pass(said(answer)) : fail(`${said(answer)}, though the RTMP server refused`);
  } finally {
    faults.setRtmp({ refusePublish: false });
    await stopPublish(trial, key);
  }
}

async function publishLimited(trial: Trial): Promise<Verdict> {
  if (trial.channel === undefined) return absent(NO_CHANNEL);
  const key = newName();
  const answer = await publish(trial, key, { max_bitrate: 1_000 });
  await stopPublish(trial, key);
  const refused = 'err' in answer && answer.err.code === BITRATE_TOO_HIGH;
  return refused ? pass(said(answer)) : fail(`${said(answer)}, for a limit of 1 kbit/s`);
}

async function badAddress(trial: Trial): Promise<Verdict> {
  const answer = await publish(trial, newName(), { channel: trial.channel ?? 0, url: 'http://127.0.0.1/live/x' });
  return 'err' in answer && answer.err.code === 12 ? pass(said(answer)) : fail(said(answer));
}

/** In the order in which they are tried. */
export const LIVE_RULES: readonly Rule[] = [
  {
    id: 'publish',
    section: '4 RTMPPublish',
    says: 'RTMPPublish is answered once the RTMP server has accepted the stream and its first key frame was sent',
    tried: 'the channel is published to the simulator',
    run: published,
  },
  {
    id: 'publish-told',
    section: '4 RTMPPublish',
    says: 'Keepalive says state 2 and the stream_id while live, and state 1 afterwards',
    tried: 'publish, wait for a Keepalive, stop, wait for a Keepalive',
    run: publishTold,
  },
  {
    id: 'publish-again',
    section: '4 RTMPPublish',
    says: 'The same stream_id again is answered at once, and the stream goes on',
    tried: 'RTMPPublish twice',
    run: publishedTwice,
  },
  {
    id: 'publish-replaced',
    section: '4 RTMPPublish',
    says: 'Another stream_id replaces the running stream',
    tried: 'two publishes of one channel',
    run: publishReplaced,
  },
  {
    id: 'publish-resumed',
    section: '4 RTMPPublish',
    says: 'A stream that breaks off is published again with the same stream_id',
    tried: 'the RTMP connection is cut off; 30 s at most',
    run: publishResumed,
  },
  {
    id: 'publish-limit',
    section: '4 RTMPPublish',
    says: 'A stream above max_bitrate is refused with err 11',
    tried: 'RTMPPublish with a limit of 1 kbit/s',
    run: publishLimited,
  },
  {
    id: 'publish-address',
    section: '4 RTMPPublish',
    says: 'An address that is not RTMP is refused with err 12',
    tried: 'RTMPPublish to an http address',
    run: badAddress,
  },
  {
    id: 'publish-refused',
    section: '4 RTMPPublish',
    says: 'A stream that the RTMP server refuses is answered with an error',
    tried: 'the simulator’s RTMP server refuses',
    run: publishRefused,
  },
  {
    id: 'publish-stop',
    section: '4 RTMPStopPublish',
    says: 'RTMPStopPublish ends the stream, and is answered {} also when there is none',
    tried: 'stopped twice',
    run: publishEnded,
  },
];
