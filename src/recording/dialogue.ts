import type { GatewayError } from '../runtime/errors.ts';
import type { Segment } from './segment.ts';

/** What the platform did with one segment. */
export type UploadOutcome =
  | { readonly kind: 'stored' }
  /** Not now; the recorder keeps what it needs for the time before an alarm, and asks again. */
  | { readonly kind: 'paused' }
  /** The platform knows no such session. */
  | { readonly kind: 'gone'; readonly why: GatewayError }
  | { readonly kind: 'failed'; readonly why: GatewayError; readonly retryAfterMs?: number | undefined };

export interface UploadAttempt {
  /** How long the segment's way to the store may take. */
  readonly allowanceMs: number;
  /** Called once the platform wants the segment, before it is sent. */
  readonly onWanted: () => void;
}

/**
 * One session's conversation with the platform. What differs from platform to platform stands behind this; order,
 * retries, and what is kept meanwhile do not. Nothing here throws because of the platform, only when the signal aborts.
 */
export interface UploadDialogue {
  /** The upload that the platform has not been told is complete; to be handed to the next process. */
  readonly lastName: string | undefined;
  /** Asks something without consequences, so that the platform's answer tells the time. @throws GatewayError */
  reach(signal: AbortSignal): Promise<void>;
  /** The DTS at which the session's first picture should start; undefined where the platform names none. */
  nextDts(signal: AbortSignal): Promise<number | undefined>;
  /** Offers one segment and sends it where the platform wants it. Segments come in order, one at a time. */
  upload(segment: Segment, attempt: UploadAttempt, signal: AbortSignal): Promise<UploadOutcome>;
  /** The session is over: confirms the last upload, if there was any. */
  save(signal: AbortSignal): Promise<UploadOutcome>;
}
