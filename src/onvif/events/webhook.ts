import { withDeadline } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { xml } from '../xml.ts';
import type { EventSink } from './pull-point.ts';
import { Subscription, type SubscriptionParts } from './subscription.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

const WSA = 'http://www.w3.org/2005/08/addressing';
/** Within this time a camera that reaches us has sent at least its states. */
const FIRST_NOTIFY_MS = 60_000;
/** A receiver that is opened only now needs a moment; one whose port is taken is not waited for. */
const OPEN_MS = 2000;
/** How long a subscription is believed in that the camera cannot renew. */
const UNRENEWED_MS = 480_000;

/**
 * One WS-BaseNotification subscription, by which the camera calls us, from its creation until it fails or the signal
 * aborts. The fallback where pull-points are poor; it needs the camera to reach the gateway, which is found out by
 * waiting for the first message.
 * @throws GatewayError as the session's `call` does; `camera-fault` when nothing ever comes
 */
export async function runWebhook(
  parts: SubscriptionParts & { readonly receiver: WebhookReceiver },
  sink: EventSink,
  signal: AbortSignal,
): Promise<void> {
  const { receiver, events, clock } = parts;
  let heard = false;
  const inbox = receiver.open((batch) => {
    heard = true;
    sink.heard(batch);
  });
  let subscription: Subscription | undefined;
  try {
    const address = await withDeadline({ clock, ms: OPEN_MS, signal, late: closed }, (scope) =>
      inbox.addressFor(events.hostname, scope),
    );
    subscription = await Subscription.make(parts, orderFor(address), signal);
    sink.subscribed('webhook');
    await subscription.synchronise(signal);
    await clock.sleep(FIRST_NOTIFY_MS, signal);
    if (!heard && !signal.aborted) {
      throw new GatewayError('camera-fault', 'camera sends no events', { reason: 'nothing came within a minute' });
    }
    await keep(subscription, parts, signal);
  } catch (err) {
    if (!signal.aborted) throw err;
  } finally {
    sink.lost();
    await subscription?.end();
    inbox.close();
  }
}

const closed = (): Error => new GatewayError('camera-fault', 'the receiver for events is not open');

async function keep(subscription: Subscription, { clock }: SubscriptionParts, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const waitMs = Math.min(Math.max(0, subscription.renewMs - clock.now()), UNRENEWED_MS);
    await clock.sleep(waitMs, signal);
    if (signal.aborted) return;
    if (subscription.renewMs > clock.now())
      throw new GatewayError('camera-fault', 'camera cannot renew a subscription');
    await subscription.renew(signal);
  }
}

function orderFor(address: URL) {
  return {
    name: 'Subscribe',
    service: 'notification',
    arguments: (term: ReturnType<typeof xml>) =>
      xml`<wsnt:ConsumerReference><wsa:Address xmlns:wsa="${WSA}">${address.href}</wsa:Address></wsnt:ConsumerReference><wsnt:InitialTerminationTime>${term}</wsnt:InitialTerminationTime>`,
  } as const;
}
