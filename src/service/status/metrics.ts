import type { ChannelStatus, SiteStatus } from '../../admin/api.ts';
import type { UploadHistogram } from '../../recording/upload-times.ts';

/** The status as Prometheus wants it. One row for each figure; a figure that is undefined is left out. */

type Type = 'gauge' | 'counter';
type Value = number | undefined;

interface Figure<Of> {
  readonly name: string;
  readonly type: Type;
  readonly help: string;
  value(of: Of): Value;
}

const flag = (is: boolean): number => (is ? 1 : 0);
const seconds = (ms: Value): Value => (ms === undefined ? undefined : ms / 1_000);
const unixSeconds = (at: string | undefined): Value => (at === undefined ? undefined : Date.parse(at) / 1_000);

const SITE: ReadonlyArray<Figure<SiteStatus>> = [
  {
    name: 'ovd_start_time_seconds',
    type: 'gauge',
    help: 'When the process began.',
    value: ({ startedAt }) => unixSeconds(startedAt),
  },
  {
    name: 'ovd_link_up',
    type: 'gauge',
    help: '1 while the platform has us logged in.',
    value: ({ link }) => flag(link.state === 'up'),
  },
  {
    name: 'ovd_link_reconnects_total',
    type: 'counter',
    help: 'Logins after the first.',
    value: ({ link }) => link.reconnects,
  },
  {
    name: 'ovd_link_round_trip_seconds',
    type: 'gauge',
    help: 'Of the last keepalive that was answered.',
    value: ({ link }) => seconds(link.keepalive?.roundTripMs),
  },
  {
    name: 'ovd_link_last_keepalive_seconds',
    type: 'gauge',
    help: 'When the last keepalive was answered, Unix time.',
    value: ({ link }) => unixSeconds(link.keepalive?.answeredAt),
  },
  {
    name: 'ovd_backlog_segments',
    type: 'gauge',
    help: 'Segments that wait for delivery.',
    value: ({ backlog }) => backlog.segments,
  },
  {
    name: 'ovd_backlog_bytes',
    type: 'gauge',
    help: 'Their size, in memory and on disk.',
    value: ({ backlog }) => backlog.bytes,
  },
  {
    name: 'ovd_prerecord_segments',
    type: 'gauge',
    help: 'Segments held for the time before an alarm.',
    value: ({ prerecord }) => prerecord.segments,
  },
  {
    name: 'ovd_prerecord_bytes',
    type: 'gauge',
    help: 'Their size, in memory.',
    value: ({ prerecord }) => prerecord.bytes,
  },
  {
    name: 'ovd_backlog_alarms',
    type: 'gauge',
    help: 'Alarms that the platform has not been told of.',
    value: ({ backlog }) => backlog.alarms,
  },
  {
    name: 'ovd_faults',
    type: 'gauge',
    help: 'What is wrong with the site as a whole.',
    value: ({ faults }) => faults.length,
  },
  {
    name: 'ovd_configuration_faults',
    type: 'gauge',
    help: 'Faults of the configuration file as it is now.',
    value: ({ configuration }) => configuration.faults.length,
  },
  {
    name: 'ovd_time_trusted',
    type: 'gauge',
    help: '1 when the clock of the box can be trusted.',
    value: ({ time }) => flag(time.trusted),
  },
  { name: 'ovd_box_load1', type: 'gauge', help: 'Load of the box over one minute.', value: ({ box }) => box.load[0] },
  {
    name: 'ovd_box_temperature_celsius',
    type: 'gauge',
    help: 'Of the processor.',
    value: ({ box }) => box.temperature,
  },
  {
    name: 'ovd_box_throttled',
    type: 'gauge',
    help: '1 while the board complains.',
    value: ({ box }) => box.throttled && flag(box.throttled.length > 0),
  },
  {
    name: 'ovd_box_memory_free_bytes',
    type: 'gauge',
    help: 'Free memory of the box.',
    value: ({ box }) => box.memory.freeBytes,
  },
  {
    name: 'ovd_box_disk_free_bytes',
    type: 'gauge',
    help: 'Free where the state directory is.',
    value: ({ box }) => box.disk?.freeBytes,
  },
];

