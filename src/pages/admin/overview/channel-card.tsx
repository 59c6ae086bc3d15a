import type { ChannelStatus } from '../../../admin/api.ts';
import { Badge, type Tone } from '../../kit/parts/badge.tsx';
import { bitRate } from '../../kit/words/figures.ts';
import { useTexts } from '../words/texts.ts';
import { useNoteTexts } from '../words/trouble-texts.ts';
import { Picture } from './picture.tsx';
import { TroubleNotice } from './trouble.tsx';

const PRESENCE: Readonly<Record<ChannelStatus['camera']['presence'], Tone>> = {
  online: 'good',
  offline: 'bad',
  unknown: 'quiet',
};

/** Name, state, alarms, and what flows to the platform, as small marks. */
export function ChannelMarks({ status }: { status: ChannelStatus }) {
  const words = useTexts();
  const { camera, alarms, live, recording } = status;
  return (
    <span class="marks">
      <Badge tone={PRESENCE[camera.presence]}>{words(`camera-${camera.presence}`)}</Badge>
      {alarms.map((alarm) => (
        <Badge key={alarm} tone="bad" icon="bell">
          {words(`alarm-${alarm}`)}
        </Badge>
      ))}
      {live && (
        <Badge tone={live.live ? 'accent' : 'warn'} icon="live">
          {live.live ? `${words('live')} ${bitRate(live.bitsPerSecond)}` : words('live-stuck')}
        </Badge>
      )}
      {recording && (
        <Badge tone={recording.flowing ? 'accent' : 'warn'} icon="record">
          {recording.flowing ? `${words('recording')} ${bitRate(recording.bitsPerSecond)}` : words('recording-stuck')}
        </Badge>
      )}
    </span>
  );
}

/** One channel at a glance, and the way to it. */
export function ChannelCard({ status }: { status: ChannelStatus }) {
  const words = useTexts();
  const notes = useNoteTexts();
  const { channel, name, camera, trouble } = status;
  return (
    <li class="card channel-card">
      <a href={`#/channels/${channel}`} class="channel-link">
        <Picture channel={channel} name={name} fresh={camera.presence === 'online'} />
        <span class="channel-name">
          <strong>{name}</strong>
          <span class="soft small">{words('channel-number', { channel })}</span>
        </span>
      </a>
      <ChannelMarks status={status} />
      {trouble.map((one) => (
        <TroubleNotice key={one.kind} trouble={one} status={status} />
      ))}
      {status.notes.includes('transcoding') && <p class="soft small">{notes('transcoding')}</p>}
    </li>
  );
}
