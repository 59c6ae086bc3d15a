import { ourName } from './preset-list.ts';

/** One try at keeping a place on the camera. */
export interface PresetAttempt {
  readonly name: string | undefined;
  /** The preset that it goes over; without one the camera finds a place. */
  readonly token: string | undefined;
  /** How often something was changed already. */
  readonly tries: number;
  /** To be waited for before this try. */
  readonly waitMs: number;
}

const MOST_NAMES = 3;
const MOST_TRIES = 8;
const MOST_WAITS = 3;
const STILL_MOVING_MS = 1000;

type Remedy = (attempt: PresetAttempt, id: number) => Partial<PresetAttempt> | undefined;

/** What to change when a camera refuses, by the ONVIF code it gives; undefined is nothing any more. */
const REMEDIES: ReadonlyArray<readonly [string, Remedy]> = [
  ['PresetExist', ({ tries }, id) => (tries < MOST_NAMES ? { name: ourName(id, tries + 1) } : undefined)],
  [
    'InvalidPresetName',
    ({ name }, id) => (name === undefined ? undefined : { name: name === `P${id}` ? undefined : `P${id}` }),
  ],
  ['NoToken', ({ token }) => (token === undefined ? undefined : { token: undefined })],
  ['MovingPTZ', ({ tries }) => (tries <= MOST_WAITS ? { waitMs: STILL_MOVING_MS } : undefined)],
];

/** The next try after a refusal with these codes; undefined when there is no other way. */
export function nextAttempt(attempt: PresetAttempt, codes: string, id: number): PresetAttempt | undefined {
  if (attempt.tries >= MOST_TRIES) return undefined;
  const [, remedy] = REMEDIES.find(([code]) => codes.includes(code)) ?? [];
  const change = remedy?.(attempt, id);
  return change && { ...attempt, waitMs: 0, ...change, tries: attempt.tries + 1 };
}
