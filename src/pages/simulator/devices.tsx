import { Badge, type Tone } from '../kit/parts/badge.tsx';
import { Card } from '../kit/parts/card.tsx';
import { Table } from '../kit/parts/table.tsx';
import { type Device, useSite } from './site.ts';
import { useWords } from './texts.ts';

/** Who has logged in, or may. */
export function DevicesPage() {
  const words = useWords();
  const site = useSite();
  const columns = [
    { title: words('login-code'), cell: ({ code }: Device) => <a href={site.addresses.page(code)}>{code}</a> },
    { title: words('presence'), cell: (device: Device) => <Presence device={device} /> },
    { title: words('hardware'), cell: ({ models }: Device) => models?.hardware || '–' },
    { title: words('firmware'), cell: ({ models }: Device) => models?.firmware || '–' },
    { title: words('channels'), figures: true, cell: ({ channels }: Device) => channels.length },
    { title: words('logins'), figures: true, cell: ({ logins }: Device) => logins },
    { title: words('faults-found'), figures: true, cell: ({ faults }: Device) => faults },
  ];
  return (
    <Card title={words('devices')}>
      <Table
        caption={words('devices')}
        columns={columns}
        rows={site.devices.value ?? []}
        keyOf={({ code }) => code}
        empty={<NobodyYet />}
      />
    </Card>
  );
}

function NobodyYet() {
  const words = useWords();
  return (
    <>
      {words('no-device')} {words('no-device-how')}
      <br />
      <code>{`ws://${location.host}/ovc?login_code=…&login_passwd=…`}</code>
    </>
  );
}

/** Whether a device is there. A link that is down is no offline yet. */
export function Presence({ device: { presence, connected } }: { device: Device }) {
  const words = useWords();
  const [tone, key] =
    presence === 'offline'
      ? (['bad', 'offline'] as const)
      : connected
        ? (['good', 'online'] as const)
        : (['warn', 'link-down'] as const);
  return <Badge tone={tone satisfies Tone}>{words(key)}</Badge>;
}
