import type { Trouble } from '../../../admin/api.ts';
import { Notice } from '../../kit/parts/badge.tsx';
import { useTimes } from '../../kit/words/figures.ts';
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

/** One trouble: what, since when, what is tried next, what to do, and the detail for whoever asks. */
export function TroubleNotice({ trouble }: { trouble: Trouble }) {
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
      {why !== '' && (
        <details class="small">
          <summary>{words('detail')}</summary>
          <code>{why}</code>
        </details>
      )}
    </Notice>
  );
}
