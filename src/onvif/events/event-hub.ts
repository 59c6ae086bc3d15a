import { aborted } from '../../runtime/scope.ts';
import { type EventWatchParts, type Tally, watchEvents } from './event-watch.ts';
import type { Notification } from './notification.ts';
import type { EventSink } from './pull-point.ts';
import { identity } from './tracker.ts';

/** A device that invents sources must not fill the memory. */
const MOST_STATES = 500;

/**
 * The events of one device, for as many channels as it has: a recorder of sixteen channels has room for four to eight
 * subscribers (ONVIF field guide 4.4). One listener watches for all; when it goes, another goes on.
 */
export class EventHub {
  readonly #sinks = new Set<EventSink>();
  /** The last message of each state, for a listener that comes when they have been told. */
  readonly #states = new Map<string, Notification>();
  /** A camera that has no pull-points is not asked five times for one after every absence. */
  readonly #tally: Tally = { refusals: 0 };
  #watching: Promise<void> | undefined;
  /** Of the subscription that is there now. */
  #mode: 'pull' | 'webhook' | undefined;

  /** Hears the device until the signal aborts. Never rejects because of the camera. */
  async listen(parts: EventWatchParts, sink: EventSink, signal: AbortSignal): Promise<void> {
    this.#sinks.add(sink);
    try {
      if (this.#mode) this.#catchUp(sink, this.#mode);
      while (!signal.aborted) {
        if (this.#watching) await Promise.race([this.#watching, aborted(signal)]);
        else await this.#watch(parts, signal);
      }
    } finally {
      this.#sinks.delete(sink);
    }
  }

  async #watch(parts: EventWatchParts, signal: AbortSignal): Promise<void> {
    const all: EventSink = {
      subscribed: (mode) => {
        this.#states.clear();
        this.#mode = mode;
        for (const sink of this.#sinks) sink.subscribed(mode);
      },
      lost: () => {
        this.#mode = undefined;
        for (const sink of this.#sinks) sink.lost();
      },
      heard: (batch) => {
        for (const notification of batch) this.#remember(notification);
        for (const sink of this.#sinks) sink.heard(batch);
      },
    };
    this.#watching = watchEvents({ ...parts, tally: this.#tally }, all, signal).finally(() => {
      this.#watching = undefined;
    });
    await this.#watching;
  }

  #remember(notification: Notification): void {
    const { operation } = notification;
    const key = identity(notification);
    if (operation === 'Deleted') this.#states.delete(key);
    else if (operation && (this.#states.has(key) || this.#states.size < MOST_STATES)) {
      this.#states.set(key, notification);
    }
  }

  #catchUp(sink: EventSink, mode: 'pull' | 'webhook'): void {
    sink.subscribed(mode);
    sink.heard([...this.#states.values()].map((state) => ({ ...state, operation: 'Initialized' })));
  }
}

/** The hubs of all devices, by address. */
export class EventHubs {
  readonly #hubs = new Map<string, EventHub>();

  at(device: URL): EventHub {
    const hub = this.#hubs.get(device.host) ?? new EventHub();
    this.#hubs.set(device.host, hub);
    return hub;
  }
}
