import { useState } from 'preact/hooks';
import type { Advice, ChannelStatus, Trouble } from '../../../admin/api.ts';
import { Notice } from '../../kit/parts/badge.tsx';
import { Button } from '../../kit/parts/button.tsx';
import { useTimes } from '../../kit/words/figures.ts';
import { LoginDialog } from '../cameras/channel-dialogs.tsx';
import { useBoxNow } from '../site.ts';
import { useTexts } from '../words/texts.ts';
import { useAdviceTexts, useTroubleTexts } from '../words/trouble-texts.ts';

/** These hinder nothing yet. */
const MILD: ReadonlySet<Trouble['kind']> = new Set([
  'uploads-waiting',
  'time-untrusted',
  'under-voltage',
  'events-silent',
]);

/** Where the advice can be followed. */
const PLACES: ReadonlyMap<Advice, 'platform' | 'system' | 'cameras'> = new Map([
  ['check-platform-login', 'platform'],
  ['check-platform-address', 'platform'],
  ['go-back-to-old-platform', 'platform'],
  ['send-support-bundle', 'system'],
  ['confirm-camera-replaced', 'cameras'],
  ['add-as-rtsp', 'cameras'],
]);

/** One trouble: what, since when, what is tried next, what to do, and the detail for whoever asks. */
export function TroubleNotice({ trouble, status }: { trouble: Trouble; status?: ChannelStatus }) {
  const words = useTexts();
  const troubles = useTroubleTexts();
  const advice = useAdviceTexts();
  const times = useTimes();
  const now = useBoxNow();
  const { kind, since, nextTryAt, why } = trouble;
  const when = [
    since && words('since', { time: times.relative(Date.parse(since), now) }),
    nextTryAt && words('next-try', { time: times.relative(Math.max(Date.parse(nextTryAt), now), now) }),
  ].filter(Boolean);
  return (
    <Notice tone={MILD.has(kind) ? 'warn' : 'bad'} title={troubles(kind)}>
      {when.length > 0 && <p class="soft small">{when.join(' · ')}</p>}
      <p>{advice(trouble.advice)}</p>
      <Remedy advice={trouble.advice} status={status} />
      {why !== '' && (
        <details class="small">
          <summary>{words('detail')}</summary>
          <code>{why}</code>
        </details>
      )}
    </Notice>
  );
}

/** The shortest way to what is advised; nothing where no page helps. */
function Remedy({ advice, status }: { advice: Advice; status: ChannelStatus | undefined }) {
  const words = useTexts();
  const [open, setOpen] = useState(false);
  const place = PLACES.get(advice);
  if (place !== undefined && location.hash !== `#/${place}`) {
    return (
      <p>
        <a href={`#/${place}`}>{words(place)}</a>
      </p>
    );
  }
  if (advice !== 'set-camera-login' || !status || status.discovered) return null;
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words('set-login')}</Button>
      {open && <LoginDialog status={status} onClose={() => setOpen(false)} />}
    </>
  );
}
