import { useEffect, useRef, useState } from 'preact/hooks';
import type { RecordingReport } from '../../simulator/ovc/recording-ledger.ts';
import type { Wire } from '../../simulator/ovc/wire.ts';
import { Badge, Notice } from '../kit/parts/badge.tsx';
import { Button } from '../kit/parts/button.tsx';
import { Card } from '../kit/parts/card.tsx';
import { SwitchField } from '../kit/parts/field.tsx';
import { Table } from '../kit/parts/table.tsx';
import { useLoaded } from '../kit/parts/use-loaded.ts';
import { bytes, useTimes } from '../kit/words/figures.ts';
import { useKitWords } from '../kit/words/texts.ts';
import { type Recording, useSite } from './site.ts';
import { useWords } from './texts.ts';

type Report = Wire<RecordingReport>;
type Segment = Report['segments'][number];

const SHOWN_SEGMENTS = 100;

/** One recording: to look at, its segments, and what its recorder did wrong. */
export function RecordingView({ recording, onClose }: { recording: Recording; onClose: () => void }) {
  const words = useWords();
  const kitWords = useKitWords();
  const site = useSite();
  const { session, segments, fault_count, open, saved } = recording;
  const path = `api/recordings/${session}`;
  const { value } = useLoaded(() => site.client.get<Report>(site.addresses.to(path)), `${segments} ${fault_count}`);
  const playlist = site.addresses.to(`recordings/${session}.m3u8`);
  const setGate = (wanted: boolean): void => {
    site.client.send('PUT', site.addresses.to(`${path}/gate`), { open: wanted }).catch(() => undefined);
  };
  return (
    <Card
      title={words('play-of', { session })}
      aside={
        <span class="card-buttons">
          <a class="button" href={playlist}>
            {words('playlist')}
          </a>
          <Button look="bare" icon="close" aria-label={kitWords('close')} onClick={onClose} />
        </span>
      }
    >
      <Player url={playlist} label={words('play-of', { session })} />
      {!saved && <SwitchField label={words('gate-open')} hint={words('gate-hint')} value={open} onInput={setGate} />}
      {value && value.faults.length > 0 && (
        <Notice tone="bad" title={words('what-is-wrong')}>
          {value.faults.map((fault) => (
            <p key={fault}>{fault}</p>
          ))}
        </Notice>
      )}
      <details>
        <summary>{`${words('segments')} (${segments})`}</summary>
        <Segments segments={value?.segments ?? []} />
      </details>
    </Card>
  );
}

function Segments({ segments }: { segments: readonly Segment[] }) {
  const words = useWords();
  const times = useTimes();
  const columns = [
    { title: words('name'), cell: ({ name }: Segment) => <code>{name}</code> },
    { title: words('began'), cell: ({ start }: Segment) => times.clock(start * 1000) },
    { title: words('length'), figures: true, cell: ({ duration }: Segment) => `${duration.toFixed(3)} s` },
    { title: words('size'), figures: true, cell: (segment: Segment) => bytes(segment.bytes) },
    {
      title: words('state'),
      cell: ({ confirmed }: Segment) => (
        <Badge tone={confirmed ? 'good' : 'quiet'}>
          {words(confirmed ? 'segment-confirmed' : 'segment-unconfirmed')}
        </Badge>
      ),
    },
  ];
  const rows = segments.slice(-SHOWN_SEGMENTS).reverse();
  return (
    <Table
      caption={words('segments')}
      columns={columns}
      rows={rows}
      keyOf={({ name }) => name}
      empty={words('rec-none')}
    />
  );
}

function Player({ url, label }: { url: string; label: string }) {
  const words = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const [failure, setFailure] = useState<string | undefined>(undefined);
  useEffect(() => {
    const { current } = video;
    if (!current) return;
    const life = new AbortController();
    // Not in the first view: who only looks at packets needs no player.
    import('./play-list.ts')
      .then(({ playList }) => playList({ video: current, url, onFailed: setFailure }, life.signal))
      .catch((err: unknown) => setFailure(String(err)));
    return () => life.abort();
  }, [url]);
  return (
    <>
      {failure !== undefined && <Notice tone="bad" title={words('play-failed', { why: failure })} />}
      <video ref={video} class="recorded" controls autoplay muted playsInline aria-label={label} />
    </>
  );
}
