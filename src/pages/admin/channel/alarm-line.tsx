import { useEffect, useState } from 'preact/hooks';
import type { AlarmEntry } from '../../../admin/api.ts';
import { Button } from '../../kit/parts/button.tsx';
import { Card } from '../../kit/parts/card.tsx';
import { Icon } from '../../kit/parts/icons.tsx';
import { useLoaded } from '../../kit/parts/use-loaded.ts';
import { useTimes } from '../../kit/words/figures.ts';
import { useBoxNow, useSite } from '../site.ts';
import { useFailureWords } from '../words/failure-words.ts';
import { useTexts } from '../words/texts.ts';
import { useChannelTexts } from './channel-texts.ts';

const DAY_MS = 86_400_000;
const FIRST_SHOWN = 6;
/** So that a short alarm can be seen and touched. */
const LEAST_PART = 0.004;

/** The alarms of a channel, newest first; news take the place of what they continue. */
function useAlarms(channel: number) {
  const site = useSite();
  const path = `api/alarms?channel=${channel}`;
  const { value, failure } = useLoaded(() => site.client.get<AlarmEntry[]>(path), path);
  const [news, setNews] = useState<readonly AlarmEntry[]>([]);
  useEffect(
    () =>
      site.listen('alarm', (alarm) => {
        if (alarm.channel === channel) setNews((before) => [...before.filter(({ id }) => id !== alarm.id), alarm]);
      }),
    [site, channel],
  );
  const all = new Map([...(value ?? []), ...news].map((alarm) => [alarm.id, alarm]));
  return { alarms: [...all.values()].sort((a, b) => Date.parse(b.start) - Date.parse(a.start)), failure };
}

/** A day as a line with a mark for each alarm, and the newest with their pictures. */
export function AlarmLine({ channel }: { channel: number }) {
  const words = useChannelTexts();
  const failureWords = useFailureWords();
  const now = useBoxNow();
  const [shown, setShown] = useState(FIRST_SHOWN);
  const { alarms, failure } = useAlarms(channel);
  return (
    <Card title={words('alarms')}>
      {failure && <p class="field-fault">{failureWords(failure)}</p>}
      <DayLine alarms={alarms} now={now} />
      {alarms.length === 0 && !failure && <p class="empty">{words('alarms-none')}</p>}
      <ol class="alarm-list">
        {alarms.slice(0, shown).map((alarm) => (
          <AlarmItem key={alarm.id} alarm={alarm} />
        ))}
      </ol>
      {alarms.length > shown && (
        <div class="buttons">
          <Button onClick={() => setShown(shown + 3 * FIRST_SHOWN)}>{words('more')}</Button>
        </div>
      )}
    </Card>
  );
}

function DayLine({ alarms, now }: { alarms: readonly AlarmEntry[]; now: number }) {
  const words = useChannelTexts();
  const from = now - DAY_MS;
  const ofDay = alarms.filter(({ start, end }) => Date.parse(end ?? start) > from);
  return (
    <figure class="day">
      <div class="day-line" role="img" aria-label={`${words('alarms-day')}: ${ofDay.length}`}>
        {ofDay.map(({ id, start, end }) => {
          const left = Math.max((Date.parse(start) - from) / DAY_MS, 0);
          const width = ((end ? Date.parse(end) : now) - Date.parse(start)) / DAY_MS;
          return <span key={id} style={{ left: `${left * 100}%`, width: `${Math.max(width, LEAST_PART) * 100}%` }} />;
        })}
      </div>
      <figcaption class="soft small">
        <span>{words('hours-ago')}</span>
        <span>{words('now')}</span>
      </figcaption>
    </figure>
  );
}

function AlarmItem({ alarm }: { alarm: AlarmEntry }) {
  const words = useChannelTexts();
  const texts = useTexts();
  const times = useTimes();
  const [start, end] = [alarm.start, alarm.end].map((at) => (at === undefined ? undefined : Date.parse(at)));
  const what = texts(`alarm-${alarm.alarm}`);
  const time = times.date(start ?? 0);
  const address = `api/alarms/${alarm.id}/picture`;
  return (
    <li class="alarm-item">
      <div class="picture">
        {alarm.picture ? (
          <a href={address} target="_blank" rel="noreferrer">
            <img src={address} alt={words('alarm-picture', { alarm: what, time })} loading="lazy" />
          </a>
        ) : (
          <Icon name="bell" />
        )}
      </div>
      <strong>{what}</strong>
      <span class="soft small">
        {time} · {end === undefined ? words('alarm-ongoing') : times.span(end - (start ?? end))}
      </span>
      {alarm.desc !== '' && <span class="soft small">{alarm.desc}</span>}
    </li>
  );
}
