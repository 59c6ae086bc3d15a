import type { ChannelStatus } from '../../../admin/api.ts';
import type { Figure, HistogramFigure } from './exposition.ts';
import type { SegmentCount } from './segment-counts.ts';
import { flag, seconds, timestamp } from './units.ts';

/** A channel, with what has been counted over the whole run, whichever sessions, streams and views came and went. */
export interface ChannelSample {
  /** Undefined for a channel that is there no more, and of which something has been counted. */
  readonly status: ChannelStatus | undefined;
  readonly segments: SegmentCount;
  readonly spooled: number;
  readonly restarts: number;
  readonly droppedGops: number;
}

export interface AlarmCount {
  readonly channel: number;
  readonly alarm: string;
  readonly count: number;
}

/** Of a channel as it is. */
const NOW: ReadonlyArray<Figure<ChannelStatus>> = [
  {
    name: 'ovd_channel_online',
    type: 'gauge',
    help: '1 while the camera is there.',
    value: ({ camera }) => flag(camera.presence === 'online'),
  },
  {
    name: 'ovd_channel_live',
    type: 'gauge',
    help: '1 while a live view flows to the platform.',
    value: ({ live }) => flag(live?.live ?? false),
  },
  {
    name: 'ovd_channel_recording',
    type: 'gauge',
    help: '1 while footage flows into a recording.',
    value: ({ recording }) => flag(recording?.flowing ?? false),
  },
  {
    name: 'ovd_channel_troubles',
    type: 'gauge',
    help: 'What is wrong with the channel.',
    value: ({ trouble }) => trouble.length,
  },
  {
    name: 'ovd_channel_alarms_active',
    type: 'gauge',
    help: 'Alarms that are on.',
    value: ({ alarms }) => alarms.length,
  },
  {
    name: 'ovd_channel_stream_bits_per_second',
    type: 'gauge',
    help: 'Of the stream that is open.',
    value: ({ stream }) => stream?.bitsPerSecond,
  },
  {
    name: 'ovd_channel_key_frame_interval_seconds',
    type: 'gauge',
    help: 'Between the last two key frames.',
    value: ({ stream }) => seconds(stream?.keyFrameIntervalMs),
  },
  {
    name: 'ovd_channel_events_last_heard_timestamp_seconds',
    type: 'gauge',
    help: 'When the camera last told something, Unix time.',
    value: ({ events }) => timestamp(events?.lastHeardAt),
  },
];

/** One row for each figure of a channel. */
export const CHANNEL: ReadonlyArray<Figure<ChannelSample>> = [
  ...NOW.map((figure) => ({ ...figure, value: ({ status }: ChannelSample) => status && figure.value(status) })),
  {
    name: 'ovd_channel_stream_restarts_total',
    type: 'counter',
    help: 'How often a stream had to be opened again.',
    value: ({ restarts }) => restarts,
  },
  {
    name: 'ovd_channel_dropped_gops_total',
    type: 'counter',
    help: 'Groups of pictures the uplink was too slow for.',
    value: ({ droppedGops }) => droppedGops,
  },
  {
    name: 'ovd_channel_segments_sent_total',
    type: 'counter',
    help: 'Segments that are delivered.',
    value: ({ segments }) => segments.sent,
  },
  {
    name: 'ovd_channel_segments_lost_total',
    type: 'counter',
    help: 'Segments that found no room, were damaged, or were given up.',
    value: ({ segments }) => segments.lost,
  },
  {
    name: 'ovd_channel_segments_spooled',
    type: 'gauge',
    help: 'Segments on disk.',
    value: ({ spooled }) => spooled,
  },
];

export const UPLOADS: HistogramFigure<ChannelSample> = {
  name: 'ovd_channel_upload_seconds',
  help: 'What an upload of a segment took.',
  value: ({ segments }) => segments.uploads,
};

export const ALARMS: Figure<AlarmCount> = {
  name: 'ovd_channel_alarms_total',
  type: 'counter',
  help: 'Alarms that have begun.',
  value: ({ count }) => count,
};
