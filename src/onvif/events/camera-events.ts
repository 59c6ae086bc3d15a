import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import type { ServiceAddresses } from '../device.ts';
import type { OnvifSession } from '../session.ts';
import { isAbout, type VideoSource } from '../video-source.ts';
import type { AlarmSource } from './alarm-source.ts';
import type { EventHubs } from './event-hub.ts';
import type { WebhookReceiver } from './webhook-receiver.ts';

/** What hears one channel's events, from stay to stay. */
export interface CameraEvents {
  readonly alarms: AlarmSource;
  readonly hubs: EventHubs;
  /** Without one there is no fallback. */
  readonly receiver?: WebhookReceiver | undefined;
  readonly noUnsubscribe?: boolean | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Place {
  readonly session: OnvifSession;
  readonly services: ServiceAddresses;
  readonly source: VideoSource;
}

/**
 * Hears what the camera says of the source until the signal aborts. A camera that says it has no pull-points is asked
 * all the same: `WSPullPointSupport` is not to be relied on. Never rejects because of the camera.
 */
export async function hearEvents(
  { alarms, hubs, receiver, noUnsubscribe = false, clock, log }: CameraEvents,
  { session, services, source }: Place,
  signal: AbortSignal,
): Promise<void> {
  // Before the question whether there are events at all: a camera that had some is missed when it has none.
  const sink = alarms.sink((notification) => isAbout(source, notification));
  const events = services.get('events');
  if (!events) return;
  const parts = { calls: session, events, clock, log, ...(receiver && { receiver }), noUnsubscribe };
  await hubs.at(session.device).listen(parts, sink, signal);
}
