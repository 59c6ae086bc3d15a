import type { Logger } from 'pino';
import type { Credentials } from '../channel/ports.ts';
import { unreachable } from '../runtime/camera-unreachable.ts';
import { type Clock, withDeadline } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { scrubber } from '../runtime/log.ts';
import { aborted } from '../runtime/scope.ts';
import { type CameraClock, ClockOffset, getSystemDateAndTime } from './camera-clock.ts';
import { CameraHttp, type HttpReply, type HttpRequest } from './http.ts';
import { LoginAttempts, type Signature } from './login-attempts.ts';
import { contentType, envelope, isFault, type Operation, type Verdict, verdict } from './soap.ts';

export interface SessionParts {
  /** The device service, at the address that answers. */
  readonly device: URL;
  readonly credentials: Credentials | undefined;
  readonly clock: Clock;
  readonly log: Logger;
  readonly maxReplyBytes?: number;
  /** For a device that may not be the one it is taken for: Basic, which gives the password away, is not answered. */
  readonly digestOnly?: boolean;
  /**
   * Throws when another device is there by now. Asked before the next login after a connection was lost: whoever has the
   * address then need not be the camera.
   */
  readonly confirm?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

/**
 * Requests of one lane go strictly one after another, and those of different lanes overlap: a long poll holds up nobody,
 * and nothing holds up what moves the camera and stops it again.
 */
export type Lane = 'orders' | 'events' | 'ptz';

/**
 * Whose sockets a lane uses. PTZ orders are rare and in a hurry: they find the socket open that the camera is looked at
 * with every few seconds, and open one of their own only while that is busy.
 */
const SOCKETS = { orders: 'orders', ptz: 'orders', events: 'events' } as const satisfies Record<Lane, Lane>;

export interface CallOptions {
  /** The address of the operation's service; the device service's if left out. */
  readonly at?: URL;
  /** For the whole call: waiting for its turn, a second try after a refusal, and reading the reply. */
  readonly deadlineMs?: number;
  readonly lane?: Lane;
}

const DEADLINE_MS = 8000;
const MAX_REPLY_BYTES = 1024 * 1024;
const UNREADABLE: CameraClock = { utc: undefined, local: undefined };

/**
 * One camera's SOAP conversation: whose turn it is, the login, the clock's offset, the deadline. Knows operations, not
 * what they are for. Whoever makes one closes it.
 */
export class OnvifSession {
  readonly device: URL;
  readonly #parts: SessionParts;
  readonly #http = new Map<Lane, CameraHttp>();
  readonly #attempts: LoginAttempts;
  readonly #offset = new ClockOffset();
  /** Resolves when the camera's clock has been read again after a refusal. */
  #mending: Promise<void> = Promise.resolve();
  readonly #lanes = new Map<Lane, Promise<unknown>>();
  readonly #scrub: (text: string) => string;
  #heardMs = Number.NEGATIVE_INFINITY;
  #doubted = false;

  constructor(parts: SessionParts) {
    this.device = parts.device;
    this.#parts = parts;
    this.#attempts = new LoginAttempts(parts.credentials, parts.clock, parts.digestOnly);
    this.#scrub = scrubber(parts.credentials ? [parts.credentials.password] : []);
  }

  /** The camera's clock minus ours, as the camera shows it; undefined when it shows none. */
  get clockOffsetMs(): number | undefined {
    return this.#offset.shownMs;
  }

  /** When the camera last answered in SOAP, on the monotonic clock. */
  get heardMs(): number {
    return this.#heardMs;
  }

  /** The camera wants its login in HTTP headers. */
  get httpLogin(): boolean {
    return this.#attempts.inHttp;
  }

  /** How often the camera has refused a request. */
  get refusals(): number {
    return this.#attempts.refusals;
  }

  /**
   * One operation, with the login that this camera wants.
   * @throws GatewayError `camera-unreachable`, `camera-unauthorized`, `camera-fault`, `not-onvif`
   */
  call<T>(operation: Operation<T>, options: CallOptions, signal: AbortSignal): Promise<T> {
    return this.#inTurn(operation, options, signal, (scope) => this.#ask(operation, options, scope));
  }

