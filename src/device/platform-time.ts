import { type Clock, withDeadline } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import type { TrustedTime } from '../runtime/trusted-time.ts';

const ANSWER_MS = 5_000;

export interface PlatformTimeParts {
  /** ws or wss. */
  readonly platform: URL;
  readonly time: TrustedTime;
  /** One question without consequences; whose answer's `Date` `time` then hears. */
  readonly ask: (url: URL, signal: AbortSignal) => Promise<unknown>;
  readonly clock: Clock;
}

/**
 * Asks the platform's web server for the time, where neither a time server nor a clock chip vouches for it. Resolves
 * when that is known, or has been asked in vain; never throws.
 */
export async function askPlatformTime({ platform, time, ask, clock }: PlatformTimeParts): Promise<void> {
  if (time.by === 'ntp' || time.by === 'rtc') return;
  const url = new URL('/', platform);
  url.protocol = platform.protocol === 'wss:' ? 'https:' : 'http:';
  const late = (): Error => new GatewayError('timed-out', 'the platform did not answer in time');
  const signal = new AbortController().signal;
  // Most servers tell it; the others will say nothing the next time either.
  await withDeadline({ clock, ms: ANSWER_MS, signal, late }, (inTime) => ask(url, inTime)).catch(() => undefined);
}
