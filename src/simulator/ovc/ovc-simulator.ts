import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import type { Logger } from 'pino';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { aborted, Scope } from '../../runtime/scope.ts';
import type { Secret } from '../../runtime/secret.ts';
import type { Runnable } from '../../runtime/supervise.ts';
import { AlarmLog } from './alarm-log.ts';
import { type Answers, DEFAULT_ANSWERS } from './answers.ts';
import { platformApi } from './api.ts';
import { awaitFact } from './await-fact.ts';
import { Bell } from './bell.ts';
import type { TimedAnswer } from './conversation.ts';
import { Device } from './device.ts';
import { Faults } from './faults.ts';
import { type Accounts, Door } from './login.ts';
import type { BookLimits, Entry } from './packet-book.ts';
import { Pictures } from './pictures.ts';
import { RecordingDesk } from './recording-desk.ts';
import { Recordings } from './recordings.ts';
import { RtmpIngest } from './rtmp-ingest.ts';
import type { StreamReport } from './rtmp-stream.ts';

/**
 * The simulated platform (OVS RPC §3.3): devices log in, their packets are recorded and shown, a person or a test sends
 * them packets, and what they publish and record is received and judged. One WebSocket and HTTP listener, one RTMP
 * listener. A peer for any device; it shares with the gateway only the contract's table.
 */

export interface OvcOptions {
  /** Default 127.0.0.1. Any other address needs a `token`. */
  readonly host?: string;
  /** Default 0: any free one. */
  readonly port?: number;
  readonly accounts: Accounts;
  readonly token?: Secret;
  /** Rows that replace those of a platform that accepts everything and offers nothing. */
  readonly answers?: Partial<Answers>;
  /** The RTMP listener on the same host; `false` for none. Default: any free port, without TLS. */
  readonly rtmp?: { readonly port?: number; readonly tls?: { readonly key: string; readonly cert: string } } | false;
  /** `storeBytes` bounds the recordings, whose oldest segments go first. */
  readonly limits?: Partial<BookLimits> & { readonly devices?: number; readonly storeBytes?: number };
  readonly log: Logger;
  readonly clock?: Clock;
}

const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/;
const LIMITS = { packets: 2000, bytes: 4 * 1024 * 1024, devices: 100, storeBytes: 4 * 1024 * 1024 * 1024 };
const ANSWER_MS = 20_000;
const PATIENCE_MS = 10_000;

