import { useCallback, useState } from 'preact/hooks';
import { Card } from '../kit/parts/card.tsx';
import { Table } from '../kit/parts/table.tsx';
import { LiveVideo } from '../kit/player/live-video.tsx';
import type { PlaybackState } from '../kit/player/playback.ts';
import { bitRate, bytes, useTimes } from '../kit/words/figures.ts';
import { ChannelOrders } from './orders.tsx';
import { type Stream, useSite } from './site.ts';
import { useWords } from './texts.ts';

/** More at once would keep a small machine busy with pictures that nobody can follow. */
const MOST_VIDEOS = 6;

/** What is published: pictures, figures, and what was published before. */
export function LivePage() {
  const words = useWords();
  const { streams } = useSite();
  const live = streams.value.filter((stream) => stream.live);
  return (
    <>
      <Card title={words('place-live')}>
        <ChannelOrders
          orders={{ start: ['RTMPPublish', 'live-start'], stop: ['RTMPStopPublish', 'live-stop'] }}
          runs={({ state }) => state === 2}
        />
        {live.length === 0 && <p class="empty">{words('live-none')}</p>}
        <div class="videos">
          {live.slice(-MOST_VIDEOS).map((stream) => (
            <Watched key={stream.number} stream={stream} />
          ))}
        </div>
      </Card>
      <Ended streams={streams.value.filter((stream) => !stream.live).reverse()} />
    </>
  );
}

function Watched({ stream }: { stream: Stream }) {
  const words = useWords();
  const { addresses } = useSite();
  const [shown, setShown] = useState<PlaybackState | undefined>(undefined);
  // A new function would open the stream anew.
  const onState = useCallback((state: PlaybackState) => setShown(state), []);
  const { video, audio, path, number } = stream;
  const delayMs = shown?.kind === 'playing' ? shown.now.delayMs : undefined;
  const figures: ReadonlyArray<readonly [string, string]> = [
    [words('codec'), [video?.codec, audio?.codec ?? words('no-sound')].join(' + ')],
    [words('size'), video?.width === undefined ? '–' : `${video.width} × ${video.height}`],
    [words('bit-rate'), bitRate(stream.bits_per_second)],
    [words('delay'), delayMs === undefined ? '–' : `${Math.round(delayMs)} ms`],
    [words('frames'), String(video?.frames ?? 0)],
    [words('first-key-frame'), video?.first_key_frame_ms === undefined ? '–' : `${video.first_key_frame_ms} ms`],
    [words('longest-gap'), `${Math.round(video?.longest_gap_ms ?? 0)} ms`],
  ];
  return (
    <figure class="watched">
      <LiveVideo
        url={addresses.to(`api/streams/${number}/live.flv`)}
        label={words('live-of', { path })}
        onState={onState}
      />
      <figcaption>
        <strong>{path}</strong>
        <dl class="facts">
          {figures.map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{value}</dd>
            </div>
          ))}
        </dl>
      </figcaption>
    </figure>
  );
}

function Ended({ streams }: { streams: readonly Stream[] }) {
  const words = useWords();
  const times = useTimes();
  const columns = [
    { title: words('stream'), cell: ({ path }: Stream) => path },
    { title: words('how'), cell: ({ ended }: Stream) => (ended ? words(ended.how) : '') },
    { title: words('began'), cell: ({ accepted_at }: Stream) => times.clock(Date.parse(accepted_at)) },
    { title: words('lasted'), figures: true, cell: ({ ended }: Stream) => times.span(ended?.ms ?? 0) },
    { title: words('frames'), figures: true, cell: ({ video }: Stream) => video?.frames ?? 0 },
    { title: words('size'), figures: true, cell: (stream: Stream) => bytes(stream.bytes) },
  ];
  return (
    <Card title={words('ended-streams')}>
      <Table
        caption={words('ended-streams')}
        columns={columns}
        rows={streams}
        keyOf={({ number }) => number}
        empty={words('no-ended')}
      />
    </Card>
  );
}
