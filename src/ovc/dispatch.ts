import type { Logger } from 'pino';
import { type Clock, withDeadline } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import type { Fields } from './packet.ts';
import type { Answer, Service } from './peer.ts';
import { ERROR_CODE, INTERNAL_ERROR, isMethod, METHODS, type Method, type Params } from './protocol.ts';

/** Does one method. What it resolves with is the answer, nothing meaning `{}`; the signal is its deadline. */
export type Handler<M extends Method> = (params: Params<M>, signal: AbortSignal) => Promise<unknown>;

/** One handler per method of the contract; `undefined` is a method this gateway does not serve. */
export type Handlers = { readonly [M in Method]: Handler<M> | undefined };

export interface DispatchParts {
  readonly handlers: Handlers;
  readonly clock: Clock;
  readonly log: Logger;
  /** The room's life: an order already begun outlives the connection it came on, but not the room. */
  readonly signal: AbortSignal;
}

/**
 * Counted from arrival, waiting included, and well below the 20 s after which the OVC gives the link up: as answers
 * leave in order, one late answer makes all behind it late.
 */
const ANSWER_MS = 12_000;

/** A peer that asks for more at once is out of order itself; what is beyond is refused unread. */
const MOST_AT_ONCE = 1_000;

/** So many names of unknown events are remembered; more are a peer's fault and not logged at all. */
const MOST_NAMES = 100;
const NAME_CHARACTERS = 64;

/** What is to be done, checked, and the channel it concerns. */
interface Work {
  readonly channel: number | undefined;
  readonly run: (signal: AbortSignal) => Promise<unknown>;
}

/**
 * Looks a method up, checks its parameters, runs it in its turn and turns whatever happened into an answer.
 * Work for one channel runs one after another, work for different channels overlaps. Knows no connection.
 */
export class Dispatcher implements Service {
  readonly #parts: DispatchParts;
  /** The last work of each lane; the next one waits for it. */
  readonly #lanes = new Map<string, Promise<unknown>>();
  readonly #open = new Set<Promise<unknown>>();
  readonly #unknownEvents = new Set<string>();

  constructor(parts: DispatchParts) {
    this.#parts = parts;
  }

  async request(method: string, params: Fields): Promise<Answer> {
    try {
      return { resp: (await this.#start(method, params, 'request')) ?? {} };
    } catch (err) {
      this.#logFailure(err, method, 'request failed');
      return { err: { code: codeFor(err), msg: err instanceof GatewayError ? err.sentence : 'internal error' } };
    }
  }

  event(method: string, params: Fields): void {
    if (!isMethod(method) || !this.#parts.handlers[method]) this.#noteUnknownEvent(method);
    else this.#start(method, params, 'event').catch((err: unknown) => this.#logFailure(err, method, 'event failed'));
  }

  /** Resolves when no handler runs any more. */
  async idle(): Promise<void> {
    await Promise.allSettled(this.#open);
  }

  /** Starts the work, or puts it behind what its lane is at. The start is synchronous, so order is kept. */
  async #start(method: string, params: Fields, form: 'request' | 'event'): Promise<unknown> {
    const { clock, signal } = this.#parts;
    if (this.#open.size >= MOST_AT_ONCE) throw new GatewayError('refused', 'too many requests at once');
    const { channel, run } = this.#work(method, params);
    const lane = channel === undefined ? undefined : laneFor(method, channel, form);
    const before = lane === undefined ? undefined : this.#lanes.get(lane);
    const late = (): GatewayError => new GatewayError('timed-out', 'timed out', { method, channel });
    const answer = withDeadline({ clock, ms: ANSWER_MS, signal, late }, async (deadline) => {
      if (before) await before;
      if (deadline.aborted) throw late();
      return run(deadline);
    });
    this.#track(answer, lane);
    return answer;
  }

  #track(answer: Promise<unknown>, lane: string | undefined): void {
    const over = answer.then(
      () => undefined,
      () => undefined,
    );
    this.#open.add(over);
    if (lane !== undefined) this.#lanes.set(lane, over);
    void over.then(() => {
      this.#open.delete(over);
      if (lane !== undefined && this.#lanes.get(lane) === over) this.#lanes.delete(lane);
    });
  }

  #work(method: string, params: Fields): Work {
    if (!isMethod(method)) throw unknownMethod(method);
    return checked(this.#parts.handlers, method, params);
  }

  #noteUnknownEvent(name: string): void {
    const method = shown(name);
    if (this.#unknownEvents.has(method) || this.#unknownEvents.size >= MOST_NAMES) return;
    this.#unknownEvents.add(method);
    this.#parts.log.info({ method }, 'unknown event ignored');
  }

  #logFailure(err: unknown, method: string, message: string): void {
    this.#parts.log[err instanceof GatewayError ? 'info' : 'error']({ err, method: shown(method) }, message);
  }
}

function checked<M extends Method>(handlers: Handlers, method: M, params: Fields): Work {
  const handler = handlers[method];
  if (!handler) throw unknownMethod(method);
  const parsed = METHODS[method].params.safeParse(params);
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
    throw new GatewayError('bad-parameter', 'bad parameter', { reason: faults.join('; ') });
  }
  const { data } = parsed;
  const channel = 'channel' in data ? data.channel : undefined;
  return { channel, run: (signal) => handler(data, signal) };
}

/**
 * Which queue of a channel the work joins. What the contract calls an event and comes as one (a PTZ command, a reboot)
 * is bound by no order of answers and does not wait for a push that takes its time to open.
 */
function laneFor(method: string, channel: number, form: 'request' | 'event'): string {
  const aside = form === 'event' && isMethod(method) && METHODS[method].kind === 'EVENT';
  return `${aside ? 'events' : 'requests'} ${channel}`;
}

function codeFor(err: unknown): number {
  return (err instanceof GatewayError ? ERROR_CODE[err.kind] : undefined) ?? INTERNAL_ERROR;
}

function unknownMethod(method: string): GatewayError {
  return new GatewayError('unknown-method', 'method not supported', { method: shown(method) });
}

const shown = (name: string): string => name.slice(0, NAME_CHARACTERS);