export class OvcSimulator implements Runnable {
  readonly faults = new Faults();
  /** What recorders have brought, session by session; the gate of each, and the addresses to hand out. */
  readonly recordings: Recordings;
  /** Where devices bring pictures, those of alarms and those asked for. */
  readonly pictures: Pictures;
  /** Every alarm that was told. */
  readonly alarms: AlarmLog;
  readonly #options: OvcOptions;
  readonly #clock: Clock;
  readonly #devices = new Map<string, Device>();
  readonly #bell = new Bell();
  readonly #scope = new Scope();
  readonly #server: Server;
  readonly #door: Door;
  #ingest: RtmpIngest | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: OvcOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#door = new Door({
      accounts: options.accounts,
      faults: this.faults,
      device: (code) => this.#deviceFor(code),
      log: options.log,
    });
    this.#server = createServer();
    const origin = (): string => `http://${this.#authority(this.#port)}`;
    this.pictures = new Pictures({ origin, clock: this.#clock, bell: this.#bell });
    this.alarms = new AlarmLog(this.pictures, this.#clock);
    this.recordings = new Recordings({
      origin,
      token: options.token,
      maxStoreBytes: options.limits?.storeBytes ?? LIMITS.storeBytes,
      clock: this.#clock,
      bell: this.#bell,
    });
  }

  /**
   * Opens the listeners.
   * @throws GatewayError `config-invalid` for an open address without a token, or when node-media-server is missing
   */
  static async listen(options: OvcOptions): Promise<OvcSimulator> {
    const { host = '127.0.0.1', token } = options;
    if (!LOOPBACK.test(host) && token === undefined) {
      throw new GatewayError('config-invalid', 'the simulator needs a token on any address but loopback', { host });
    }
    const simulator = new OvcSimulator(options);
    try {
      await simulator.#listen();
    } catch (err) {
      await simulator.close();
      throw err;
    }
    return simulator;
  }

  /** Where devices log in, without a query. */
  get url(): string {
    return `ws://${this.#authority(this.#port)}/ovc`;
  }

  /** The monitor page: of one device, or the list of all. */
  pageUrl(loginCode?: string): string {
    const query = new URLSearchParams(loginCode === undefined ? {} : { login_code: loginCode });
    if (this.#options.token) query.set('token', this.#options.token.reveal());
    return `http://${this.#authority(this.#port)}/${query.size > 0 ? `?${query}` : ''}`;
  }

  /**
   * Where a device is told to publish.
   * @throws GatewayError `config-invalid` when there is no RTMP listener
   */
  rtmpUrl(app: string, key: string): string {
    const { rtmp } = this.#options;
    if (!this.#ingest || rtmp === false) throw new GatewayError('config-invalid', 'the simulator has no RTMP listener');
    return `rtmp${rtmp?.tls ? 's' : ''}://${this.#authority(this.#ingest.port)}/${app}/${key}`;
  }

  /** By login code; those of the accounts from the start. */
  get devices(): ReadonlyMap<string, Device> {
    return this.#devices;
  }

  /** Every publish so far, the oldest first. */
  get streams(): readonly StreamReport[] {
    return this.#ingest?.streams ?? [];
  }

  /** Breaks off the publishers of one path (`/app/key`), or all; says how many there were. */
  cutStreams(path?: string): number {
    return this.#ingest?.cut(path) ?? 0;
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
    return this.#connected(code).request(method, params, timeoutMs);
  }

  /**
   * Sends a text to a device as it is, sense or nonsense.
   * @throws GatewayError `link-lost`
   */
  say(code: string, text: string): Entry {
    return this.#connected(code).say(text);
  }

  /**
   * Waits for something to become true of devices, packets or streams; undefined, null and false mean "not yet".
   * @throws GatewayError `timed-out` after real milliseconds (10 s by default), with what was seen instead
   */
  waitFor<T>(
    fact: () => T | undefined | null | false,
    { timeoutMs = PATIENCE_MS }: { timeoutMs?: number } = {},
  ): Promise<T> {
    const seen = (): unknown => this.#seen();
    return awaitFact({ fact, bell: this.#bell, timeoutMs, seen, signal: this.#scope.signal });
  }

  async run(signal: AbortSignal): Promise<void> {
    await aborted(signal);
    await this.close();
  }

  /** Ends every connection and both listeners; resolves when they are gone. */
  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    this.#scope.end();
    this.#door.close();
    await this.#ingest?.close();
    if (!this.#server.listening) return;
    const closed = once(this.#server, 'close');
    this.#server.close();
    this.#server.closeAllConnections();
    await closed;
    await this.recordings.folder.close();
  }

  async #listen(): Promise<void> {
    const { host = '127.0.0.1', port = 0, accounts, rtmp = {}, log, token } = this.#options;
    for (const code of accounts === 'any' ? [] : Object.keys(accounts)) this.#deviceFor(code);
    const { signal } = this.#scope;
    if (rtmp !== false) {
      const changed = (): void => this.#bell.ring();
      const parts = { host, port: 0, ...rtmp, faults: this.faults, log, clock: this.#clock, changed };
      this.#ingest = await RtmpIngest.listen(parts);
    }
    const api = platformApi({
      devices: this.#devices,
      faults: this.faults,
      recordings: this.recordings,
      alarms: this.alarms,
      pictures: this.pictures,
      streams: () => this.streams,
      cutStreams: (path) => this.cutStreams(path),
      token,
      log,
      signal,
    });
    const { recordings, pictures, faults } = this;
    const desk = new RecordingDesk({ recordings, faults, clock: this.#clock, log, signal });
    const others = getRequestListener(api.fetch, { overrideGlobalObjects: false });
    this.#server.on('request', (request, response) => {
      if (desk.takes(request)) void desk.answer(request, response);
      else if (pictures.takes(request)) void pictures.answer(request, response);
      else void others(request, response);
    });
    this.#server.on('upgrade', (request, socket, head) => this.#door.knock(request, socket, head));
    this.#server.listen(port, host);
    await once(this.#server, 'listening');
  }

  #deviceFor(code: string): Device | undefined {
    const known = this.#devices.get(code);
    const { answers, limits, log } = this.#options;
    const { devices: most, storeBytes: _, ...bookLimits } = { ...LIMITS, ...limits };
    if (known || this.#devices.size >= most) return known;
    const device = new Device({
      code,
      answers: { ...DEFAULT_ANSWERS, AlarmNotify: this.alarms.note, ...answers },
      faults: () => this.faults.link(code),
      limits: bookLimits,
      bell: this.#bell,
      clock: this.#clock,
      log: log.child({ device: code }),
      signal: this.#scope.signal,
    });
    this.#devices.set(code, device);
    return device;
  }

  #connected(code: string): Device {
    const device = this.#devices.get(code);
    if (!device) throw new GatewayError('link-lost', 'no such device has logged in', { device: code });
    return device;
  }

  get #port(): number {
    const address = this.#server.address();
    return typeof address === 'object' && address !== null ? address.port : 0;
  }

  #authority(port: number): string {
    const { host = '127.0.0.1' } = this.#options;
    return `${host.includes(':') ? `[${host}]` : host}:${port}`;
  }

  #seen(): unknown {
    const devices = [...this.#devices.values()].map(({ report, packets }) => ({
      ...report,
      packets: packets.slice(-10).map(({ direction, text, faults }) => `${direction} ${text.slice(0, 200)} ${faults}`),
    }));
    const recordings = this.recordings.all.map((report) => ({ ...report, segments: report.segments.slice(-5) }));
    return { devices, streams: this.streams, recordings };
  }
}
