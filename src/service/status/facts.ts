import type { SiteStatus } from '../../admin/api.ts';
import type { ChannelConfig, Config } from '../../config/schema.ts';
import type { Rooms } from '../../gateway/gateway.ts';
import { diskFails } from '../../gateway/kept.ts';
import type { SessionStatus } from '../../recording/cloud-session.ts';
import type { ChannelFacts } from './channel-status.ts';
import type { SiteFacts } from './site-status.ts';

/** Gathers from the rooms what the status is made of. */

/** What the rooms of the gateway say of the site. */
export function roomFacts(
  rooms: Rooms,
  { platform, channels }: Config,
): Pick<SiteFacts, 'link' | 'channels' | 'box' | 'backlog' | 'prerecord' | 'needs' | 'diskFails' | 'upgradeFailure'> {
  const { link, health, selfCheck, upgrader } = rooms;
  const configured = new Set(channels.map(({ channel }) => channel));
  const facts = rooms.discovery.channels.flatMap((entry) => channelFacts(rooms, entry, configured));
  return {
    link: { host: new URL(platform.url).host, loginCode: platform.login_code, status: link.status },
    channels: facts.sort((a, b) => a.channel - b.channel),
    box: health.reading,
    backlog: backlogOf(rooms),
    prerecord: prerecordOf(rooms),
    needs: selfCheck.faults,
    diskFails: diskFails(rooms),
    upgradeFailure: upgrader.status.failed,
  };
}

function channelFacts(rooms: Rooms, entry: ChannelConfig, configured: ReadonlySet<number>): ChannelFacts[] {
  const { channel: number, name = `Channel ${number}`, onvif, rtsp, standby } = entry;
  const state = rooms.channels.states.get(number);
  if (!state) return [];
  const streams = state.camera.presence === 'online' ? state.camera.sight.streams : [];
  return [
    {
      ...{ channel: number, name, standby, state },
      protocol: rtsp ? 'rtsp' : 'onvif',
      discovered: !configured.has(number),
      host: streams[0]?.url.hostname ?? onvif?.host ?? (rtsp && new URL(rtsp.url).hostname),
      nextTryAt: rooms.channels.at(number).nextTryAt,
      feed: rooms.feeds.statusAmong(streams),
      push: state.publish && rooms.live.statusOf(state.publish.streamId),
      sessions: rooms.recorder.status.sessions.filter((session) => session.channel === number),
    },
  ];
}

function backlogOf({ recorder, alarms }: Rooms): SiteStatus['backlog'] {
  const { sessions, spoolBytes } = recorder.status;
  return {
    segments: sum(sessions, ({ waiting }) => waiting),
    bytes: spoolBytes + sum(sessions, ({ paused, memoryBytes }) => (paused ? 0 : memoryBytes)),
    alarms: alarms.status.waiting,
  };
}

/** What is kept for the time before an alarm. */
function prerecordOf({ recorder }: Rooms): SiteStatus['prerecord'] {
  const { sessions } = recorder.status;
  return {
    segments: sum(sessions, ({ held }) => held),
    bytes: sum(sessions, ({ paused, memoryBytes }) => (paused ? memoryBytes : 0)),
  };
}

function sum(sessions: readonly SessionStatus[], figure: (session: SessionStatus) => number): number {
  return sessions.reduce((total, session) => total + figure(session), 0);
}