const CHANNEL: ReadonlyArray<Figure<ChannelStatus>> = [
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
    name: 'ovd_channel_stream_restarts_total',
    type: 'counter',
    help: 'How often the stream had to be opened again.',
    value: ({ stream }) => stream?.restarts,
  },
  {
    name: 'ovd_channel_dropped_gops_total',
    type: 'counter',
    help: 'Groups of pictures the uplink was too slow for.',
    value: ({ stream }) => stream?.droppedGops,
  },
  {
    name: 'ovd_channel_segments_sent_total',
    type: 'counter',
    help: 'Segments of the running session that are delivered.',
    value: ({ recording }) => recording?.segments.sent,
  },
  {
    name: 'ovd_channel_segments_spooled',
    type: 'gauge',
    help: 'Segments of the running session on disk.',
    value: ({ recording }) => recording?.segments.spooled,
  },
  {
    name: 'ovd_channel_segments_lost_total',
    type: 'counter',
    help: 'Segments of the running session that found no room.',
    value: ({ recording }) => recording?.segments.lost,
  },
  {
    name: 'ovd_channel_events_last_heard_seconds',
    type: 'gauge',
    help: 'When the camera last told something, Unix time.',
    value: ({ events }) => unixSeconds(events?.lastHeardAt),
  },
];

/** Of the process itself, by the names that all Prometheus clients use. */
const PROCESS: ReadonlyArray<Figure<undefined>> = [
  {
    name: 'process_cpu_seconds_total',
    type: 'counter',
    help: 'Time of the processor, user and system.',
    value: () => (process.cpuUsage().user + process.cpuUsage().system) / 1e6,
  },
  {
    name: 'process_resident_memory_bytes',
    type: 'gauge',
    help: 'Resident memory.',
    value: () => process.memoryUsage.rss(),
  },
  {
    name: 'nodejs_heap_size_used_bytes',
    type: 'gauge',
    help: 'Heap in use.',
    value: () => process.memoryUsage().heapUsed,
  },
];

/** All of it, in the text format 0.0.4. */
export function metricsText(status: SiteStatus, { alarms, uploads }: Counted = { alarms: [] }): string {
  const info = [
    `# HELP ovd_build_info The version that runs.`,
    `# TYPE ovd_build_info gauge`,
    `ovd_build_info{version="${escaped(status.version)}"} 1`,
  ];
  const labelled = status.channels.map((channel) => ({
    labels: `{channel="${channel.channel}",name="${escaped(channel.name)}"}`,
    of: channel,
  }));
  return `${[
    ...info,
    ...SITE.flatMap((figure) => lines(figure, [{ labels: '', of: status }])),
    ...CHANNEL.flatMap((figure) => lines(figure, labelled)),
    ...alarmLines(alarms),
    ...(uploads ? uploadLines(uploads) : []),
    ...PROCESS.flatMap((figure) => lines(figure, [{ labels: '', of: undefined }])),
  ].join('\n')}\n`;
}

/** What is counted over the whole run, beside the status of the moment. */
export interface Counted {
  readonly alarms: ReadonlyArray<{ readonly channel: number; readonly alarm: string; readonly count: number }>;
  readonly uploads?: UploadHistogram | undefined;
}

function alarmLines(alarms: Counted['alarms']): string[] {
  if (alarms.length === 0) return [];
  const samples = alarms.map(
    ({ channel, alarm, count }) => `ovd_channel_alarms_total{channel="${channel}",alarm="${escaped(alarm)}"} ${count}`,
  );
  const name = 'ovd_channel_alarms_total';
  return [`# HELP ${name} Alarms that have begun.`, `# TYPE ${name} counter`, ...samples];
}

function uploadLines({ buckets, sumMs, count }: UploadHistogram): string[] {
  const name = 'ovd_upload_seconds';
  return [
    `# HELP ${name} What an upload of a segment took.`,
    `# TYPE ${name} histogram`,
    ...buckets.map((bucket) => `${name}_bucket{le="${bucket.boundMs / 1_000}"} ${bucket.count}`),
    `${name}_bucket{le="+Inf"} ${count}`,
    `${name}_sum ${sumMs / 1_000}`,
    `${name}_count ${count}`,
  ];
}

function lines<Of>(
  { name, type, help, value }: Figure<Of>,
  samples: ReadonlyArray<{ labels: string; of: Of }>,
): string[] {
  const found = samples.flatMap(({ labels, of }) => {
    const figure = value(of);
    return figure === undefined ? [] : [`${name}${labels} ${figure}`];
  });
  return found.length === 0 ? [] : [`# HELP ${name} ${help}`, `# TYPE ${name} ${type}`, ...found];
}

function escaped(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}
