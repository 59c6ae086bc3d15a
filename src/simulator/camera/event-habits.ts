/** What real cameras get wrong about events; rows for the table of bad habits. */
export const EVENT_HABITS = {
  'no-events': { does: 'has no event service', seen: '4.4' },
  'no-pull-point': { does: 'refuses pull-points and calls the client instead', seen: '4.4.1' },
  'wants-term': { does: 'faults on a pull-point without InitialTerminationTime', seen: '4.4.2' },
  'absolute-term-only': { does: 'faults on a relative InitialTerminationTime', seen: '4.4.2' },
  'short-term': { does: 'grants ten seconds', seen: '4.4.2' },
  'year-term': { does: 'grants a year, on a clock of 2017', seen: '4.4.2' },
  'reference-parameters': { does: 'knows a subscription by its ReferenceParameters only', seen: '4.4.3' },
  'addressing-required': {
    does: 'hangs up on event calls without wsa:Action, wsa:MessageID and wsa:To',
    seen: '4.7.1',
  },
  'addressing-not-understood': { does: 'faults on WS-Addressing headers', seen: '4.4.3' },
  'pulls-at-once': { does: 'answers each PullMessages at once', seen: '4.4.4' },
  'pull-hangs-up': { does: 'breaks the connection at the end of a long poll', seen: '4.4.4' },
  'idle-drops': { does: 'forgets a subscription that is not pulled for ten seconds', seen: '4.4.4' },
  'no-renew': { does: 'faults on Renew', seen: '4.4.5' },
  'one-slot': { does: 'has one place: a new subscriber evicts the one before', seen: '4.4.5' },
  'three-slots': { does: 'has three places and refuses a fourth subscriber', seen: '4.4.5' },
  'unsubscribe-ends-all': { does: 'ends every subscription at one Unsubscribe', seen: '4.4.5' },
  'no-sync-point': { does: 'faults on SetSynchronizationPoint', seen: '2.3' },
  'webhook-silent': { does: 'accepts a Subscribe and never calls', seen: '4.4.7' },
  'all-initialized': { does: 'marks every message Initialized', seen: '2.3' },
  'no-operation': { does: 'sends messages without PropertyOperation', seen: '2.4' },
} as const;

export type EventHabitName = keyof typeof EVENT_HABITS;
