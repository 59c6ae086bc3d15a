import { randomUUID } from 'node:crypto';
import { GatewayError } from '../../runtime/errors.ts';
import type { CallOptions } from '../session.ts';
import { type Xml, xml } from '../xml.ts';
import type { EventCalls, EventOperation } from './calls.ts';

const WSA = 'http://www.w3.org/2005/08/addressing';
const EVENTS = 'http://www.onvif.org/ver10/events/wsdl';
const NOTIFICATION = 'http://docs.oasis-open.org/wsn/bw-2';

/** What WS-Addressing calls each operation; some cameras dispatch by nothing else. */
const ACTIONS = {
  CreatePullPointSubscription: `${EVENTS}/EventPortType/CreatePullPointSubscriptionRequest`,
  PullMessages: `${EVENTS}/PullPointSubscription/PullMessagesRequest`,
  SetSynchronizationPoint: `${EVENTS}/PullPointSubscription/SetSynchronizationPointRequest`,
  Subscribe: `${NOTIFICATION}/NotificationProducer/SubscribeRequest`,
  Renew: `${NOTIFICATION}/SubscriptionManager/RenewRequest`,
  Unsubscribe: `${NOTIFICATION}/SubscriptionManager/UnsubscribeRequest`,
} as const;
export type EventAction = keyof typeof ACTIONS;

export interface Question<T> extends Omit<EventOperation<T>, 'name' | 'header'> {
  readonly name: EventAction;
}

/** Whom a question is for: the address as the camera wrote it, and what it wants to hear again with each call. */
export interface Party {
  readonly to: string;
  readonly parameters: readonly Xml[];
}

/**
 * Calls with WS-Addressing headers, which strict cameras insist on for events and nowhere else, and without them once
 * a camera has said that it does not understand them (ONVIF field guide 4.4, 4.7). Remembers that for one camera.
 */
export class Conversation {
  readonly #calls: EventCalls;
  #addressed = true;

  constructor(calls: EventCalls) {
    this.#calls = calls;
  }

  get clockOffsetMs(): number {
    return this.#calls.clockOffsetMs ?? 0;
  }

  /** @throws GatewayError as the session's `call` does */
  async ask<T>(question: Question<T>, party: Party, options: CallOptions, signal: AbortSignal): Promise<T> {
    const ask = (): Promise<T> =>
      this.#calls.call({ ...question, header: this.#header(question.name, party) }, options, signal);
    try {
      return await ask();
    } catch (err) {
      const puzzled = err instanceof GatewayError && err.fields['code'] === 'MustUnderstand';
      if (!puzzled || !this.#addressed) throw err;
      this.#addressed = false;
      return ask();
    }
  }

  #header(name: EventAction, { to, parameters }: Party): Xml {
    if (!this.#addressed) return xml`${parameters}`;
    return xml`<wsa:Action xmlns:wsa="${WSA}">${ACTIONS[name]}</wsa:Action><wsa:MessageID xmlns:wsa="${WSA}">urn:uuid:${randomUUID()}</wsa:MessageID><wsa:ReplyTo xmlns:wsa="${WSA}"><wsa:Address>${WSA}/anonymous</wsa:Address></wsa:ReplyTo><wsa:To xmlns:wsa="${WSA}">${to}</wsa:To>${parameters}`;
  }
}
