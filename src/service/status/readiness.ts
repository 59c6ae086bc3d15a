import type { SiteStatus } from '../../admin/api.ts';

export interface Readiness {
  readonly ready: boolean;
  /** In a few words. */
  readonly why: string;
}

/** A link that is up has an answered Keepalive every ten seconds; one that is down is tried again at its time. */
const KEEPALIVE_OVERDUE_MS = 45_000;
/** What a try may take, beyond the time it was to begin. */
const TRY_OVERDUE_MS = 60_000;

/** Whether the gateway does its work: logged in, or its retry alive. */
export function readiness({ state, link }: Pick<SiteStatus, 'state' | 'link'>, now: Date): Readiness {
  if (state === 'set-up') return { ready: false, why: 'waiting for its set-up' };
  if (link.state === 'up') {
    const last = Date.parse(link.keepalive?.answeredAt ?? link.since ?? '');
    const overdue = now.getTime() - Math.max(last, Date.parse(link.since ?? '')) > KEEPALIVE_OVERDUE_MS;
    return overdue
      ? { ready: false, why: 'logged in, but no keepalive is answered' }
      : { ready: true, why: 'logged in' };
  }
  if (link.state === 'down') {
    const overdue = now.getTime() - Date.parse(link.nextTryAt ?? '') > TRY_OVERDUE_MS;
    return overdue
      ? { ready: false, why: 'not logged in, and the next try is overdue' }
      : { ready: true, why: `not logged in (${link.trouble?.kind ?? 'link-lost'}), tried again` };
  }
  return link.state === 'dialling'
    ? { ready: true, why: 'logging in' }
    : { ready: false, why: 'no gateway is at work' };
}
