import type { CameraEvent } from '../../simulator/camera/event-desk.ts';
import type { AlarmEntry } from '../../simulator/ovc/alarm-log.ts';
import { LOGIN_CODE, type Stage } from './stage.ts';

/** The stops of the tour that show an alarm: it begins, is shown, brings its picture, and ends. */

const PATIENT = { timeoutMs: 20_000 };
const MOTION_BIT = 1 << 3;

const motion = (on: boolean): CameraEvent => ({
  topic: 'tns1:VideoSource/MotionAlarm',
  operation: 'Changed',
  source: [['Source', 'VideoSource_1']],
  data: [['State', String(on)]],
});

const flags = ({ ovc }: Stage): number =>
  ovc.devices.get(LOGIN_CODE)?.report.channels.find(({ channel }) => channel === 0)?.alarm ?? 0;

const edge = ({ ovc }: Stage, state: AlarmEntry['state']): AlarmEntry | undefined =>
  ovc.alarms.all.find((alarm) => alarm.channel === 0 && alarm.state === state);

export const ALARM_STOPS = [
  {
    name: 'alarm starts',
    show: async (stage: Stage): Promise<string> => {
      stage.cameras[0]?.equipment.events.emit(motion(true));
      const { type, datetime, desc } = await stage.ovc.waitFor(() => edge(stage, 'start'), PATIENT);
      return `AlarmNotify type ${type} at ${datetime}: ${desc}`;
    },
  },
  {
    name: 'keepalive says alarm',
    show: async (stage: Stage): Promise<string> => {
      await stage.ovc.waitFor(() => (flags(stage) & MOTION_BIT) !== 0, PATIENT);
      return `channel 0 alarm ${flags(stage)}`;
    },
  },
  {
    name: 'picture arrives',
    show: async (stage: Stage): Promise<string> => {
      const picture = await stage.ovc.waitFor(() => {
        const report = edge(stage, 'start')?.picture;
        return report?.bytes === undefined ? undefined : report;
      }, PATIENT);
      return `${Math.round((picture.bytes ?? 0) / 1024)} KiB of ${picture.contentType} by ${picture.method}`;
    },
  },
  {
    name: 'alarm ends',
    show: async (stage: Stage): Promise<string> => {
      stage.cameras[0]?.equipment.events.emit(motion(false));
      await stage.ovc.waitFor(() => edge(stage, 'end') && flags(stage) === 0, PATIENT);
      return 'AlarmNotify end, and keepalive shows no alarm any more';
    },
  },
] as const;
