import type { Clock } from '../../runtime/clock.ts';
import type { AlarmLog } from './alarm-log.ts';
import type { Bell } from './bell.ts';
import type { Tours } from './conformance/tours.ts';
import type { Device } from './device.ts';
import type { Devices } from './devices.ts';
import { eventStream, serverSentEvent } from './event-stream.ts';
import type { Faults } from './faults.ts';
import { inShort } from './recording-summary.ts';
import type { Recordings } from './recordings.ts';
import type { RtmpIngest } from './rtmp-ingest.ts';
import { snake, wireEntry, wireObject } from './wire.ts';

/** What happens, as server-sent events: of one device, and of the whole platform. */

/** `packet` for each entry of a device's record, `device` whenever its state changed. */
export function deviceEvents(device: Device, after: number, signal: AbortSignal): ReadableStream<Uint8Array> {
  let last = after;
  const changed = onChange('device', () => wireObject(device.report));
  const news = (): string => {
    const entries = device.packetsAfter(last);
    last = entries.at(-1)?.number ?? last;
    return entries.map((entry) => serverSentEvent('packet', wireEntry(entry), entry.number)).join('') + changed();
  };
  return eventStream({ news, bell: device.bell, signal });
}

export interface SiteEventsParts {
  readonly devices: Devices;
  readonly ingest: RtmpIngest | undefined;
  readonly recordings: Recordings;
  readonly alarms: AlarmLog;
  readonly tours: Tours;
  readonly faults: Faults;
  readonly bell: Bell;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

const PAUSE_MS = 500;
const SHOWN_STREAMS = 30;
const SHOWN_ALARMS = 200;

/** `devices`, `streams`, `recordings`, `tours`, `moved` (the switches of each device) and `alarms`, each whole whenever it changed, and twice a second at most. */
export function siteEvents(parts: SiteEventsParts): ReadableStream<Uint8Array> {
  const { devices, ingest, recordings, alarms, tours, faults, bell, clock, signal } = parts;
  const rows = [
    onChange('devices', () => [...devices.all.values()].map(({ report }) => wireObject(report))),
    onChange('streams', () => (ingest?.streams ?? []).slice(-SHOWN_STREAMS).map(wireObject)),
    onChange('recordings', () => recordings.all.map((report) => wireObject(inShort(report)))),
    onChange('tours', () => tours.all.map(wireObject)),
    onChange('moved', () =>
      Object.fromEntries([...devices.all.keys()].map((code) => [code, faults.moved(code).map(snake)])),
    ),
    onChange('alarms', () => alarms.all.slice(-SHOWN_ALARMS).map(wireObject)),
  ];
  const news = (): string => rows.map((row) => row()).join('');
  return eventStream({ news, bell, pause: (end) => clock.sleep(PAUSE_MS, end), signal });
}

/** The event of that name when its value is another than at the last look. */
function onChange(name: string, look: () => unknown): () => string {
  let said = '';
  return () => {
    const event = serverSentEvent(name, look());
    if (event === said) return '';
    said = event;
    return event;
  };
}
