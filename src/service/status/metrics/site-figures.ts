import type { SiteStatus } from '../../../admin/api.ts';
import type { Figure } from './exposition.ts';
import { flag, seconds, timestamp } from './units.ts';

/** The site, with what has been counted over the whole run. */
export type SiteSample = SiteStatus & { readonly reconnects: number };

/** One row for each figure of the site and its box. */
export const SITE: ReadonlyArray<Figure<SiteSample>> = [
  {
    name: 'process_start_time_seconds',
    type: 'gauge',
    help: 'When the process began.',
    value: ({ startedAt }) => timestamp(startedAt),
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
    value: ({ reconnects }) => reconnects,
  },
  {
    name: 'ovd_link_round_trip_seconds',
    type: 'gauge',
    help: 'Of the last keepalive that was answered.',
    value: ({ link }) => seconds(link.keepalive?.roundTripMs),
  },
  {
    name: 'ovd_link_last_keepalive_timestamp_seconds',
    type: 'gauge',
    help: 'When the last keepalive was answered, Unix time.',
    value: ({ link }) => timestamp(link.keepalive?.answeredAt),
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
    help: '1 while the board complains of its power or its heat.',
    value: ({ box }) => box.throttled && flag(box.throttled.some((complaint) => !complaint.endsWith('-earlier'))),
  },
  {
    name: 'ovd_box_throttled_since_boot',
    type: 'gauge',
    help: '1 when the board has complained since it was started.',
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
