import type { CameraAnswer, ChannelStatus } from '../../../admin/api.ts';
import { Card } from '../../kit/parts/card.tsx';
import { type Column, Table } from '../../kit/parts/table.tsx';
import { bitRate, useTimes } from '../../kit/words/figures.ts';
import { useBoxNow } from '../site.ts';
import { useNoteTexts } from '../words/trouble-texts.ts';
import { useChannelTexts } from './channel-texts.ts';
import { useChannelFacts } from './facts.ts';

/** As people write them. */
const codecName = (codec: string): string => codec.replace(/^([HG])(\d)/, '$1.$2');

type Stream = CameraAnswer['streams'][number];

/** Who the camera is, what it offers, and what it does differently. */
export function AboutCamera({ status, camera }: { status: ChannelStatus; camera: CameraAnswer | undefined }) {
  const words = useChannelTexts();
  const notes = useNoteTexts();
  const facts = useChannelFacts(status, camera);
  return (
    <Card title={words('about')}>
      <dl class="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {status.notes.length > 0 && (
        <ul class="bullets">
          {status.notes.map((note) => (
            <li key={note}>{notes(note)}</li>
          ))}
        </ul>
      )}
      {camera && camera.streams.length > 0 && <Streams streams={camera.streams} />}
    </Card>
  );
}

function Streams({ streams }: { streams: readonly Stream[] }) {
  const words = useChannelTexts();
  const size = ({ width, height, framesPerSecond }: Stream): string => {
    const pixels = width && height ? `${width}×${height}` : '–';
    return framesPerSecond ? `${pixels}, ${Math.round(framesPerSecond)}/s` : pixels;
  };
  const columns: readonly Column<Stream>[] = [
    { title: words('profile'), cell: ({ name, profile }) => name || profile },
    { title: words('video'), cell: ({ video }) => codecName(video) },
    { title: words('audio'), cell: ({ audio }) => codecName(audio ?? '–') },
    { title: words('size'), cell: size },
    { title: words('rate'), cell: ({ bitsPerSecond }) => (bitsPerSecond ? bitRate(bitsPerSecond) : '–') },
  ];
  return (
    <Table
      caption={words('streams')}
      columns={columns}
      rows={streams}
      keyOf={({ profile }) => profile}
      empty={words('events-none')}
    />
  );
}

/** What flows now: to the platform, to the recorder, out of the camera. */
export function Flow({ status }: { status: ChannelStatus }) {
  const words = useChannelTexts();
  const times = useTimes();
  const now = useBoxNow();
  const { live, recording, stream, events } = status;
  const lines: string[] = [];
  if (live?.host) lines.push(words('live-to', { host: live.host }));
  if (recording) lines.push(words('recording-parts', recording.segments));
  if (stream) {
    const { video, width, height, bitsPerSecond, keyFrameIntervalMs = 0, restarts } = stream;
    const size = width && height ? `${width}×${height}` : '';
    const seconds = (keyFrameIntervalMs / 1_000).toFixed(1);
    lines.push(words('open-detail', { video: codecName(video), size, rate: bitRate(bitsPerSecond), seconds }));
    if (restarts > 0) lines.push(words(restarts === 1 ? 'opened-once' : 'opened-often', { restarts }));
    if (stream.encoder) lines.push(words('encoder', { encoder: stream.encoder }));
  }
  if (events?.lastHeardAt) {
    lines.push(words('heard-at', { time: times.relative(Math.min(Date.parse(events.lastHeardAt), now), now) }));
  }
  if (lines.length === 0) return null;
  return <p class="soft small">{lines.join(' · ')}</p>;
}
