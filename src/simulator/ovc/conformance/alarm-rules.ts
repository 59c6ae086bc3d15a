import type { AlarmEntry } from '../alarm-log.ts';
import { absent, judged, type Rule, type Verdict } from './rule.ts';
import type { Trial } from './trial.ts';

/** Alarms (section 3). Nobody but the device can raise one, so those that came are judged. */

const PICTURE_MS = 20_000;
const NONE = 'no alarm came; raise one while the tour runs';

const alarms = (trial: Trial): readonly AlarmEntry[] =>
  trial.platform.alarms.all.filter(({ device }) => device === trial.code);

async function edges(trial: Trial): Promise<Verdict> {
  const last = new Map<string, AlarmEntry['state']>();
  const told = alarms(trial);
  const faults = told.flatMap(({ channel, type, state, datetime }) => {
    const name = `alarm ${type} of channel ${channel}`;
    const before = last.get(name);
    last.set(name, state);
    return before === state ? [`${name}: two times ${state} in a row, the second at ${datetime}`] : [];
  });
  return told.length === 0 ? absent(NONE) : judged(faults, `${told.length} edges of ${last.size} alarms`);
}

async function pictures(trial: Trial): Promise<Verdict> {
  const starts = (): readonly AlarmEntry[] => alarms(trial).filter(({ picture }) => picture !== undefined);
  if (starts().length === 0) return absent(NONE);
  const newest = Math.max(...starts().map(({ number }) => number));
  const missing = (): readonly AlarmEntry[] =>
    starts().filter(({ picture, number }) => picture?.bytes === undefined && number <= newest);
  await trial.until('a picture of each alarm that began', PICTURE_MS, () => missing().length === 0);
  const faults = starts().flatMap(({ picture }) => picture?.faults ?? []);
  return judged(faults, `${starts().length} pictures`);
}

export const ALARM_RULES: readonly Rule[] = [
  {
    id: 'alarm-edges',
    section: '3 AlarmNotify',
    says: 'Each start of an alarm is followed by its end before it starts again, and no edge is told twice',
    tried: 'the alarms that came so far',
    run: edges,
  },
  {
    id: 'alarm-picture',
    section: '3 AlarmNotify',
    says: 'A JPEG follows the start of an alarm, by POST or PUT, to the address in the answer',
    tried: 'the alarms that came so far',
    run: pictures,
  },
];
