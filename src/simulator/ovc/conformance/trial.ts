import { randomBytes } from 'node:crypto';
import { withDeadline } from '../../../runtime/clock.ts';
import { GatewayError } from '../../../runtime/errors.ts';
import type { TimedAnswer } from '../conversation.ts';
import type { Device, DeviceReport } from '../device.ts';
import type { LinkFaultsPatch } from '../faults.ts';
import type { Entry } from '../packet-book.ts';
import type { Platform } from '../platform.ts';
import type { StreamReport } from '../rtmp-stream.ts';

/**
 * One device under test: everything a rule may do to it and see of it. Waiting has an end, and what did not happen
 * until then is an error that says so.
 */

type Fields = Readonly<Record<string, unknown>>;
export type Sight<T> = () => T | undefined | null | false;

const ANSWER_MS = 20_000;
/** A Keepalive is due every 10 s; two more for the way and a busy device. */
export const KEEPALIVE_MS = 12_000;
/** Silence after which a device counts as offline, so it has to be back before. */
export const BACK_MS = 30_000;

export class Trial {
  readonly platform: Platform;
  readonly #code: string;
  readonly #signal: AbortSignal;
  #channel: number | undefined;
  /** Entries of the record up to here were there before the trial. */
  readonly #since: number;

  constructor(platform: Platform, code: string, { channel, signal }: { channel?: number; signal: AbortSignal }) {
    this.platform = platform;
    this.#code = code;
    this.#signal = signal;
    this.#since = this.device.packets.at(-1)?.number ?? 0;
    this.#channel = channel;
  }

  get code(): string {
    return this.#code;
  }

  /** The channel that is tried: the first that is seen online, from then on for good; undefined before. */
  get channel(): number | undefined {
    this.#channel ??= this.report.channels.find(({ state }) => state > 0)?.channel;
    return this.#channel;
  }

  get device(): Device {
    return this.platform.devices.get(this.#code);
  }

  get report(): DeviceReport {
    return this.device.report;
  }

  /** What passed since the trial began, or after the entry of that number. */
  packets(after = this.#since): readonly Entry[] {
    return this.device.packetsAfter(after);
  }

  /** What the device sent since then, as the contract sees it. */
  requests(name: string, after = this.#since): readonly Entry[] {
    return this.packets(after).filter(
      ({ direction, packet }) => direction === 'up' && packet?.kind === 'request' && packet.name === name,
    );
  }

  /** The number of the latest entry, to look at what comes after it. */
  get now(): number {
    return this.device.packets.at(-1)?.number ?? 0;
  }

  /** @throws GatewayError `link-lost`, `timed-out` */
  ask(method: string, params?: Fields): Promise<TimedAnswer> {
    return this.device.request(method, params, ANSWER_MS);
  }

  tell(event: string, params?: Fields): void {
    this.device.say(JSON.stringify(params === undefined ? { event } : { event, params }));
  }

  /** The device's own report of the channel under test. */
  get channelReport(): DeviceReport['channels'][number] | undefined {
    return this.report.channels.find(({ channel }) => channel === this.channel);
  }

  streams(key: string): readonly StreamReport[] {
    return (this.platform.ingest?.streams ?? []).filter(({ path }) => path === `/live/${key}`);
  }

  /**
   * Waits until something is seen.
   * @throws GatewayError `timed-out`, with what was awaited; `ended-early` when the trial is stopped
   */
  until<T>(what: string, ms: number, sight: Sight<T>): Promise<T> {
    const { clock, bell } = this.platform;
    const reason = `not within ${Math.round(ms / 1000)} s: ${what}`;
    const late = (): Error => new GatewayError('timed-out', 'did not happen', { reason });
    return withDeadline({ clock, ms, signal: this.#signal, late }, async (scope) => {
      while (!scope.aborted) {
        const seen = sight();
        if (seen !== undefined && seen !== null && seen !== false) return seen;
        await bell.next(scope);
      }
      throw new GatewayError('ended-early', 'the tour was stopped');
    });
  }

  rest(ms: number): Promise<void> {
    return this.platform.clock.sleep(ms, this.#signal);
  }

  /** Sets switches of this device's link while `work` runs. */
  async while<T>(patch: LinkFaultsPatch, work: () => Promise<T>): Promise<T> {
    const { faults } = this.platform;
    const before = faults.link(this.#code);
    faults.set(patch, this.#code);
    try {
      return await work();
    } finally {
      faults.set(before, this.#code);
    }
  }

  /** Waits until the device is logged in, and has told its state on this very connection. */
  async connected(): Promise<void> {
    await this.until('a login and the first Keepalive after it', BACK_MS * 3, () => {
      const { packets, report } = this.device;
      const login = packets.findLast(isLogin)?.number ?? 0;
      // A socket may take a little longer to go than the conversation on it.
      const over = (packets.findLast(isFarewell)?.number ?? 0) > login;
      return report.connected && !over && this.requests('Keepalive', login).length > 0;
    });
  }
}

/** Whether the entry notes that the device came in. */
export function isLogin({ direction, text }: Entry): boolean {
  return direction === 'note' && text.startsWith('logged in');
}

/** Whether the entry notes the end of a connection. */
export function isFarewell({ direction, text }: Entry): boolean {
  return direction === 'note' && (text.startsWith('link closed') || text.startsWith('the platform closed'));
}

/** For a stream or a session of the tour's own. */
export const newName = (): string => `tour-${randomBytes(4).toString('hex')}`;
