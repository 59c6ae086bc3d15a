import type { Logger } from 'pino';
import type { Alarm } from '../channel/alarm.ts';
import type { ChannelState } from '../channel/state.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { Scope } from '../runtime/scope.ts';
import {
  ALARM_TYPE,
  CHANNEL_STATE,
  type ChannelReport,
  OVD_STATE,
  type OvdState,
  type RequestParams,
} from './protocol.ts';

/** The whole OVD at one moment. */
export interface OvdReport {
  readonly state: OvdState;
  readonly channels: ReadonlyMap<number, ChannelState>;
}

/** A Keepalive that the OVC has answered. */
export interface Heartbeat {
  readonly answeredAt: Date;
  readonly roundTripMs: number;
}

export interface KeepaliveParts {
  readonly send: (params: RequestParams<'Keepalive'>) => Promise<unknown>;
  readonly report: () => OvdReport;
  readonly answered: (heartbeat: Heartbeat) => void;
  readonly clock: Clock;
  readonly log: Logger;
}

const EVERY_MS = 10_000;
/** Changes within this time of the last Keepalive go out together. */
const COALESCE_MS = 1_000;

/** Tells the OVC how the OVD is: at once, every 10 s, and when something changes (section 3). One per connection. */
export class Keepalive {
  readonly #parts: KeepaliveParts;
  #sentAt = Number.NEGATIVE_INFINITY;
  #sent = '';
  #changed = false;
  /** An early Keepalive is out; a slow OVC gets no second one on top, only the regular ones. */
  #earlyOut = false;
  #nap: Scope | undefined;

  constructor(parts: KeepaliveParts) {
    this.#parts = parts;
  }

  /** Something may have changed; said as often as the caller likes. */
  changed(): void {
    this.#changed = true;
    this.#nap?.end();
  }

  /** Sends until the signal aborts. That the OVC does not answer is the peer's to judge, never a reason to wait. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      const waitMs = this.#sentAt + this.#pauseMs() - clock.now();
      if (waitMs > 0) await this.#rest(waitMs, signal);
      else this.#beat();
    }
  }

  #pauseMs(): number {
    return this.#changed && !this.#earlyOut ? COALESCE_MS : EVERY_MS;
  }

  async #rest(ms: number, signal: AbortSignal): Promise<void> {
    const nap = new Scope(signal);
    this.#nap = nap;
    await this.#parts.clock.sleep(ms, nap.signal);
    nap.end();
  }

  /** Before its regular time only a report that differs from the last one is worth a packet. */
  #beat(): void {
    const { clock, report } = this.#parts;
    const now = clock.now();
    const early = now - this.#sentAt < EVERY_MS;
    this.#changed = false;
    const params = keepaliveParams(report());
    const text = JSON.stringify(params);
    if (early && text === this.#sent) return;
    this.#sent = text;
    this.#sentAt = now;
    const answered = this.#exchange(params, now);
    if (!early) return;
    this.#earlyOut = true;
    void answered.then(() => {
      this.#earlyOut = false;
      this.#nap?.end();
    });
  }

  async #exchange(params: RequestParams<'Keepalive'>, sentAt: number): Promise<void> {
    const { send, answered, clock, log } = this.#parts;
    try {
      await send(params);
      answered({ answeredAt: clock.wall(), roundTripMs: clock.now() - sentAt });
    } catch (err) {
      // No answer ends the link, and whoever owns that says so; a refusal is an answer, but not one to expect.
      const refused = err instanceof GatewayError && err.kind === 'refused';
      if (refused) log.warn({ err }, 'the OVC refused a keepalive');
    }
  }
}

function keepaliveParams({ state, channels }: OvdReport): RequestParams<'Keepalive'> {
  return {
    state: OVD_STATE[state],
    channels: [...channels].map(([channel, channelState]) => channelReport(channel, channelState)),
  };
}

/** A channel as Keepalive tells it. Read-only: the wire never writes back into the state. */
export function channelReport(channel: number, { camera, publish, recording, alarms }: ChannelState): ChannelReport {
  const live = publish?.live ? publish : undefined;
  const idle = camera.presence === 'online' ? CHANNEL_STATE.online : CHANNEL_STATE.offline;
  return {
    channel,
    state: live ? CHANNEL_STATE.live : idle,
    ...(live && { stream_id: live.streamId }),
    ...(recording && { record_session: recording.sessionId }),
    ...(alarms.size > 0 && { alarm: alarmFlags(alarms) }),
  };
}

function alarmFlags(alarms: ReadonlySet<Alarm>): number {
  return [...alarms].reduce((flags, alarm) => flags | (1 << ALARM_TYPE[alarm]), 0);
}
