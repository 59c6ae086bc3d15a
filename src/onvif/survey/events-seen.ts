import type { Alarm } from '../../channel/alarm.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Scope } from '../../runtime/scope.ts';
import { Conversation } from '../events/conversation.ts';
import type { Notification } from '../events/notification.ts';
import { runPullPoint } from '../events/pull-point.ts';
import { reading } from '../events/reading.ts';
import type { OnvifSession } from '../session.ts';

/** One topic that the camera has sent. */
export interface TopicSeen {
  readonly topic: string;
  readonly messages: number;
  /** The alarms that it means to us; empty for a topic that is known and means none. */
  readonly alarms: readonly Alarm[];
  readonly isKnown: boolean;
}

export interface EventsSeen {
  readonly seconds: number;
  readonly topics: readonly TopicSeen[];
}

export interface EventsSeenParts {
  readonly session: OnvifSession;
  /** The event service. */
  readonly events: URL;
  readonly forMs: number;
  readonly clock: Clock;
}

const MOST_TOPICS = 200;

/**
 * Listens to a pull-point for a while, and gives it back.
 * @throws GatewayError as the session's `call` does
 */
export async function eventsSeen(
  { session, events, forMs, clock }: EventsSeenParts,
  signal: AbortSignal,
): Promise<EventsSeen> {
  const seen = new Map<string, TopicSeen>();
  const scope = new Scope(signal);
  const over = clock.sleep(forMs, scope.signal).then(() => scope.end());
  const heard = (batch: readonly Notification[]): void => {
    for (const notification of batch) count(notification, seen);
  };
  try {
    const parts = { conversation: new Conversation(session), events, clock };
    await runPullPoint(parts, { subscribed: () => undefined, lost: () => undefined, heard }, scope.signal);
  } finally {
    scope.end();
    await over;
  }
  return { seconds: forMs / 1000, topics: [...seen.values()] };
}

function count(notification: Notification, seen: Map<string, TopicSeen>): void {
  const { topic } = notification;
  const before = seen.get(topic);
  if (!before && seen.size >= MOST_TOPICS) return;
  const read = reading(notification);
  const alarms = read.type === 'signals' ? read.signals.map(({ alarm }) => alarm) : [];
  seen.set(topic, {
    topic,
    messages: (before?.messages ?? 0) + 1,
    alarms: [...new Set([...(before?.alarms ?? []), ...alarms])],
    isKnown: read.type !== 'unknown',
  });
}
