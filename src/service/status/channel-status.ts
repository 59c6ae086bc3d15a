import type { ChannelStatus, NoteKind, Trouble } from '../../admin/api.ts';
import type { CameraSight } from '../../channel/ports.ts';
import type { ChannelState } from '../../channel/state.ts';
import type { FeedStatus } from '../../media/feed/open-feed.ts';
import type { PushStatus } from '../../media/push-status.ts';
import type { SessionStatus } from '../../recording/cloud-session.ts';
import { cameraTrouble, streamTrouble, trouble } from './troubles.ts';

/** All that the rooms say of one channel. */
export interface ChannelFacts {
  readonly channel: number;
  readonly name: string;
  readonly protocol: 'onvif' | 'rtsp';
  readonly discovered: boolean;
  readonly standby: boolean;
  readonly host: string | undefined;
  readonly state: ChannelState;
  /** When a camera that is away is tried again. */
  readonly nextTryAt: Date | undefined;
  readonly feed: FeedStatus | undefined;
  readonly push: PushStatus | undefined;
  /** What the channel records now, and what it has left to deliver. */
  readonly sessions: readonly SessionStatus[];
}

/** Since when a thing is so, which nobody else remembers; the key names the thing. */
export type SinceWhen = (key: string) => Date;

/** An offset that shows in recordings and logs. */
const CLOCK_OFF_MS = 5_000;
/** What waits for delivery without being a sign of trouble: a segment or two are always under way. */
const USUALLY_WAITING = 5;

/** A channel as the page shows it: pure, but for `sinceWhen`. */
export function channelStatus(facts: ChannelFacts, sinceWhen: SinceWhen): ChannelStatus {
  const { channel, name, protocol, discovered, state, feed } = facts;
  return {
    ...{ channel, name, protocol, discovered },
    camera: cameraStatus(facts),
    alarms: [...state.alarms],
    ...live(facts),
    ...recording(facts, sinceWhen),
    trouble: troublesOf(facts, sinceWhen),
    notes: NOTES.filter(({ when }) => when(facts)).map(({ note }) => note),
    ...(feed && { stream: streamStatus(facts, feed) }),
    ...(state.hearing && {
      events: {
        mode: state.hearing.mode,
        silent: state.hearing.silentSince !== undefined,
        ...(state.hearing.heardAt && { lastHeardAt: state.hearing.heardAt.toISOString() }),
      },
    }),
  };
}

function cameraStatus({ state: { camera }, host }: ChannelFacts): ChannelStatus['camera'] {
  const sight = camera.presence === 'online' ? camera.sight : undefined;
  return {
    presence: camera.presence,
    ...(camera.presence !== 'unknown' && { since: camera.since.toISOString() }),
    ...(host !== undefined && { host }),
    ...(sight?.device && { device: sight.device }),
    ...(sight?.clockOffsetMs !== undefined && { clockOffsetMs: Math.round(sight.clockOffsetMs) }),
  };
}

function live({ state: { publish }, push, feed }: ChannelFacts): Pick<ChannelStatus, 'live'> {
  if (!publish) return {};
  return {
    live: {
      streamId: publish.streamId,
      live: publish.live,
      bitsPerSecond: publish.live ? (feed?.bitsPerSecond ?? 0) : 0,
      ...(publish.why !== undefined && { why: publish.why }),
      ...(push && { host: push.host, since: push.since.toISOString() }),
    },
  };
}

function recording(
  { channel, state, feed, sessions }: ChannelFacts,
  sinceWhen: SinceWhen,
): Pick<ChannelStatus, 'recording'> {
  const { recording: now } = state;
  if (!now) return {};
  const session = sessions.find(({ sessionId }) => sessionId === now.sessionId);
  return {
    recording: {
      sessionId: now.sessionId,
      since: sinceWhen(`${channel} recording ${now.sessionId}`).toISOString(),
      flowing: now.flowing,
      bitsPerSecond: now.flowing ? session?.bitsPerSecond || (feed?.bitsPerSecond ?? 0) : 0,
      ...(now.why !== undefined && { why: now.why }),
      segments: {
        sent: session?.delivered ?? 0,
        waiting: session?.waiting ?? 0,
        spooled: session?.onDisk ?? 0,
        lost: session?.lost ?? 0,
      },
    },
  };
}

