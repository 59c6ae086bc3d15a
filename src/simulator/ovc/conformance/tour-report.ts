/** What is told of rules and tours. The page knows these types, so they know nothing else. */

export interface RuleText {
  /** Kebab-case, for ever. */
  readonly id: string;
  /** Where OVS RPC says so. */
  readonly section: string;
  /** What a device must do, as a sentence. */
  readonly says: string;
  /** What is done to find out. */
  readonly tried: string;
}

/** A rule and what has come of it so far. */
export interface RuleReport extends RuleText {
  /** `absent`: the rule is about something that the device does not do, or that did not happen. */
  readonly outcome: 'waiting' | 'running' | 'pass' | 'fail' | 'absent';
  readonly saw: string;
  /** How long the trial took. */
  readonly ms: number | undefined;
}

export interface TourReport {
  /** Login code. */
  readonly device: string;
  readonly running: boolean;
  /** ISO 8601. */
  readonly at: string;
  readonly rules: readonly RuleReport[];
}
