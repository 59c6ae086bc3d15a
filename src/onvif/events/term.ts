import type { Clock } from '../../runtime/clock.ts';
import { type Xml, xml } from '../xml.ts';

const ASKED_MS = 600_000;
/** A camera that grants a year (seen) is asked again all the same: it may forget us without a word. */
const LONGEST_MS = 3_600_000;
const SHORTEST_MS = 5000;
const RENEW_AT = 0.8;

/** Ten minutes in seconds: a few cameras read `PT10M` wrongly, and some fail without any. */
export function relativeTerm(): Xml {
  return xml`PT${ASKED_MS / 1000}S`;
}

/** Ten minutes from now on the camera's own clock, for cameras that want a time. */
export function absoluteTerm(clock: Clock, offsetMs: number): Xml {
  const end = new Date(clock.wall().getTime() + offsetMs + ASKED_MS);
  return xml`${`${end.toISOString().slice(0, 19)}Z`}`;
}

/** A camera's two times in a reply; whatever its clock says, their difference is the term. */
export interface Granted {
  readonly CurrentTime: string | undefined;
  readonly TerminationTime: string | undefined;
}

/** In how many ms to renew: at four fifths of what was granted. */
export function renewInMs({ CurrentTime, TerminationTime }: Granted): number {
  const grantedMs = moment(TerminationTime) - moment(CurrentTime);
  const termMs = grantedMs > 0 ? Math.min(Math.max(grantedMs, SHORTEST_MS), LONGEST_MS) : ASKED_MS;
  return termMs * RENEW_AT;
}

/** NaN for what is no time. One without a zone is on the same clock as its neighbour, so any zone will do. */
function moment(written = ''): number {
  return Date.parse(/Z|[+-]\d\d:?\d\d$/i.test(written.trim()) ? written.trim() : `${written.trim()}Z`);
}