  /**
   * Asks for the camera's clock without a login, and takes the new offset to account. A camera that wants a login for
   * this has answered all the same: that is no error here.
   * @throws GatewayError `camera-unreachable`, `camera-fault`, `not-onvif`
   */
  readClock(options: CallOptions, signal: AbortSignal): Promise<void> {
    return this.#inTurn(getSystemDateAndTime, options, signal, async (scope) => {
      await this.#confirm(scope);
      await this.#clock(scope);
    });
  }

  /**
   * What comes before the first login: the clock, and how the camera wants its login.
   * @throws GatewayError as `call` does
   */
  greet(signal: AbortSignal): Promise<void> {
    return this.#inTurn(getSystemDateAndTime, {}, signal, async (scope) => {
      const { open } = await this.#clock(scope);
      if (open || !this.#parts.credentials) return;
      const clock = await this.#ask(getSystemDateAndTime, {}, scope);
      this.#offset.heard(clock, undefined, this.#nowMs());
    });
  }

  /** Ends the sockets; a session is not used again. */
  close(): void {
    for (const http of this.#http.values()) http.close();
  }

  async #ask<T>(operation: Operation<T>, { at = this.device, lane }: CallOptions, signal: AbortSignal): Promise<T> {
    for (;;) {
      // Whatever is signed with a clock that is just being found wrong would be one more refusal.
      await this.#mending;
      await this.#confirm(signal);
      let signature: Signature = {};
      const offsetMs = this.#offset.ms;
      const sign = (): Signature => {
        signature = this.#attempts.sign(at.pathname + at.search, offsetMs);
        return signature;
      };
      const said = await this.#send(operation, { at, lane, sign }, signal);
      if (said.type === 'answer') {
        this.#attempts.accepted();
        return said.answer;
      }
      const next = this.#attempts.refused(said, signature);
      const again = next === 'again' || (next === 'mend-clock' && (await this.#mendClock(offsetMs, signal)));
      if (again) continue;
      // A camera that has let us in before has another password now, or is another one.
      this.#doubted ||= this.#attempts.proven;
      throw this.#attempts.error(said);
    }
  }

  /** After a refusal: the camera's clock may have been set since we read it, or may not be the one it shows. */
  async #mendClock(signedMs: number, signal: AbortSignal): Promise<boolean> {
    const mending = this.#clock(signal);
    this.#mending = mending.then(
      () => undefined,
      () => undefined,
    );
    await mending;
    return this.#offset.movedSince(signedMs) || (!this.#attempts.proven && this.#offset.distrust());
  }

  async #clock(signal: AbortSignal): Promise<{ open: boolean }> {
    const askedMs = this.#nowMs();
    const said = await this.#send(getSystemDateAndTime, { at: this.device }, signal);
    if (said.type === 'refusal') this.#attempts.challenged(said);
    const clock = said.type === 'answer' ? said.answer : UNREADABLE;
    // The camera read its clock somewhere between the question and the answer.
    const readMs = (askedMs + this.#nowMs()) / 2;
    this.#offset.heard(clock, said.date, readMs);
    return { open: said.type === 'answer' };
  }

  async #send<T>(
    operation: Operation<T>,
    { at, lane = 'orders', sign }: { at: URL; lane?: Lane | undefined; sign?: () => Signature },
    signal: AbortSignal,
  ): Promise<Verdict<T> & { readonly date: string | undefined }> {
    signal.throwIfAborted();
    const { log, clock, maxReplyBytes: maxBytes = MAX_REPLY_BYTES } = this.#parts;
    const since = clock.now();
    const make = (): HttpRequest => {
      const { security, authorization } = sign?.() ?? {};
      const signed = authorization === undefined ? {} : { Authorization: authorization };
      const headers = { 'Content-Type': contentType(operation), ...signed };
      return { url: at, headers, body: envelope(operation, security), maxBytes };
    };
    const reply = await this.#httpFor(lane)
      .post(make, signal)
      .catch((err: unknown) => {
        this.#doubted = true;
        throw err;
      });
    log.debug({ method: operation.name, status: reply.status, took_ms: Math.round(clock.now() - since) }, 'asked');
    const said = this.#read(operation, reply);
    this.#heardMs = clock.now();
    return { ...said, date: reply.date };
  }

  async #confirm(signal: AbortSignal): Promise<void> {
    if (!this.#doubted) return;
    await this.#parts.confirm?.(signal);
    this.#doubted = false;
  }

  #httpFor(lane: Lane): CameraHttp {
    const http = this.#http.get(SOCKETS[lane]) ?? new CameraHttp();
    this.#http.set(SOCKETS[lane], http);
    return http;
  }

  /** A camera may say our own password back to us in a fault; it must not travel on from here. */
  #read<T>(operation: Operation<T>, reply: HttpReply): Verdict<T> {
    try {
      const said = verdict(operation, reply);
      return said.type === 'refusal' ? { ...said, said: this.#scrub(said.said) } : said;
    } catch (err) {
      if (!(err instanceof GatewayError) || !isFault(err)) throw err;
      const words = Object.entries(err.fields).map(([name, field]) => [name, this.#scrub(String(field))]);
      throw new GatewayError(err.kind, err.message, Object.fromEntries(words));
    }
  }

  #inTurn<O, T>(
    operation: Operation<O>,
    { deadlineMs: ms = DEADLINE_MS, lane = 'orders' }: CallOptions,
    signal: AbortSignal,
    work: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const { clock } = this.#parts;
    const late = (): Error => unreachable('no answer', { method: operation.name });
    return withDeadline({ clock, ms, signal, late }, (scope) => {
      const before = this.#lanes.get(lane) ?? Promise.resolve();
      const mine = Promise.race([before, aborted(scope)]).then(() => {
        scope.throwIfAborted();
        return work(scope);
      });
      // Whoever gives up waiting must not let the next one pass those before. Only that they are over is kept: with what
      // they brought, each would hold the one before it, and so all that a camera has ever answered.
      const over = Promise.allSettled([before, mine]).then(() => undefined);
      this.#lanes.set(lane, over);
      return mine;
    });
  }

  #nowMs(): number {
    return this.#parts.clock.wall().getTime();
  }
}
