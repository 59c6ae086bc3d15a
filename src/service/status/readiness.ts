import type { SiteStatus } from '../../admin/api.ts';

export interface Readiness {
  readonly ready: boolean;
  /** In a few words. */
  readonly why: string;
}

/** A link that is up has an answered Keepalive every ten seconds. */
const KEEPALIVE_OVERDUE_MS = 45_000;
/** What a try may take, beyond the time it was to begin. */
const TRY_OVERDUE_MS = 60_000;

/**
 * Whether the gateway does its work: logged in, or its retry alive. `quietMs` is how long the link has shown no sign of
 * life, below zero while its next try is yet to come; not by the wall clock, which may be set at any moment.
 */
export function readiness({ state, link }: Pick<SiteStatus, 'state' | 'link'>, quietMs: number): Readiness {
  if (state === 'set-up') return { ready: false, why: 'waiting for its set-up' };
  const told = TOLD[link.state];
  if (!told) return { ready: false, why: 'no gateway is at work' };
  const overdue = quietMs > told.overdueMs;
  return { ready: !overdue, why: overdue ? told.overdue : told.well(link) };
}

interface Told {
  readonly overdueMs: number;
  readonly overdue: string;
  well(link: SiteStatus['link']): string;
}

const TOLD: Readonly<Record<SiteStatus['link']['state'], Told | undefined>> = {
  none: undefined,
  up: {
    overdueMs: KEEPALIVE_OVERDUE_MS,
    overdue: 'logged in, but no keepalive is answered',
    well: () => 'logged in',
  },
  down: {
    overdueMs: TRY_OVERDUE_MS,
    overdue: 'not logged in, and the next try is overdue',
    well: ({ trouble }) => `not logged in (${trouble?.kind ?? 'link-lost'}), tried again`,
  },
  dialling: {
    overdueMs: TRY_OVERDUE_MS,
    overdue: 'logging in for too long',
    well: () => 'logging in',
  },
};
