import type { RuleText } from './tour-report.ts';
import type { Trial } from './trial.ts';

/** What came of a rule: what was seen, in words. */
export interface Verdict {
  /** `absent`: the rule is about something that the device does not do, or that did not happen. */
  readonly outcome: 'pass' | 'fail' | 'absent';
  readonly saw: string;
}

/** A rule of the protocol, and how a device is tried on it. */
export interface Rule extends RuleText {
  /** Takes time because time is what it is about, or breaks the link. */
  readonly slow?: true;
  /** @throws GatewayError for what makes it fail: no answer, no link, not in time */
  readonly run: (trial: Trial) => Promise<Verdict>;
}

export const pass = (saw: string): Verdict => ({ outcome: 'pass', saw });
export const fail = (saw: string): Verdict => ({ outcome: 'fail', saw });
export const absent = (saw: string): Verdict => ({ outcome: 'absent', saw });

/** Passes when there is nothing to complain of. */
export function judged(faults: readonly string[], saw: string): Verdict {
  const [first, ...more] = faults;
  if (first === undefined) return pass(saw);
  return fail(more.length === 0 ? first : `${first} (and ${more.length} more)`);
}
