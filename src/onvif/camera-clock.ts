import type { z } from 'zod';
import { element, number, text } from './reply.ts';
import type { Operation } from './soap.ts';

const moment = element({
  Time: element({ Hour: number, Minute: number, Second: number }),
  Date: element({ Year: number, Month: number, Day: number }),
});

const clockReply = element({
  SystemDateAndTime: element({
    DaylightSavings: text,
    TimeZone: element({ TZ: text }),
    UTCDateTime: moment,
    LocalDateTime: moment,
  }),
}).transform(({ SystemDateAndTime: { UTCDateTime, LocalDateTime, TimeZone, DaylightSavings } }): CameraClock => {
  const local = epochMs(LocalDateTime);
  const zone = zoneMs(TimeZone.TZ ?? '', DaylightSavings === 'true');
  const utc = epochMs(UTCDateTime);
  return { utc, local: local === undefined || zone === undefined ? undefined : local - zone, shown: local };
});

/** The camera's clock in ms since 1970, as its two statements of it have it; undefined where it cannot be read. */
export interface CameraClock {
  readonly utc: number | undefined;
  /** From the local time and the time zone. Some cameras have only this; some send local time as UTC. */
  readonly local: number | undefined;
  /** What it shows to people: its local time, read as if it were UTC. */
  readonly shown?: number | undefined;
}

/** The one operation that every camera should answer before a login (ONVIF Core, pre-auth). */
export const getSystemDateAndTime: Operation<CameraClock> = {
  service: 'device',
  name: 'GetSystemDateAndTime',
  reply: clockReply,
};

type Moment = z.infer<typeof moment>;

/** Date.UTC carries what overflows (24:00:00, 00:61:16) into the next unit, and that is what such cameras mean. */
function epochMs({ Date: { Year, Month, Day }, Time: { Hour, Minute, Second } }: Moment): number | undefined {
  if (Year === undefined || Year < 1970 || Year > 9998 || Month === undefined || Day === undefined) return undefined;
  const ms = Date.UTC(Year, Month - 1, Day, Hour ?? 0, Minute ?? 0, Second ?? 0);
  // WS-Security wants a four-digit year, and an absurd time of day may carry beyond it.
  return ms >= 0 && ms < LATEST_MS ? ms : undefined;
}

const LATEST_MS = Date.UTC(9999, 0);
const HOUR_MS = 3_600_000;

/** How far local time is ahead of UTC by a POSIX zone (`CST-8`, `<+0530>-5:30`), whose sign runs the other way. */
function zoneMs(zone: string, summer: boolean): number | undefined {
  const parts = /^(?:<[^>]{1,16}>|[A-Za-z]{1,16})([+-]?)(\d{1,2})(?::(\d{2}))?(?::\d{2})?(?=$|[A-Za-z,<])/.exec(zone);
  if (!parts) return /^(?:UTC|GMT|Z)$/i.test(zone) ? 0 : undefined;
  const [, sign, hours, minutes = '0'] = parts;
  const behindMs = (Number(hours) + Number(minutes) / 60) * HOUR_MS;
  return (sign === '-' ? behindMs : -behindMs) + (summer ? HOUR_MS : 0);
}

/** Less than what a camera tolerates, more than what the network and whole seconds add. */
const MOVED_MS = 1500;
/** Two statements of the same clock; a camera that gives local time for UTC is wrong by a time zone. */
const DISTINCT_MS = 60_000;

/**
 * How far the camera's clock is from ours. Holds each source's own statement, in the order in which they are believed:
 * UTC, local time, the web server's `Date`, and last our own clock, for a camera that shows a clock it does not use.
 */
export class ClockOffset {
  #statements: readonly (number | undefined)[] = [];
  #believed = 0;

  /** Camera's clock minus ours, by the source believed at present; 0 where nothing is known. */
  get ms(): number {
    return this.#statements.slice(this.#believed).find((statement) => statement !== undefined) ?? 0;
  }

  /** What the camera itself says of its clock; undefined when it says nothing. */
  get shownMs(): number | undefined {
    const [utc, local] = this.#statements;
    return utc ?? local;
  }

  /** True when the camera's clock is elsewhere by now than it was with an earlier `ms`. */
  movedSince(earlierMs: number): boolean {
    return Math.abs(this.ms - earlierMs) >= MOVED_MS;
  }

  /** Takes a reply to account; `nowMs` is our clock's reading at it. True when the camera's clock has moved. */
  heard({ utc, local }: CameraClock, date: string | undefined, nowMs: number): boolean {
    const header = Date.parse(date ?? '');
    const readings = [utc, local, Number.isNaN(header) ? undefined : header];
    if (readings.every((reading) => reading === undefined)) return false;
    const before = this.ms;
    this.#statements = readings.map((reading) => (reading === undefined ? undefined : reading - nowMs));
    return this.movedSince(before);
  }

  /** Believes the next source that says something else. False when there is none. */
  distrust(): boolean {
    const rivals = [...this.#statements, 0];
    const next = rivals.findIndex((rival, at) => {
      return at > this.#believed && rival !== undefined && Math.abs(rival - this.ms) > DISTINCT_MS;
    });
    if (next < 0) return false;
    this.#believed = next;
    return true;
  }
}
