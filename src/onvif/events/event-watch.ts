import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { isKind } from '../../runtime/errors.ts';
import { type Pauses, supervise } from '../../runtime/supervise.ts';
import type { EventCalls } from './calls.ts';
import { Conversation } from './conversation.ts';
import { RecreatePace } from './pace.ts';
import { type EventSink, runPullPoint } from './pull-point.ts';
import type { SubscriptionParts } from './subscription.ts';
import { runWebhook } from './webhook.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

export interface EventWatchParts {
  readonly calls: EventCalls;
  /** The event service. */
  readonly events: URL;
  readonly clock: Clock;
  readonly log: Logger;
  /** Without one there is no fallback. */
  readonly receiver?: WebhookReceiver;
  readonly noUnsubscribe?: boolean;
  /** What one watch knows of the camera's ways, for the next one. */
  readonly tally?: Tally;
  readonly random?: () => number;
}

/** Pull-points that were refused in a row. */
export interface Tally {
  refusals: number;
}

const PAUSES: Pauses = { minMs: 1000, maxMs: 60_000, healthyMs: 20_000 };
/** Cameras lock accounts. */
const LOCKED_OUT: Pauses = { minMs: 300_000, maxMs: 600_000, healthyMs: 20_000 };
/** So many refused pull-points in a row, and the other way is tried. */
const MOST_REFUSALS = 5;

/**
 * Keeps a camera's events coming until the signal aborts: pull-point after pull-point, the webhook where the camera
 * will have none, and pull-points again should the webhook stay silent. Never rejects because of the camera.
 */
export async function watchEvents(parts: EventWatchParts, sink: EventSink, signal: AbortSignal): Promise<void> {
  const { calls, events, clock, log, receiver, noUnsubscribe, tally = { refusals: 0 }, random } = parts;
  const conversation = new Conversation(calls);
  const subscription: SubscriptionParts = { conversation, events, clock, ...(noUnsubscribe ? { noUnsubscribe } : {}) };
  const pace = new RecreatePace(clock);
  let worked = false;
  const heedful: EventSink = {
    subscribed: (mode) => {
      if (mode === 'pull') tally.refusals = 0;
      sink.subscribed(mode);
    },
    lost: () => sink.lost(),
    heard: (batch) => {
      worked = true;
      pace.worked();
      sink.heard(batch);
    },
  };
  const once = async (attempt: AbortSignal): Promise<void> => {
    await pace.turn(attempt);
    worked = false;
    try {
      if (receiver && tally.refusals >= MOST_REFUSALS)
        await runWebhook({ ...subscription, receiver }, heedful, attempt);
      else await runPullPoint(subscription, heedful, attempt);
    } catch (err) {
      pace.failed();
      // A webhook that has brought something is asked for again, and one that has not was no better.
      if (tally.refusals >= MOST_REFUSALS) tally.refusals = worked ? tally.refusals : 0;
      else if (isKind(err, 'camera-fault', 'not-onvif')) tally.refusals++;
      throw err;
    }
  };
  const pausesByKind = { 'camera-unauthorized': LOCKED_OUT };
  await supervise(once, { signal, log, clock, pauses: PAUSES, pausesByKind, ...(random ? { random } : {}) });
}
