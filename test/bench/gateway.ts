import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DeviceReport } from '../../src/simulator/ovc/device.ts';
import type { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { Child } from './child.ts';
import { freePort } from './free-port.ts';
import { unitEnvironment } from './unit-environment.ts';

const PROGRAM = join(import.meta.dirname, '..', '..', 'dist', 'main.js');
const LOGIN_PASSWORD = 'bench-password';

export interface GatewayWish {
  readonly ovc: OvcSimulator;
  /** What the platform calls it. */
  readonly code: string;
  /** Where it logs in; the platform itself when not given. */
  readonly url?: string;
  /** As in the configuration file. */
  readonly channels: readonly object[];
  /** Takes the configuration file. */
  readonly folder: string;
}

/** The gateway under measurement: the built program, started as a customer starts it. */
export class MeasuredGateway {
  readonly code: string;
  readonly #ovc: OvcSimulator;
  readonly #child: Child;
  readonly #channels: number;
  readonly #webPort: number;

  private constructor({ ovc, code, channels }: GatewayWish, { file, webPort }: { file: string; webPort: number }) {
    this.code = code;
    this.#ovc = ovc;
    this.#channels = channels.length;
    this.#webPort = webPort;
    const env = { ...process.env, ...unitEnvironment() };
    this.#child = Child.spawn(process.execPath, [PROGRAM, 'run', '-c', file], { env });
  }

  static async start(wish: GatewayWish): Promise<MeasuredGateway> {
    const { ovc, code, url = ovc.url, channels, folder } = wish;
    const file = join(folder, `${code}.yaml`);
    const webPort = await freePort();
    const config = {
      platform: { url, login_code: code, login_password: LOGIN_PASSWORD },
      state_dir: join(folder, code),
      discovery: { enabled: false },
      web: { listen: `127.0.0.1:${webPort}` },
      channels,
    };
    // JSON is YAML.
    await writeFile(file, JSON.stringify(config), { mode: 0o600 });
    return new MeasuredGateway(wish, { file, webPort });
  }

  get pid(): number {
    return this.#child.pid;
  }

  /** `performance.now()` right before its process was started. */
  get startedMs(): number {
    return this.#child.startedMs;
  }

  get report(): DeviceReport | undefined {
    return this.#ovc.devices.get(this.code)?.report;
  }

  /** What the last Keepalive said of a channel. */
  channel(channel: number): DeviceReport['channels'][number] | undefined {
    return this.report?.channels.find((entry) => entry.channel === channel);
  }

  /**
   * `performance.now()` of the moment at which the platform had seen the fact.
   * @throws Error when the gateway ends, or when the fact does not come in 30 s
   */
  async moment(fact: () => unknown): Promise<number> {
    const seen = (): number | undefined => {
      const { obituary } = this.#child;
      if (obituary !== undefined) throw new Error(obituary);
      return fact() ? performance.now() : undefined;
    };
    return this.#ovc.waitFor(seen, { timeoutMs: 30_000 });
  }

  firstKeepalive(): Promise<number> {
    return this.moment(() => (this.report?.keepalives ?? 0) > 0);
  }

  async camerasOnline(): Promise<void> {
    await this.moment(() => {
      const { channels = [] } = this.report ?? {};
      return channels.length === this.#channels && channels.every(({ state }) => state > 0);
    });
  }

  /** @throws Error when it answers with an error */
  async ask(method: string, params: Readonly<Record<string, unknown>>): Promise<void> {
    const answer = await this.#ovc.request(this.code, method, params);
    if ('err' in answer && answer.err) throw new Error(`${method} refused: ${JSON.stringify(answer.err)}`);
  }

  /** Moves a camera, or stops it. */
  ptz(channel: number, op: 'left' | 'right' | 'stop'): void {
    const params = { channel, op, value: op === 'stop' ? 0 : 50 };
    this.#ovc.say(this.code, JSON.stringify({ event: 'CtrlPTZ', params }));
  }

  /** Orders a channel live to that name at the platform's RTMP server. */
  publish(channel: number, name: string): Promise<void> {
    return this.ask('RTMPPublish', {
      ...{ channel, url: this.#ovc.rtmpUrl('live', name), stream_id: name, max_bitrate: 0 },
    });
  }

  unpublish(channel: number, name: string): Promise<void> {
    return this.ask('RTMPStopPublish', { channel, stream_id: name });
  }

  /** Orders a cloud recording with ten seconds a segment, unless said otherwise. */
  record(channel: number, session: string, otherwise: object = {}): Promise<void> {
    return this.ask('StartCloudRecord', {
      ...{ channel, session_id: session, max_bitrate: 0, seg_duration: 10, seg_max_size: 16_777_216 },
      ...{ seg_max_count: 6, prerecord_seconds: 30, start_ts: 0 },
      ...otherwise,
      cbk_url: this.#ovc.recordings.callbackUrl(session),
    });
  }

  stopRecord(channel: number, session: string): Promise<void> {
    return this.ask('StopCloudRecord', { channel, session_id: session });
  }

  /** Of its metrics; of those that each channel has, the sum. */
  async metric(name: string): Promise<number> {
    const text = await (await fetch(`http://127.0.0.1:${this.#webPort}/metrics`)).text();
    const values = [...text.matchAll(new RegExp(`^${name}(?:\\{.*\\})? (\\S+)$`, 'gm'))];
    if (values.length === 0) throw new Error(`the gateway has no metric ${name}`);
    return values.reduce((sum, [, value]) => sum + Number(value), 0);
  }

  stop(): Promise<void> {
    return this.#child.stop();
  }
}
