import { Badge, type Tone } from '../kit/parts/badge.tsx';
import { Card } from '../kit/parts/card.tsx';
import { Table } from '../kit/parts/table.tsx';
import { type Device, useSite } from './site.ts';
import { useWords } from './texts.ts';

type Channel = Device['channels'][number];

/** The numbers of Keepalive. */
const CHANNEL_STATES = [
  ['offline', 'bad'],
  ['online', 'good'],
  ['live', 'accent'],
] as const satisfies ReadonlyArray<readonly [string, Tone]>;
const DEVICE_STATES = new Map<number | undefined, 'upgrading' | 'abnormal'>([
  [2, 'upgrading'],
  [3, 'abnormal'],
]);
const ALARM_BITS = [2, 3, 4, 5, 6, 7] as const;

/** The device in a few figures, and its channels as it last told them. */
export function ChannelsCard() {
  const words = useWords();
  const { device } = useSite();
  if (!device) return null;
  const state = DEVICE_STATES.get(device.state);
  return (
    <Card title={device.code} aside={state && <Badge tone="warn">{words(state)}</Badge>}>
      <Facts device={device} />
      <Channels channels={device.channels} />
    </Card>
  );
}

function Facts({ device: { models, logins, keepalives, faults } }: { device: Device }) {
  const words = useWords();
  const facts: ReadonlyArray<readonly [string, string | number]> = [
    [words('hardware'), models?.hardware || '–'],
    [words('firmware'), models?.firmware || '–'],
    [words('logins'), logins],
    [words('keepalives'), keepalives],
    [words('faults-found'), faults],
  ];
  return (
    <dl class="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Channels({ channels }: { channels: Device['channels'] }) {
  const words = useWords();
  const columns = [
    { title: words('channel'), cell: ({ channel }: Channel) => channel },
    { title: words('state'), cell: ({ state }: Channel) => <ChannelState state={state} /> },
    { title: words('stream'), cell: ({ stream_id }: Channel) => stream_id ?? '–' },
    { title: words('recording'), cell: ({ record_session }: Channel) => record_session ?? '–' },
    { title: words('alarms'), cell: ({ alarm }: Channel) => <AlarmBits bits={alarm ?? 0} /> },
  ];
  return (
    <Table
      caption={words('channels')}
      columns={columns}
      rows={channels}
      keyOf={({ channel }) => channel}
      empty={words('no-channels')}
    />
  );
}

function ChannelState({ state }: { state: number }) {
  const words = useWords();
  const [key, tone] = CHANNEL_STATES[state] ?? [];
  return key && tone ? <Badge tone={tone}>{words(key)}</Badge> : <span>{state}</span>;
}

function AlarmBits({ bits }: { bits: number }) {
  const words = useWords();
  const active = ALARM_BITS.filter((bit) => ((bits >> bit) & 1) === 1);
  return <>{active.map((bit) => words(`alarm-${bit}`)).join(', ') || '–'}</>;
}
