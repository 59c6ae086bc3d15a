import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import type { Releases } from './releases.ts';

export interface TrialParts {
  readonly releases: Releases;
  readonly version: string;
  readonly link: () => LinkFacts;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How the link to the platform is: since when it is up, and the last Keepalive that was answered. */
export interface LinkFacts {
  readonly upSince: Date | undefined;
  readonly answered: object | undefined;
}

/** Keepalives go every ten seconds; so two of them have been answered after the login's own. */
const STEADY_MS = 20_000;
const LOOK_MS = 1_000;

/** Resolves when this release has logged in and kept alive, and the launcher knows; or when the signal aborts. */
export async function standTrial(
  { releases, version, link, clock, log }: TrialParts,
  signal: AbortSignal,
): Promise<void> {
  let up: { readonly since: Date; readonly seenAt: number } | undefined;
  let last: object | undefined;
  while (!signal.aborted) {
    const { upSince, answered } = link();
    const now = clock.now();
    if (!upSince) up = undefined;
    else if (up?.since.getTime() !== upSince.getTime()) up = { since: upSince, seenAt: now };
    if (up && now - up.seenAt >= STEADY_MS && answered !== last) {
      await releases.passTrial();
      log.info({ version }, 'the new release has stood its trial');
      return;
    }
    last = answered;
    await clock.sleep(LOOK_MS, signal);
  }
}
