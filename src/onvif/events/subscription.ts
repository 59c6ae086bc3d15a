import { z } from 'zod';
import type { Clock } from '../../runtime/clock.ts';
import { type GatewayError, isKind } from '../../runtime/errors.ts';
import { likelyAddresses } from '../addresses.ts';
import { element, text } from '../reply.ts';
import { type Xml, xml } from '../xml.ts';
import type { Conversation, Party, Question } from './conversation.ts';
import { referenceParameters } from './reference-parameters.ts';
import { absoluteTerm, relativeTerm, renewInMs } from './term.ts';

const granted = { CurrentTime: text, TerminationTime: text };
const created = element({ SubscriptionReference: element({ Address: text }), ...granted });
const renewed = element(granted);
const nothing = z.unknown().transform(() => undefined);

const FAREWELL_MS = 2000;
const RENEW_MS = 5000;

export interface SubscriptionParts {
  readonly conversation: Conversation;
  /** The event service. */
  readonly events: URL;
  readonly clock: Clock;
  /** On some cameras an Unsubscribe ends everybody's subscription, the recorder's too. */
  readonly noUnsubscribe?: boolean;
}

export interface Order {
  readonly name: 'CreatePullPointSubscription' | 'Subscribe';
  readonly service: Question<unknown>['service'];
  /** What is asked for, given the term. */
  readonly arguments: (term: Xml) => Xml;
}

/**
 * One subscription on a camera, pull-point or not: made, renewed before it ends, given back. What comes through it is
 * its owner's business.
 */
export class Subscription {
  readonly #parts: SubscriptionParts;
  readonly #party: Party;
  readonly #addresses: URL[];
  #renewMs: number;
  #renewable = true;

  private constructor(
    parts: SubscriptionParts,
    party: Party,
    { addresses, renewMs }: { addresses: URL[]; renewMs: number },
  ) {
    this.#parts = parts;
    this.#party = party;
    this.#addresses = addresses;
    this.#renewMs = renewMs;
  }

  /** @throws GatewayError as the session's `call` does */
  static async make(parts: SubscriptionParts, order: Order, signal: AbortSignal): Promise<Subscription> {
    const { conversation, events, clock } = parts;
    const make = async (term: Xml): Promise<Subscription> => {
      let said = '';
      const hear = (reply: string): void => {
        said = reply;
      };
      const { name, service } = order;
      const question = { name, service, arguments: order.arguments(term), reply: created, hear };
      const made = await conversation.ask(question, { to: events.href, parameters: [] }, { at: events }, signal);
      const address = made.SubscriptionReference.Address;
      const party = { to: address ?? events.href, parameters: referenceParameters(said) };
      const renewMs = clock.now() + renewInMs(made);
      return new Subscription(parts, party, { addresses: likelyAddresses(address, events), renewMs });
    };
    try {
      return await make(relativeTerm());
    } catch (err) {
      if (!isKind(err, 'camera-fault')) throw err;
      return make(absoluteTerm(clock, conversation.clockOffsetMs));
    }
  }

  /** When it wants to be renewed, on the monotonic clock; never again once the camera has refused that. */
  get renewMs(): number {
    return this.#renewable ? this.#renewMs : Number.POSITIVE_INFINITY;
  }

  /**
   * A call to the subscription itself. Should its address be out of reach, the next one it may have is tried.
   * @throws GatewayError as the session's `call` does
   */
  async ask<T>(question: Question<T>, deadlineMs: number, signal: AbortSignal): Promise<T> {
    const [at, ...others] = this.#addresses;
    const options = {
      ...(at ? { at } : {}),
      deadlineMs,
      lane: question.name === 'PullMessages' ? 'events' : 'orders',
    } as const;
    try {
      return await this.#parts.conversation.ask(question, this.#party, options, signal);
    } catch (err) {
      if (!isKind(err, 'camera-unreachable', 'not-onvif') || others.length === 0 || !refusedAtOnce(err)) throw err;
      this.#addresses.shift();
      return this.ask(question, deadlineMs, signal);
    }
  }

  /** A camera that cannot renew keeps us as long as it likes; its faults then tell when it is over. */
  async renew(signal: AbortSignal): Promise<void> {
    try {
      const until = xml`<wsnt:TerminationTime>${relativeTerm()}</wsnt:TerminationTime>`;
      const question = { service: 'notification', name: 'Renew', arguments: until, reply: renewed } as const;
      const term = await this.ask(question, RENEW_MS, signal);
      this.#renewMs = this.#parts.clock.now() + renewInMs(term);
    } catch (err) {
      if (!isKind(err, 'camera-fault', 'not-onvif')) throw err;
      this.#renewable = false;
    }
  }

  /** Asks for the present state of everything; cameras that cannot are no worse for it. */
  async synchronise(signal: AbortSignal): Promise<void> {
    const question = { service: 'events', name: 'SetSynchronizationPoint', reply: nothing } as const;
    try {
      await this.ask(question, RENEW_MS, signal);
    } catch (err) {
      if (!isKind(err, 'camera-fault', 'not-onvif', 'camera-unreachable')) throw err;
    }
  }

  /** Gives the place back, so that a restart does not fill the camera's table. Never throws; takes a moment at most. */
  async end(): Promise<void> {
    if (this.#parts.noUnsubscribe) return;
    const question = { service: 'notification', name: 'Unsubscribe', reply: nothing } as const;
    // The owner's signal has aborted by now: this call has a life of its own, bounded by its deadline.
    await this.ask(question, FAREWELL_MS, new AbortController().signal).catch(() => undefined);
  }
}

/** Nobody is there, as against nobody answers: only then another address is worth a try. */
function refusedAtOnce(err: GatewayError): boolean {
  return (
    err.kind === 'not-onvif' || err.fields['reason'] === 'connection refused' || err.fields['reason'] === 'no route'
  );
}
