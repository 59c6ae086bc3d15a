import { GatewayError, isKind } from '../../runtime/errors.ts';
import { element, text } from '../reply.ts';
import { xml } from '../xml.ts';
import { type Notification, notifications } from './notification.ts';
import { type Order, Subscription, type SubscriptionParts } from './subscription.ts';

/** Who hears what a subscription brings. */
export interface EventSink {
  /** What comes next may be state instead of news. */
  subscribed(mode: 'pull' | 'webhook'): void;
  /** The subscription is over. */
  lost(): void;
  /** All messages of one reply; an empty reply is a sign of life and nothing more. */
  heard(batch: readonly Notification[]): void;
}

const LONGEST_PULL_MS = 30_000;
const SHORTEST_PULL_MS = 2000;
const HTTP_GRACE_MS = 20_000;
/** A burst of states at the beginning is longer than the ten that some clients ask for. */
const MESSAGE_LIMIT = 100;
/** Some cameras answer at once and empty, and would do so at full speed. */
const COOL_DOWN = { empty: 750, full: 100 };
const QUICK_MS = 500;
/** Waits after the first and second failed pull; the third ends the subscription. */
const FAULT_PAUSES_MS = [1000, 2000];

const pulled = element({ CurrentTime: text, TerminationTime: text, NotificationMessage: notifications });

const ORDER: Order = {
  name: 'CreatePullPointSubscription',
  service: 'events',
  arguments: (term) => xml`<tev:InitialTerminationTime>${term}</tev:InitialTerminationTime>`,
};

/**
 * One pull-point subscription, from its creation until it fails or the signal aborts (ONVIF field guide 4.4). It is
 * given back in either case. Making the next one is the caller's work.
 * @throws GatewayError as the session's `call` does
 */
export async function runPullPoint(parts: SubscriptionParts, sink: EventSink, signal: AbortSignal): Promise<void> {
  const subscription = await Subscription.make(parts, ORDER, signal);
  let gone = false;
  try {
    sink.subscribed('pull');
    await subscription.synchronise(signal);
    await new PullLoop(subscription, parts, sink).run(signal);
  } catch (err) {
    // There is nobody to give it back to when the camera is what was lost.
    gone = isKind(signal.aborted ? signal.reason : err, 'camera-unreachable') || isUnknown(err);
    if (signal.aborted) return;
    throw err;
  } finally {
    sink.lost();
    if (!gone) await subscription.end();
  }
}

class PullLoop {
  readonly #subscription: Subscription;
  readonly #parts: SubscriptionParts;
  readonly #sink: EventSink;

  constructor(subscription: Subscription, parts: SubscriptionParts, sink: EventSink) {
    this.#subscription = subscription;
    this.#parts = parts;
    this.#sink = sink;
  }

  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const faultPauses = [...FAULT_PAUSES_MS];
    while (!signal.aborted) {
      const sinceMs = clock.now();
      try {
        const count = await this.#pull(signal);
        faultPauses.splice(0, faultPauses.length, ...FAULT_PAUSES_MS);
        const pause = count > 0 ? COOL_DOWN.full : COOL_DOWN.empty;
        if (clock.now() - sinceMs < QUICK_MS) await clock.sleep(pause, signal);
        if (clock.now() >= this.#subscription.renewMs) await this.#subscription.renew(signal);
      } catch (err) {
        const pause = faultPauses.shift();
        // One that was waited for in vain has cost a minute already.
        const long = clock.now() - sinceMs > LONGEST_PULL_MS;
        if (signal.aborted || pause === undefined || long || !isWorthAnotherPull(err)) throw err;
        await clock.sleep(pause, signal);
      }
    }
  }

  /** How many messages came. */
  async #pull(signal: AbortSignal): Promise<number> {
    const { clock } = this.#parts;
    const untilRenewMs = this.#subscription.renewMs - clock.now();
    const pullMs = Math.round(Math.min(LONGEST_PULL_MS, Math.max(SHORTEST_PULL_MS, untilRenewMs)) / 1000) * 1000;
    const question = {
      service: 'events',
      name: 'PullMessages',
      arguments: xml`<tev:Timeout>PT${pullMs / 1000}S</tev:Timeout><tev:MessageLimit>${MESSAGE_LIMIT}</tev:MessageLimit>`,
      reply: pulled,
    } as const;
    const sinceMs = clock.now();
    try {
      const { NotificationMessage: batch } = await this.#subscription.ask(question, pullMs + HTTP_GRACE_MS, signal);
      this.#sink.heard(batch);
      return batch.length;
    } catch (err) {
      // A camera that hangs up at the end of a long poll has nothing to tell.
      if (!isKind(err, 'camera-unreachable') || clock.now() - sinceMs < pullMs * 0.8) throw err;
      if (clock.now() - sinceMs >= pullMs + HTTP_GRACE_MS) throw err;
      this.#sink.heard([]);
      return 0;
    }
  }
}

/** The camera has forgotten this subscription: there is nothing to pull from and nothing to give back. */
function isUnknown(err: unknown): boolean {
  return err instanceof GatewayError && /ResourceUnknown/i.test(`${err.fields['subcode']} ${err.fields['code']}`);
}

function isWorthAnotherPull(err: unknown): boolean {
  return isKind(err, 'camera-fault', 'camera-unreachable', 'not-onvif') && !isUnknown(err);
}
