import type { RememberedAlarm } from '../channel/ports.ts';
import { ALARM_TYPE, type RequestParams } from './protocol.ts';

/** An edge as AlarmNotify tells it. `localDateTime` writes a moment as the wire has it. */
export function alarmNotice(
  { channel, alarm, state, at, desc }: RememberedAlarm,
  localDateTime: (at: Date) => string,
): RequestParams<'AlarmNotify'> {
  return { channel, datetime: localDateTime(new Date(at)), type: ALARM_TYPE[alarm], state, desc };
}
