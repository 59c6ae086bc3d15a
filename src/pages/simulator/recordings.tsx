import { useState } from 'preact/hooks';
import { Badge, type Tone } from '../kit/parts/badge.tsx';
import { Button } from '../kit/parts/button.tsx';
import { Card } from '../kit/parts/card.tsx';
import { Table } from '../kit/parts/table.tsx';
import { bytes, useTimes } from '../kit/words/figures.ts';
import { ChannelOrders } from './orders.tsx';
import { RecordingView } from './recording-view.tsx';
import { type Recording, useSite } from './site.ts';
import { useWords } from './texts.ts';

/** What recorders have brought, to play and to check. */
export function RecordingsPage() {
  const words = useWords();
  const times = useTimes();
  const { recordings } = useSite();
  const [chosen, setChosen] = useState<string | undefined>(undefined);
  const open = recordings.value.find(({ session }) => session === chosen);
  const columns = [
    { title: words('session'), cell: ({ session }: Recording) => <strong>{session}</strong> },
    { title: words('state'), cell: (recording: Recording) => <RecordingState recording={recording} /> },
    { title: words('began'), cell: ({ start }: Recording) => (start === undefined ? '–' : times.clock(start * 1000)) },
    { title: words('length'), figures: true, cell: ({ seconds }: Recording) => `${seconds.toFixed(1)} s` },
    { title: words('segments'), figures: true, cell: ({ segments }: Recording) => segments },
    { title: words('size'), figures: true, cell: (recording: Recording) => bytes(recording.bytes) },
    { title: words('faults-found'), figures: true, cell: ({ fault_count }: Recording) => fault_count },
    {
      title: words('play'),
      cell: ({ session, segments }: Recording) => (
        <Button
          icon="play"
          disabled={segments === 0}
          aria-pressed={session === chosen}
          onClick={() => setChosen(session)}
        >
          {words('play')}
        </Button>
      ),
    },
  ];
  return (
    <>
      {open && <RecordingView key={open.session} recording={open} onClose={() => setChosen(undefined)} />}
      <Card title={words('place-recordings')}>
        <ChannelOrders
          orders={{ start: ['StartCloudRecord', 'rec-start'], stop: ['StopCloudRecord', 'rec-stop'] }}
          runs={({ record_session }) => record_session !== undefined}
        />
        <Table
          caption={words('place-recordings')}
          columns={columns}
          rows={[...recordings.value].reverse()}
          keyOf={({ session }) => session}
          empty={words('rec-none')}
        />
      </Card>
    </>
  );
}

/** Whether it goes on, and what is wrong with it. */
export function RecordingState({ recording: { open, saved, gaps, in_order } }: { recording: Recording }) {
  const words = useWords();
  const [tone, key] = saved
    ? (['good', 'rec-complete'] as const)
    : open
      ? (['accent', 'rec-running'] as const)
      : (['warn', 'rec-paused'] as const);
  return (
    <span class="badges">
      <Badge tone={tone satisfies Tone}>{words(key)}</Badge>
      {gaps > 0 && <Badge tone="warn">{words('gaps', { count: gaps })}</Badge>}
      {!in_order && <Badge tone="bad">{words('not-in-order')}</Badge>}
    </span>
  );
}
