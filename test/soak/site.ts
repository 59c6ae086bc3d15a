import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createLog } from '../../src/runtime/log.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { VirtualCamera } from '../../src/simulator/camera/camera.ts';
import { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { freePort } from '../bench/free-port.ts';
import { Relay } from '../bench/relay.ts';
import { Visitor } from './visitor.ts';

const CODE = 'SOAK';
const OVC_PASSWORD = 'soak-ovc-hunter2';
const CAMERA_PASSWORD = 'soak-cam-hunter2';
const SEGMENT_SECONDS = 4;
/** As many as the page remembers lines of the log. */
const FILLING_ORDERS = 2_000;
/** Makes the line of its refusal as long as others are on average, so that those change nothing when they take its place. */
const UNKNOWN_ORDER = 'AnOrderThatNoGatewayKnowsAtAll';
/** As many as pictures are kept. */
const FILLING_ALARMS = 64;
/** The next alarm counts, and has a picture of its own, a second after the one before. */
const MOVE_MS = 700;

interface Parts {
  readonly ovc: OvcSimulator;
  readonly cameras: readonly VirtualCamera[];
  readonly relay: Relay;
  readonly folder: string;
  readonly webPort: number;
}

/** What the gateway soaks in: cameras and a platform in this process, and a wire between that can be cut. */
export class SoakSite {
  readonly secrets: readonly string[] = [OVC_PASSWORD, CAMERA_PASSWORD];
  readonly ovc: OvcSimulator;
  readonly cameras: readonly VirtualCamera[];
  readonly file: string;
  readonly visitor: Visitor;
  readonly #webPort: number;
  readonly #relay: Relay;
  readonly #folder: string;
  readonly #live = new Map<number, string>();
  readonly #recorded = new Map<number, string>();
  #names = 0;
  /** Orders that the gateway has refused, by what it said. */
  readonly refusals = new Map<string, number>();

  private constructor(parts: Parts) {
    this.ovc = parts.ovc;
    this.cameras = parts.cameras;
    this.visitor = new Visitor(parts.webPort);
    this.#webPort = parts.webPort;
    this.#relay = parts.relay;
    this.#folder = parts.folder;
    this.file = join(parts.folder, 'gateway.yaml');
  }

  static async open(count: number, signal: AbortSignal): Promise<SoakSite> {
    const log = createLog({ level: 'fatal', scrub: (text) => text }, { write: (line) => process.stderr.write(line) });
    const ovc = await OvcSimulator.listen({ accounts: { [CODE]: OVC_PASSWORD }, log });
    const relay = await Relay.listen(Number(new URL(ovc.url).port));
    const numbers = Array.from({ length: count }, (_, number) => number);
    const cameras = await Promise.all(numbers.map((number) => virtualCamera(number, { signal, log })));
    const folder = await mkdtemp(join(tmpdir(), 'ovd-soak-'));
    const site = new SoakSite({ ovc, cameras, relay, folder, webPort: await freePort() });
    await site.writeConfig('0');
    return site;
  }

  /** The configuration; the last camera's name holds `mark`, so that another mark is a change. */
  async writeConfig(mark: string): Promise<void> {
    const config = {
      platform: { url: `ws://127.0.0.1:${this.#relay.port}/ovc`, login_code: CODE, login_password: OVC_PASSWORD },
      state_dir: join(this.#folder, 'state'),
      discovery: { enabled: false },
      web: { listen: `127.0.0.1:${this.#webPort}` },
      channels: this.cameras.map(({ host, onvifPort }, channel) => ({
        channel,
        name: channel === this.cameras.length - 1 ? `Last ${mark}` : `Camera ${channel}`,
        onvif: { host, port: onvifPort, username: 'admin', password: CAMERA_PASSWORD },
      })),
    };
    await writeFile(this.file, JSON.stringify(config), { mode: 0o600 });
  }

  /** How much of what was asked for has come to the platform and to the visitor, so that no soak is fine in which nothing happened. */
  get outcome(): Readonly<Record<'streams' | 'segments' | 'alarms' | 'pictures' | 'pages', number>> {
    const { streams, recordings, alarms } = this.ovc;
    return {
      streams: streams.length,
      segments: recordings.all.reduce((sum, { segments, forgotten }) => sum + segments.length + forgotten, 0),
      alarms: alarms.count,
      pictures: alarms.all.filter(({ picture }) => (picture?.uploads ?? 0) > 0).length,
      pages: this.visitor.pages,
    };
  }

  /** All cameras are there and the platform hears of it. */
  async online(timeoutMs: number): Promise<void> {
    const channels = () => this.ovc.devices.get(CODE)?.report.channels ?? [];
    const all = (): boolean => channels().length === this.cameras.length && channels().every(({ state }) => state > 0);
    await this.ovc.waitFor(all, { timeoutMs });
  }

  async watch(channel: number): Promise<void> {
    const stream = `live${++this.#names}`;
    this.#live.set(channel, stream);
    const url = this.ovc.rtmpUrl('live', stream);
    await this.#ask('RTMPPublish', { channel, url, stream_id: stream, max_bitrate: 0 });
  }

  async record(channel: number): Promise<void> {
    const session = `session${++this.#names}`;
    this.#recorded.set(channel, session);
    await this.#ask('StartCloudRecord', {
      ...{ channel, session_id: session, max_bitrate: 0, seg_duration: SEGMENT_SECONDS, seg_max_size: 4_000_000 },
      ...{ seg_max_count: 4, prerecord_seconds: 8, start_ts: 0, cbk_url: this.ovc.recordings.callbackUrl(session) },
    });
  }

  /** Small orders of all kinds. */
  async fiddle(channel: number): Promise<void> {
    // As requests, which are carried out too, so that one that comes to nothing is counted.
    await this.#ask('CtrlPTZ', { channel, op: 'left', value: 50 });
    await this.#ask('CtrlPTZ', { channel, op: 'stop' });
    await this.#ask('GetPTZPresetList', { channel });
    await this.#ask('GetNetConfig', { channel });
    await this.#ask('Snapshot', { channel, pic_upload_url: this.ovc.pictures.offer().url });
  }

  /** Something moves before that camera, or stops. */
  move(channel: number, moves: boolean): void {
    const data: [string, string][] = [['State', String(moves)]];
    this.cameras[channel]?.equipment.events.emit({ topic: 'tns1:VideoSource/MotionAlarm', operation: 'Changed', data });
  }

  /**
   * What the page remembers of the last days is made full, so that it does not grow later: log and packets by orders
   * that are refused, the pictures of alarms by alarms.
   */
  async fillMemories(signal: AbortSignal): Promise<void> {
    const refuse = () => this.ovc.request(CODE, UNKNOWN_ORDER, {});
    for (let order = 0; order < FILLING_ORDERS && !signal.aborted; order++) await refuse();
    for (let each = 0; each < FILLING_ALARMS / this.cameras.length && !signal.aborted; each++) {
      for (const moves of [true, false]) {
        for (const channel of this.cameras.keys()) this.move(channel, moves);
        await delay(MOVE_MS, undefined, { signal }).catch(() => undefined);
      }
    }
  }

  async stopAll(): Promise<void> {
    for (const [channel, stream_id] of this.#live) await this.#ask('RTMPStopPublish', { channel, stream_id });
    for (const [channel, session_id] of this.#recorded) await this.#ask('StopCloudRecord', { channel, session_id });
    this.#live.clear();
    this.#recorded.clear();
  }

  /** The platform is away: no link, no store. */
  async away(): Promise<void> {
    this.ovc.faults.setStorage({ down: 'refused' });
    this.ovc.faults.setRtmp({ refuseConnect: true });
    this.ovc.cutStreams();
    await this.#relay.cut();
  }

  async back(): Promise<void> {
    this.ovc.faults.clearStorage();
    this.ovc.faults.setRtmp({ refuseConnect: false });
    await this.#relay.restore();
  }

  async close(): Promise<void> {
    await this.visitor.leave();
    await this.#relay.cut();
    await Promise.all([this.ovc.close(), ...this.cameras.map((camera) => camera.close())]);
    await rm(this.#folder, { recursive: true, force: true });
  }

  /** An order that is refused counts; whether it may be is the reader's to judge. */
  async #ask(method: string, params: Readonly<Record<string, unknown>>): Promise<void> {
    const words = await this.ovc.request(CODE, method, params).then(
      (answer) => ('err' in answer && answer.err ? `${method}: ${JSON.stringify(answer.err)}` : undefined),
      (err: unknown) => `${method}: ${err instanceof Error ? err.message : err}`,
    );
    if (words !== undefined) this.refusals.set(words, (this.refusals.get(words) ?? 0) + 1);
  }
}

function virtualCamera(number: number, world: { signal: AbortSignal; log: ReturnType<typeof createLog> }) {
  const identity = { name: `Soak ${number}`, serial: `SOAK${number}`, mac: `02:00:00:00:01:0${number}` };
  const options = { ...identity, username: 'admin', password: new Secret(CAMERA_PASSWORD), bootSeconds: 2, sub: {} };
  return VirtualCamera.start(options, world);
}