function streamStatus({ state, push }: ChannelFacts, feed: FeedStatus): NonNullable<ChannelStatus['stream']> {
  const streams = state.camera.presence === 'online' ? state.camera.sight.streams : [];
  const seen = streams.find(({ profile }) => profile === feed.profile);
  return {
    profile: seen?.name ?? feed.profile,
    video: seen?.video ?? 'H264',
    ...(seen?.audio && { audio: seen.audio }),
    ...(seen?.width !== undefined && { width: seen.width }),
    ...(seen?.height !== undefined && { height: seen.height }),
    ...(seen?.framesPerSecond !== undefined && { framesPerSecond: seen.framesPerSecond }),
    bitsPerSecond: feed.bitsPerSecond,
    ...(feed.keyFrameIntervalMs !== undefined && { keyFrameIntervalMs: feed.keyFrameIntervalMs }),
    restarts: feed.restarts,
    droppedGops: push?.droppedGops ?? 0,
    transcoding: feed.video === 'transcode',
    ...(feed.encoder !== undefined && { encoder: feed.encoder }),
  };
}

/** What is wrong, the cause before its effects: of a camera that is away nothing else is told. */
function troublesOf(facts: ChannelFacts, sinceWhen: SinceWhen): Trouble[] {
  const { channel, state, nextTryAt, feed } = facts;
  const { camera, publish, hearing } = state;
  const since = (thing: string): Date => sinceWhen(`${channel} ${thing}`);
  const delivery = deliveryTroubles(facts, since);
  if (camera.presence === 'offline') {
    return [cameraTrouble(camera.why, { since: camera.since, nextTryAt }), ...delivery];
  }
  const found: Trouble[] = [];
  if (feed?.down) found.push(streamTrouble(feed.down, { since: since('stream down') }));
  else if (publish && !publish.live) {
    const row = { kind: 'publish-failed', advice: 'ask-platform' } as const;
    found.push(trouble(row, publish.why ?? 'not yet live', { since: since('not live') }));
  }
  if (state.recording && !state.recording.flowing && !feed?.down) {
    const row = { kind: 'recording-stalled', advice: 'restart-camera' } as const;
    found.push(trouble(row, state.recording.why ?? 'no footage comes', { since: since('not recording') }));
  }
  if (hearing?.silentSince && camera.presence === 'online') {
    const row = { kind: 'events-silent', advice: 'restart-camera' } as const;
    found.push(trouble(row, 'no event for longer than this camera ever was silent', { since: hearing.silentSince }));
  }
  return [...found, ...delivery];
}

function deliveryTroubles({ sessions }: ChannelFacts, since: (thing: string) => Date): Trouble[] {
  const found: Trouble[] = [];
  const waiting = sessions.reduce((sum, each) => sum + (each.paused ? 0 : each.waiting), 0);
  const lost = sessions.reduce((sum, each) => sum + each.lost, 0);
  if (waiting > USUALLY_WAITING) {
    const row = { kind: 'uploads-waiting', advice: 'check-uplink' } as const;
    found.push(trouble(row, `${waiting} segments wait for delivery`, { since: since('uploads waiting') }));
  }
  if (lost > 0) {
    const row = { kind: 'segments-lost', advice: 'free-disk-space' } as const;
    found.push(trouble(row, `${lost} segments found no room`, { since: since('segments lost') }));
  }
  return found;
}

const sightOf = ({ state: { camera } }: ChannelFacts): CameraSight | undefined =>
  camera.presence === 'online' ? camera.sight : undefined;

const NOTES: ReadonlyArray<{ readonly note: NoteKind; when(facts: ChannelFacts): boolean }> = [
  { note: 'transcoding', when: ({ feed }) => feed?.video === 'transcode' },
  { note: 'standby', when: ({ standby }) => standby },
  { note: 'discovered', when: ({ discovered }) => discovered },
  { note: 'no-events', when: ({ state, protocol }) => protocol === 'onvif' && state.hearing?.mode === 'none' },
  {
    note: 'no-sound',
    when: (facts) => sightOf(facts)?.streams.every(({ audio }) => audio === undefined) ?? false,
  },
  { note: 'clock-off', when: (facts) => Math.abs(sightOf(facts)?.clockOffsetMs ?? 0) > CLOCK_OFF_MS },
  {
    note: 'stream-without-login',
    when: (facts) => sightOf(facts)?.streams.every(({ credentials }) => !credentials) ?? false,
  },
  { note: 'uploads-paused', when: ({ sessions }) => sessions.some(({ paused }) => paused) },
  { note: 'maybe-inverted', when: ({ state }) => (state.hearing?.maybeInverted.length ?? 0) > 0 },
];
