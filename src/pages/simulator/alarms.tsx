import { Badge } from '../kit/parts/badge.tsx';
import { Card } from '../kit/parts/card.tsx';
import { bytes, useTimes } from '../kit/words/figures.ts';
import { type Alarm, useSite } from './site.ts';
import { useWords } from './texts.ts';

/** Alarms as the device told them, the newest first, each with its picture. */
export function AlarmsPage() {
  const words = useWords();
  const { alarms, addresses } = useSite();
  const own = alarms.value.filter(({ device }) => device === addresses.code).reverse();
  return (
    <Card title={words('place-alarms')}>
      {own.length === 0 && <p class="empty">{words('alarms-none')}</p>}
      <ol class="alarm-list">
        {own.map((alarm) => (
          <AlarmRow key={alarm.number} alarm={alarm} />
        ))}
      </ol>
    </Card>
  );
}

function AlarmRow({ alarm: { channel, type, state, datetime, desc, at, picture } }: { alarm: Alarm }) {
  const words = useWords();
  const times = useTimes();
  const { addresses } = useSite();
  const name = words.lookUp(`alarm-${type}`) ?? String(type);
  return (
    <li class="alarm">
      <div class="alarm-picture">
        {picture?.bytes !== undefined && (
          <a href={addresses.to(`api/pictures/${picture.id}`)}>
            <img
              src={addresses.to(`api/pictures/${picture.id}`)}
              alt={words('alarm-picture', { alarm: name, channel })}
              loading="lazy"
            />
          </a>
        )}
        {state === 'start' && picture?.bytes === undefined && <span class="soft small">{words('no-picture')}</span>}
      </div>
      <div class="alarm-text">
        <p class="badges">
          <strong>{name}</strong>
          <Badge tone={state === 'start' ? 'warn' : 'quiet'}>{words(`alarm-${state}`)}</Badge>
          <span>{`${words('channel')} ${channel}`}</span>
        </p>
        <p>{desc}</p>
        <p class="soft small">
          {[
            datetime,
            times.clock(Date.parse(at)),
            ...(picture?.bytes === undefined ? [] : [`${picture.method} ${bytes(picture.bytes)}`]),
          ].join(' · ')}
        </p>
        {picture?.faults.map((fault) => (
          <Badge key={fault} tone="bad" icon="warning">
            {fault}
          </Badge>
        ))}
      </div>
    </li>
  );
}
