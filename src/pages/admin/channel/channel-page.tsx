import { useMemo } from 'preact/hooks';
import type { CameraAnswer, ChannelStatus } from '../../../admin/api.ts';
import { Card } from '../../kit/parts/card.tsx';
import { Icon } from '../../kit/parts/icons.tsx';
import { useLoaded } from '../../kit/parts/use-loaded.ts';
import { LiveVideo } from '../../kit/player/live-video.tsx';
import { ChannelActions } from '../cameras/cameras-page.tsx';
import { ChannelMarks } from '../overview/channel-card.tsx';
import { Picture } from '../overview/picture.tsx';
import { TroubleNotice } from '../overview/trouble.tsx';
import { ChannelSettings } from '../settings/channel-settings.tsx';
import { useSite } from '../site.ts';
import { useTexts } from '../words/texts.ts';
import { AboutCamera, Flow } from './about-camera.tsx';
import { AlarmLine } from './alarm-line.tsx';
import { useChannelTexts } from './channel-texts.ts';
import { PtzPad } from './ptz-pad.tsx';

/** One channel: its live picture first, then all about it. */
export function ChannelPage({ channel }: { channel: number }) {
  const words = useChannelTexts();
  const status = useSite().status.value?.channels.find((one) => one.channel === channel);
  if (!status) {
    return (
      <Card>
        <h1>{words('no-such-channel')}</h1>
        <a href="#/">{words('back')}</a>
      </Card>
    );
  }
  return <ChannelView status={status} />;
}

function ChannelView({ status }: { status: ChannelStatus }) {
  const words = useChannelTexts();
  const { client } = useSite();
  const { channel, name, camera, trouble } = status;
  const online = camera.presence === 'online';
  const load = () => client.get<CameraAnswer>(`api/channels/${channel}/camera`);
  // Asked anew when the camera comes back: it may be another one.
  const { value: known, failure } = useLoaded(load, `${channel} ${online}`);
  // What stands below comes when it is known whether a pad stands between, so that nothing jumps.
  const settled = known !== undefined || failure !== undefined || !online;
  const live = useMemo(() => `api/channels/${channel}/live.flv`, [channel]);
  return (
    <div class="stack">
      <ChannelHead status={status} />
      {trouble.map((one) => (
        <TroubleNotice key={one.kind} trouble={one} status={status} />
      ))}
      <div class={online && known?.ptz ? 'channel-view channel-view-ptz' : 'channel-view'}>
        <div class="stack">
          {online ? (
            <LiveVideo url={live} label={words('live-view', { name })} poster={`api/channels/${channel}/picture`} />
          ) : (
            <figure>
              <Picture channel={channel} name={name} fresh={false} />
              <figcaption class="soft small">{words('live-off')}</figcaption>
            </figure>
          )}
          <Flow status={status} />
        </div>
        {online && known?.ptz && <PtzPad channel={channel} />}
      </div>
      {settled && <Below status={status} known={known} />}
    </div>
  );
}

function ChannelHead({ status }: { status: ChannelStatus }) {
  const words = useChannelTexts();
  const texts = useTexts();
  const { channel, name } = status;
  return (
    <header class="channel-head">
      <a class="button button-bare" href="#/" aria-label={words('back')}>
        <Icon name="back" />
      </a>
      <h1>{name}</h1>
      <span class="soft">{texts('channel-number', { channel })}</span>
      <ChannelMarks status={status} />
    </header>
  );
}

function Below({ status, known }: { status: ChannelStatus; known: CameraAnswer | undefined }) {
  const words = useChannelTexts();
  const { channel } = status;
  return (
    <>
      <AlarmLine channel={channel} />
      <AboutCamera status={status} camera={known} />
      <Card title={words('settings')}>
        <ChannelActions status={status} />
        {!status.discovered && <ChannelSettings channel={channel} />}
      </Card>
    </>
  );
}
