import { request } from 'node:http';
import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { Scope } from '../../runtime/scope.ts';
import type { Habits } from './habits.ts';
import { type Xml, xml } from './xml.ts';

/** One event, with whatever topic and items a test wants. */
export interface CameraEvent {
  readonly topic: string;
  readonly operation?: 'Initialized' | 'Changed' | 'Deleted';
  readonly source?: ReadonlyArray<readonly [name: string, value: string]>;
  readonly key?: ReadonlyArray<readonly [name: string, value: string]>;
  readonly data?: ReadonlyArray<readonly [name: string, value: string]>;
}

interface Subscription {
  readonly id: string;
  /** Where to send to; without one it waits to be pulled. */
  readonly consumer: URL | undefined;
  readonly queue: Xml[];
  endsMs: number;
  pulledMs: number;
  /** Wakes the pull that waits. */
  ring: () => void;
}

export interface EventCounts {
  readonly open: number;
  readonly made: number;
  readonly renewed: number;
  readonly ended: number;
  readonly pulls: number;
  readonly sent: number;
  /** Pulls that wait for something to happen. */
  readonly waiting: number;
}

export interface EventDeskParts {
  readonly clock: Clock;
  readonly habits: Habits;
  readonly log: Logger;
  /** What makes a SOAP message of a body. */
  readonly envelopeWith: (body: Xml) => string;
}

const LONGEST_QUEUE = 1000;
const IDLE_MS = 10_000;
const SEND_MS = 5000;

/** The camera's subscriptions: what happens goes to each, to be pulled or to be sent. Knows no SOAP operation. */
export class EventDesk {
  readonly #clock: Clock;
  readonly #habits: Habits;
  readonly #log: Logger;
  readonly #envelopeWith: EventDeskParts['envelopeWith'];
  readonly #open = new Map<string, Subscription>();
  /** The last message of every state, for those who come later. */
  readonly #states = new Map<string, CameraEvent>();
  readonly #counts = { made: 0, renewed: 0, ended: 0, pulls: 0, sent: 0, waiting: 0 };

  constructor(parts: EventDeskParts) {
    this.#envelopeWith = parts.envelopeWith;
    this.#clock = parts.clock;
    this.#habits = parts.habits;
    this.#log = parts.log;
  }

  get counts(): EventCounts {
    return { ...this.#counts, open: this.#alive().length };
  }

  /** Something happens. What has an operation is a state, and is told to later subscribers too. */
  emit(event: CameraEvent): void {
    const { topic, operation, source = [], key = [] } = event;
    if (operation !== undefined) this.#states.set(JSON.stringify([topic, source, key]), event);
    for (const subscription of this.#alive()) this.#put(subscription, event);
  }

  /** As after a crash of the camera's event service: nobody is told. */
  forgetAll(): void {
    for (const { ring } of this.#open.values()) ring();
    this.#open.clear();
  }

  /** The new subscription's id, or undefined when there is no room. */
  make(termMs: number, consumer?: URL): string | undefined {
    if (this.#habits.has('three-slots') && this.#alive().length >= 3) return undefined;
    if (this.#habits.has('one-slot')) this.forgetAll();
    this.#counts.made++;
    const id = String(this.#counts.made);
    const now = this.#clock.now();
    const subscription = { id, consumer, queue: [], endsMs: now + termMs, pulledMs: now, ring: () => undefined };
    this.#open.set(id, subscription);
    this.#tellStates(subscription);
    return id;
  }

  has(id: string): boolean {
    return this.#alive().some((each) => each.id === id);
  }

  renew(id: string, termMs: number): void {
    const subscription = this.#open.get(id);
    if (subscription) subscription.endsMs = this.#clock.now() + termMs;
    this.#counts.renewed++;
  }

  end(id: string): void {
    this.#counts.ended++;
    if (this.#habits.has('unsubscribe-ends-all')) this.forgetAll();
    this.#open.get(id)?.ring();
    this.#open.delete(id);
  }

  /** Every state once more, as Initialized. */
  synchronise(id: string): void {
    const subscription = this.#open.get(id);
    if (subscription) this.#tellStates(subscription);
  }

  /** What has happened since the last pull; waits for something to happen, but no longer than `waitMs`. */
  async pull(id: string, { waitMs, limit }: { waitMs: number; limit: number }, signal: AbortSignal): Promise<Xml[]> {
    const subscription = this.#open.get(id);
    if (!subscription) return [];
    this.#counts.pulls++;
    if (subscription.queue.length === 0) {
      const scope = new Scope(signal);
      subscription.ring = () => scope.end();
      this.#counts.waiting++;
      await this.#clock.sleep(waitMs, scope.signal);
      this.#counts.waiting--;
      scope.end();
    }
    subscription.pulledMs = this.#clock.now();
    return subscription.queue.splice(0, limit);
  }

  #alive(): Subscription[] {
    const now = this.#clock.now();
    const idleMs = this.#habits.has('idle-drops') ? IDLE_MS : Number.POSITIVE_INFINITY;
    for (const [id, { endsMs, pulledMs }] of this.#open) {
      if (endsMs <= now || now - pulledMs > idleMs) this.#open.delete(id);
    }
    return [...this.#open.values()];
  }

  #tellStates(subscription: Subscription): void {
    for (const state of this.#states.values()) this.#put(subscription, { ...state, operation: 'Initialized' });
  }

  #put(subscription: Subscription, event: CameraEvent): void {
    const message = this.#messageXml(event);
    if (subscription.consumer) {
      if (!this.#habits.has('webhook-silent')) this.#send(subscription.consumer, message);
      return;
    }
    if (subscription.queue.length < LONGEST_QUEUE) subscription.queue.push(message);
    subscription.ring();
  }

  #send(consumer: URL, message: Xml): void {
    this.#counts.sent++;
    const headers = { 'Content-Type': 'application/soap+xml', Connection: 'close' };
    const outgoing = request(consumer, { method: 'POST', headers, timeout: SEND_MS }, (reply) => reply.resume());
    outgoing.on('timeout', () => outgoing.destroy());
    outgoing.on('error', (err) => this.#log.debug({ err }, 'event not delivered'));
    outgoing.end(this.#envelopeWith(xml`<wsnt:Notify>${message}</wsnt:Notify>`));
  }

  #messageXml({ topic, operation, source = [], key = [], data = [] }: CameraEvent): Xml {
    const said = this.#habits.has('all-initialized') ? 'Initialized' : operation;
    const shown = this.#habits.has('no-operation') ? undefined : said;
    const items = (list: CameraEvent['data'] = []): Xml[] =>
      list.map(([name, value]) => xml`<tt:SimpleItem Name="${name}" Value="${value}"/>`);
    const change = shown === undefined ? undefined : xml` PropertyOperation="${shown}"`;
    return xml`<wsnt:NotificationMessage><wsnt:Topic Dialect="http://www.onvif.org/ver10/tev/topicExpression/ConcreteSet">${topic}</wsnt:Topic>
<wsnt:Message><tt:Message UtcTime="${this.#clock.wall().toISOString()}"${change}><tt:Source>${items(source)}</tt:Source><tt:Key>${items(key)}</tt:Key>
<tt:Data>${items(data)}</tt:Data></tt:Message></wsnt:Message></wsnt:NotificationMessage>`;
  }
}
