import { aborted } from '../../runtime/scope.ts';
import type { Runnable } from '../../runtime/supervise.ts';
import type { AlarmLog } from './alarm-log.ts';
import { awaitFact } from './await-fact.ts';
import type { Tours } from './conformance/tours.ts';
import type { TimedAnswer } from './conversation.ts';
import type { Device } from './device.ts';
import type { Faults } from './faults.ts';
import { type OpenPlatform, openPlatform } from './open-platform.ts';
import type { OvcOptions } from './options.ts';
import type { Entry } from './packet-book.ts';
import type { Pictures } from './pictures.ts';
import type { Recordings } from './recordings.ts';
import type { StreamReport } from './rtmp-stream.ts';

export type { OvcOptions } from './options.ts';

const ANSWER_MS = 20_000;
const PATIENCE_MS = 10_000;

/**
 * The simulated platform (OVS RPC §3.3) in the hand of whoever opens it: devices log in, their packets are recorded and
 * shown, a person or a test sends them packets, and what they publish and record is received and judged. A peer for any
 * device; it shares with the gateway only the contract's table.
 */
export class OvcSimulator implements Runnable {
  readonly #platform: OpenPlatform;
  #closing: Promise<void> | undefined;

  private constructor(platform: OpenPlatform) {
    this.#platform = platform;
  }

  /**
   * Opens the listeners.
   * @throws GatewayError `config-invalid` for an open address without a token, or when node-media-server is missing
   */
  static async listen(options: OvcOptions): Promise<OvcSimulator> {
    return new OvcSimulator(await openPlatform(options));
  }

  /** Where devices log in, without a query. */
  get url(): string {
    return `ws://${this.#platform.listener.authority()}/ovc`;
  }

  /** The monitor page: of one device, or the list of all. */
  pageUrl(loginCode?: string): string {
    const { token, listener } = this.#platform;
    const query = new URLSearchParams(loginCode === undefined ? {} : { login_code: loginCode });
    if (token) query.set('token', token.reveal());
    return `http://${listener.authority()}/${query.size > 0 ? `?${query}` : ''}`;
  }

  /**
   * Where a device is told to publish.
   * @throws GatewayError `config-invalid` when there is no RTMP listener
   */
  rtmpUrl(app: string, key: string): string {
    return this.#platform.rtmpUrl(app, key);
  }

  /** The switches that make it misbehave. */
  get faults(): Faults {
    return this.#platform.faults;
  }

  /** What recorders have brought, session by session; the gate of each, and the addresses to hand out. */
  get recordings(): Recordings {
    return this.#platform.recordings;
  }

  /** Where devices bring pictures, those of alarms and those asked for. */
  get pictures(): Pictures {
    return this.#platform.pictures;
  }

  /** Every alarm that was told. */
  get alarms(): AlarmLog {
    return this.#platform.alarms;
  }

  /** By login code; those of the accounts from the start. */
  get devices(): ReadonlyMap<string, Device> {
    return this.#platform.devices.all;
  }

  /** Every publish so far, the oldest first. */
  get streams(): readonly StreamReport[] {
    return this.#platform.ingest?.streams ?? [];
  }

  /** The conformance tours: the protocol's rules, tried on a device. */
  get tours(): Tours {
    return this.#platform.tours;
  }

  /** Breaks off the publishers of one path (`/app/key`), or all; says how many there were. */
  cutStreams(path?: string): number {
    return this.#platform.ingest?.cut(path) ?? 0;
  }

  /**
   * Asks a device; an error answer is an answer too.
   * @throws GatewayError `link-lost` when it isn't connected, `timed-out` (20 s by default)
   */
  async request(
    code: string,
    method: string,
    params?: Readonly<Record<string, unknown>>,
    { timeoutMs = ANSWER_MS }: { timeoutMs?: number } = {},
  ): Promise<TimedAnswer> {
    return this.#platform.devices.get(code).request(method, params, timeoutMs);
  }

  /**
   * Sends a text to a device as it is, sense or nonsense.
   * @throws GatewayError `link-lost`
   */
  say(code: string, text: string): Entry {
    return this.#platform.devices.get(code).say(text);
  }

  /**
   * Waits for something to become true of devices, packets or streams; undefined, null and false mean "not yet".
   * @throws GatewayError `timed-out` after real milliseconds (10 s by default), with what was seen instead
   */
  waitFor<T>(
    fact: () => T | undefined | null | false,
    { timeoutMs = PATIENCE_MS }: { timeoutMs?: number } = {},
  ): Promise<T> {
    const { bell, signal } = this.#platform;
    return awaitFact({ fact, bell, timeoutMs, seen: () => this.#seen(), signal });
  }

  async run(signal: AbortSignal): Promise<void> {
    await aborted(signal);
    await this.close();
  }

  /** Ends every connection and both listeners; resolves when they are gone. */
  close(): Promise<void> {
    this.#closing ??= this.#platform.close();
    return this.#closing;
  }

  #seen(): unknown {
    const devices = [...this.devices.values()].map(({ report, packets }) => ({
      ...report,
      packets: packets.slice(-10).map(({ direction, text, faults }) => `${direction} ${text.slice(0, 200)} ${faults}`),
    }));
    const recordings = this.recordings.all.map((report) => ({ ...report, segments: report.segments.slice(-5) }));
    return { devices, streams: this.streams, recordings };
  }
}
