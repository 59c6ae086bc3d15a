import { z } from 'zod';
import type { ClockOrder } from '../channel/ports.ts';
import type { Clock } from '../runtime/clock.ts';
import { isKind } from '../runtime/errors.ts';
import { type CameraClock, getSystemDateAndTime } from './camera-clock.ts';
import type { OnvifSession } from './session.ts';
import type { Operation } from './soap.ts';
import { type Xml, xml } from './xml.ts';

const MINUTE_MS = 60_000;
/** A local time that is a quarter of an hour away from ours is in another time zone, not merely inaccurate. */
const OTHER_ZONE_MS = 15 * MINUTE_MS;

/**
 * Sets a camera's clock where its time, or the local time that it shows, is off by more than the order allows. The
 * session's own idea of the camera's clock is mended with it.
 * @throws GatewayError as the session's `call` does
 */
export async function setCameraClock(
  session: OnvifSession,
  clock: Clock,
  { aheadMs, toleranceMs }: ClockOrder,
  signal: AbortSignal,
): Promise<'set' | 'left'> {
  const wanted = (): Date => new Date(clock.wall().getTime() + aheadMs);
  const shown = await session.call(getSystemDateAndTime, {}, signal);
  const { instantMs, shownMs } = offsets(shown, wanted());
  if (Math.abs(instantMs) <= toleranceMs && Math.abs(shownMs) <= toleranceMs) return 'left';
  const isOtherZone = Math.abs(shownMs - instantMs) >= OTHER_ZONE_MS;
  try {
    await session.call(setSystemDateAndTime(wanted(), isOtherZone ? posixZone(wanted()) : undefined), {}, signal);
  } catch (err) {
    if (!isOtherZone || !isKind(err, 'camera-fault')) throw err;
    await session.call(setSystemDateAndTime(wanted(), undefined), {}, signal);
  }
  await session.readClock({}, signal);
  return 'set';
}

/** How far off the camera is: by the world's time, and by the local time it shows. A clock we cannot read is far off. */
function offsets({ utc, local, shown }: CameraClock, wanted: Date): { instantMs: number; shownMs: number } {
  const instant = utc ?? local;
  const instantMs = instant === undefined ? Number.POSITIVE_INFINITY : instant - wanted.getTime();
  const ours = wanted.getTime() - wanted.getTimezoneOffset() * MINUTE_MS;
  return { instantMs, shownMs: shown === undefined ? instantMs : shown - ours };
}

/** Manual, so that no time server moves it back. A zone that is left out stays as it is. */
function setSystemDateAndTime(at: Date, zone: string | undefined): Operation<undefined> {
  return {
    service: 'device',
    name: 'SetSystemDateAndTime',
    arguments: xml`<tds:DateTimeType>Manual</tds:DateTimeType><tds:DaylightSavings>false</tds:DaylightSavings>${
      zone === undefined ? undefined : xml`<tds:TimeZone><tt:TZ>${zone}</tt:TZ></tds:TimeZone>`
    }<tds:UTCDateTime>${momentXml(at)}</tds:UTCDateTime>`,
    reply: z.unknown().transform(() => undefined),
  };
}

function momentXml(at: Date): Xml {
  return xml`<tt:Time><tt:Hour>${at.getUTCHours()}</tt:Hour><tt:Minute>${at.getUTCMinutes()}</tt:Minute><tt:Second>${at.getUTCSeconds()}</tt:Second></tt:Time><tt:Date><tt:Year>${at.getUTCFullYear()}</tt:Year><tt:Month>${at.getUTCMonth() + 1}</tt:Month><tt:Day>${at.getUTCDate()}</tt:Day></tt:Date>`;
}

/**
 * Our zone at that moment as POSIX writes it: `CST-8` is eight hours ahead of UTC. The letters mean nothing, and are
 * those that cameras use for every zone. Without rules for summer time: the next SyncTime brings it.
 */
export function posixZone(at: Date): string {
  const behind = at.getTimezoneOffset();
  const [hours, minutes] = [Math.floor(Math.abs(behind) / 60), Math.abs(behind) % 60];
  const rest = minutes === 0 ? '' : `:${String(minutes).padStart(2, '0')}`;
  return `CST${behind < 0 ? '-' : ''}${hours}${rest}`;
}
