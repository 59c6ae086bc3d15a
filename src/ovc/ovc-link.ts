import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { type ErrorKind, GatewayError, isKind } from '../runtime/errors.ts';
import { Scope } from '../runtime/scope.ts';
import { type Pauses, type Runnable, supervise, together } from '../runtime/supervise.ts';
import { Dispatcher } from './dispatch.ts';
import { type HandlerParts, handlersFor } from './handlers.ts';
import { type Heartbeat, Keepalive, type OvdReport } from './keepalive.ts';
import { type PacketSight, runLink } from './link.ts';
import type { Login } from './login.ts';
import type { Peer } from './peer.ts';
import { REQUESTS, type Request, type RequestAnswer, type RequestParams, type ServerInfo } from './protocol.ts';
import { RivalWatch } from './rival.ts';

export interface OvcLinkParts {
  readonly login: Login;
  readonly handlers: HandlerParts;
  readonly report: () => OvdReport;
  /** Hears each time the link is up, so that something can be asked of the OVC. */
  readonly onUp?: () => void;
  /** Hears each time a link that was up is lost: no order can arrive any more, a Stop no more than another. */
  readonly onDown?: () => void;
  /** Hears of each change of the status. */
  readonly onChange?: () => void;
  readonly onPacket?: PacketSight;
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
}

/** How the link is, for a person. */
export interface LinkStatus {
  readonly link:
    | { readonly state: 'dialling' }
    | { readonly state: 'up'; readonly since: Date }
    | {
        readonly state: 'down';
        readonly since: Date;
        readonly kind: ErrorKind | undefined;
        readonly why: string;
        readonly nextTryAt: Date;
      };
  /** The last Keepalive that was answered, on whichever connection. */
  readonly keepalive: Heartbeat | undefined;
  readonly server: ServerInfo | undefined;
  /** How often the OVC has accepted us. */
  readonly logins: number;
  /** On the monotonic clock: when it last showed that it lives (accepted, or a Keepalive answered), or is tried next. */
  readonly aliveMs: number;
}

/**
 * Within a second, then slowly rarer, never more than 15 s apart: the OVC takes an outage for an offline only after
 * 30 s, so a pause should stay short beside the outage it follows (after 5 s: 2 s at most). A dial that hangs takes
 * 10 s, which is not yet a healthy spell.
 */
const PAUSES: Pauses = { minMs: 1_000, maxMs: 15_000, healthyMs: 12_000, jitter: 1, growth: 1.1 };

const PAUSES_BY_KIND: Partial<Record<ErrorKind, Pauses>> = {
  'login-refused': { minMs: 60_000, maxMs: 60_000, healthyMs: 12_000, jitter: 0 },
  // An OVC that opens and then says nothing takes 20 s to be found out, every time.
  'timed-out': { ...PAUSES, healthyMs: 40_000 },
};

/** The gateway's login at the OVC, kept for the process's whole life. It alone knows how the link is. */
export class OvcLink implements Runnable {
  readonly #parts: OvcLinkParts;
  #status: LinkStatus;
  readonly #rivals: RivalWatch;
  /** When it came up last, on the monotonic clock. */
  #upMs = 0;
  #peer: Peer | undefined;
  #keepalive: Keepalive | undefined;

  constructor(parts: OvcLinkParts) {
    this.#parts = parts;
    this.#rivals = new RivalWatch(parts.log);
    const nothingYet = { keepalive: undefined, server: undefined, logins: 0 };
    this.#status = { link: { state: 'dialling' }, ...nothingYet, aliveMs: parts.clock.now() };
  }

  get status(): LinkStatus {
    return this.#status;
  }

  /** The OVC has accepted us and can be asked. */
  get up(): boolean {
    return this.#peer !== undefined && this.#status.link.state === 'up';
  }

  /** The report may have changed: the OVC hears of it within a second. */
  changed(): void {
    this.#keepalive?.changed();
  }

  /**
   * Asks the OVC for something. What is asked while the link is down is not kept. `arrived` is called when the OVC's end
   * has the request, answered or not.
   * @throws GatewayError `refused`, `link-lost`, `timed-out`
   */
  async call<R extends Request>(method: R, params: RequestParams<R>, arrived?: () => void): Promise<RequestAnswer<R>> {
    if (!this.#peer) throw new GatewayError('link-lost', 'the link to the OVC is down');
    return REQUESTS[method].resp.parse(await this.#peer.call(method, params, arrived));
  }

  async run(signal: AbortSignal): Promise<void> {
    const { handlers, clock, log, random } = this.#parts;
    const life = new Scope(signal);
    const service = new Dispatcher({ handlers: handlersFor(handlers), clock, log, signal: life.signal });
    const onFailure = (err: unknown, waitMs: number): void => this.#noteDown(err, waitMs);
    const pace = { pauses: PAUSES, pausesByKind: PAUSES_BY_KIND, ...(random && { random }) };
    try {
      const supervision = { signal: life.signal, clock, log, onFailure, ...pace };
      await supervise((attempt, working) => this.#connect(service, working, attempt), supervision);
    } finally {
      life.end();
      await service.idle();
    }
  }

  async #connect(service: Dispatcher, working: () => void, signal: AbortSignal): Promise<void> {
    const { login, onPacket, clock, log } = this.#parts;
    const accepted = (): void => {
      working();
      const logins = this.#status.logins + 1;
      this.#upMs = clock.now();
      this.#note({ link: { state: 'up', since: clock.wall() }, logins, aliveMs: this.#upMs });
      log.info({ host: login.url.host }, 'link up');
      this.#tellUp();
    };
    await runLink({ login, service, accepted, onPacket, clock, log }, (peer, life) => this.#talk(peer, life), signal);
  }

  async #talk(peer: Peer, signal: AbortSignal): Promise<void> {
    const { report, clock, log } = this.#parts;
    const send = (params: object): Promise<unknown> => peer.call('Keepalive', params);
    const answered = (keepalive: Heartbeat): void => this.#note({ keepalive, aliveMs: clock.now() });
    this.#peer = peer;
    this.#tellUp();
    this.#keepalive = new Keepalive({ send, report, answered, clock, log });
    try {
      await together(signal, [this.#keepalive, { run: () => this.#askServerInfo() }]);
    } finally {
      this.#peer = undefined;
      this.#keepalive = undefined;
      this.#parts.onDown?.();
    }
  }

  /** An OVC need not know this one; whatever it says, the link lives on. */
  async #askServerInfo(): Promise<void> {
    try {
      this.#note({ server: await this.call('GetServerInfo', {}) });
    } catch (err) {
      this.#parts.log.debug({ err }, 'no server info');
    }
  }

  /** Whichever comes last, the OVC's acceptance or the conversation. */
  #tellUp(): void {
    if (this.up) this.#parts.onUp?.();
  }

  #noteDown(err: unknown, waitMs: number): void {
    const { clock } = this.#parts;
    const { link: before } = this.#status;
    const now = clock.wall();
    const since = before.state === 'down' ? before.since : now;
    if (before.state === 'up' && isKind(err, 'link-lost')) this.#rivals.closed(clock.now() - this.#upMs);
    const [kind, why] = err instanceof GatewayError ? [err.kind, err.sentence] : [undefined, 'internal error'];
    const nextTryAt = new Date(now.getTime() + waitMs);
    const link = { state: 'down', since, kind, why, nextTryAt } as const;
    this.#note({ link, server: undefined, aliveMs: clock.now() + waitMs });
  }

  #note(news: Partial<LinkStatus>): void {
    this.#status = { ...this.#status, ...news };
    this.#parts.onChange?.();
  }
}
