import type { CallOptions } from '../session.ts';
import type { Operation } from '../soap.ts';

/** An operation of the event service, or of a subscription (WS-BaseNotification, prefix `wsnt`). */
export interface EventOperation<T> extends Omit<Operation<T>, 'service'> {
  readonly service: 'events' | 'notification';
  /** Hears the whole reply as it came, for what the parser drops: prefixes and their namespaces. */
  readonly hear?: (reply: string) => void;
}

/** What events ask of a camera's SOAP session. */
export interface EventCalls {
  /** The camera's clock minus ours; undefined when it shows none. */
  readonly clockOffsetMs: number | undefined;
  /** @throws GatewayError `camera-unreachable`, `camera-unauthorized`, `camera-fault`, `not-onvif` */
  call<T>(operation: EventOperation<T>, options: CallOptions, signal: AbortSignal): Promise<T>;
}
