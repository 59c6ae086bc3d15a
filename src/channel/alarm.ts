/** The kinds of alarm that the OVC knows. */
export const ALARMS = ['external', 'motion', 'tripwire', 'crying', 'face', 'sound'] as const;
export type Alarm = (typeof ALARMS)[number];

/** One edge of one alarm of one camera. */
export interface AlarmReport {
  readonly alarm: Alarm;
  readonly state: 'start' | 'end';
  /** The wall clock when the gateway heard of it; cameras' own times are not to be trusted. */
  readonly at: Date;
  /** What happened, in words for a person. */
  readonly desc: string;
  /** The camera told it as a state that was there already, not as an event of this moment. */
  readonly initial: boolean;
}
