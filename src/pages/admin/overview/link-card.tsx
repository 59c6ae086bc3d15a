import type { SiteStatus } from '../../../admin/api.ts';
import { Badge, type Tone } from '../../kit/parts/badge.tsx';
import { Button } from '../../kit/parts/button.tsx';
import { useToasts } from '../../kit/parts/toast.tsx';
import { useCall } from '../../kit/parts/use-call.ts';
import { bytes, useTimes } from '../../kit/words/figures.ts';
import { useBoxNow, useSite } from '../site.ts';
import { useFailureWords } from '../words/failure-words.ts';
import { useTexts } from '../words/texts.ts';
import { TroubleNotice } from './trouble.tsx';

const TONES: Readonly<Record<SiteStatus['link']['state'], Tone>> = {
  up: 'good',
  down: 'bad',
  dialling: 'quiet',
  none: 'quiet',
};

/** The connection to the platform: up since when and how well, or why not and when it is tried again. */
export function LinkCard({ status }: { status: SiteStatus }) {
  const words = useTexts();
  const times = useTimes();
  const now = useBoxNow();
  const { link, backlog, configuration } = status;
  const facts = [link.host, link.loginCode].filter(Boolean);
  if (link.state === 'up' && link.since) {
    const since = Date.parse(link.since);
    facts.push(words('link-up-since', { date: times.date(since), span: times.span(now - since) }));
  }
  if (link.state === 'up' && link.keepalive) {
    const { answeredAt, roundTripMs } = link.keepalive;
    const time = times.relative(Math.min(Date.parse(answeredAt), now), now);
    facts.push(words('link-keepalive', { time, ms: Math.round(roundTripMs) }));
  }
  const waiting = backlog.segments + backlog.alarms > 0;
  const { segments, alarms } = backlog;
  return (
    <section class="card stack" aria-label={words('platform')}>
      <div class="link-head">
        <Badge tone={TONES[link.state]}>{words(`link-${link.state}`)}</Badge>
        <CameraCount channels={status.channels} />
        <span class="soft small">{facts.join(' · ')}</span>
      </div>
      {link.trouble && <TroubleNotice trouble={link.trouble} />}
      {waiting && (
        <p class="soft small">{words('backlog-waiting', { segments, alarms, size: bytes(backlog.bytes) })}</p>
      )}
      {configuration.offerUndo && <WayBack look="main" />}
    </section>
  );
}

function CameraCount({ channels }: Pick<SiteStatus, 'channels'>) {
  const words = useTexts();
  if (channels.length === 0) return null;
  const online = channels.filter(({ camera }) => camera.presence === 'online').length;
  const tone = online === channels.length ? 'good' : 'warn';
  return <Badge tone={tone}>{words('cameras-online', { online, all: channels.length })}</Badge>;
}

/** Back to the platform settings that worked. */
export function WayBack({ look = 'plain' }: { look?: 'plain' | 'main' }) {
  const words = useTexts();
  const failureWords = useFailureWords();
  const toasts = useToasts();
  const { client } = useSite();
  const call = useCall<unknown>();
  const goBack = async (): Promise<void> => {
    if (await call.start(() => client.send<object>('POST', 'api/settings/undo'))) toasts.say(words('undone'));
  };
  return (
    <div class="way-back">
      <Button look={look} busy={call.busy} onClick={() => void goBack()}>
        {words('undo-platform')}
      </Button>
      {call.failure && <p class="field-fault">{failureWords(call.failure)}</p>}
    </div>
  );
}
