import type { SiteStatus } from '../../../admin/api.ts';
import { ALARMS, type AlarmCount, CHANNEL, type ChannelSample, UPLOADS } from './channel-figures.ts';
import { type Figure, figureLines, histogramLines } from './exposition.ts';
import { SITE } from './site-figures.ts';

/** The status and what has been counted, as Prometheus wants them. */

/** What is counted over the whole run, beside the status of the moment. */
export interface Counted {
  readonly reconnects: number;
  readonly alarms: readonly AlarmCount[];
  /** Those of the status, and those that are there no more. */
  readonly channels: ReadonlyMap<number, Omit<ChannelSample, 'status'>>;
}

const INFO: Figure<SiteStatus> = {
  name: 'ovd_build_info',
  type: 'gauge',
  help: 'The version that runs.',
  value: () => 1,
};

/** Of the process itself, by names that all Prometheus clients use. */
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
export function metricsText(status: SiteStatus, { reconnects, alarms, channels }: Counted): string {
  const site = { labels: {}, of: { ...status, reconnects } };
  const known = new Map(status.channels.map((channel) => [channel.channel, channel]));
  const each = [...channels].map(([channel, counted]) => {
    const of = { ...counted, status: known.get(channel) };
    return { labels: { channel, name: of.status?.name ?? '' }, of };
  });
  const begun = alarms.map((of) => ({ labels: { channel: of.channel, alarm: of.alarm }, of }));
  return `${[
    ...figureLines(INFO, [{ labels: { version: status.version }, of: status }]),
    ...SITE.flatMap((figure) => figureLines(figure, [site])),
    ...CHANNEL.flatMap((figure) => figureLines(figure, each)),
    ...histogramLines(UPLOADS, each),
    ...figureLines(ALARMS, begun),
    ...PROCESS.flatMap((figure) => figureLines(figure, [{ labels: {}, of: undefined }])),
  ].join('\n')}\n`;
}
