import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import type { Logger } from 'pino';
import { AlarmPost } from './alarms/alarm-post.ts';
import { PicturePost } from './alarms/picture-post.ts';
import { PictureUpload } from './alarms/picture-upload.ts';
import { CameraSite, cameraFor } from './cameras.ts';
import { Channel } from './channel/channel.ts';
import { Channels } from './channel/channels.ts';
import type { ChannelConfig, Config } from './config/schema.ts';
import { aheadMs, localDateTime } from './device/local-time.ts';
import { checkStateDirectory, SelfCheck } from './device/self-check.ts';
import { Discovery } from './discovery.ts';
import { Feeds } from './media/feed/feeds.ts';
import { EncoderChoice } from './media/ffmpeg/encoder-choice.ts';
import { ffmpegVersion } from './media/ffmpeg/version.ts';
import { FootageMedia } from './media/footage.ts';
import { LiveMedia } from './media/live.ts';
import { StillMedia } from './media/still.ts';
import { alarmNotice } from './ovc/alarm-notice.ts';
import type { OvdReport } from './ovc/keepalive.ts';
import type { Login } from './ovc/login.ts';
import { OvcLink } from './ovc/ovc-link.ts';
import { PlatformHttp } from './recording/http.ts';
import { CloudRecorder } from './recording/recorder.ts';
import { Spool } from './recording/spool.ts';
import type { Clock } from './runtime/clock.ts';
import { type Runnable, together } from './runtime/supervise.ts';
import { Store } from './store/store.ts';

export interface GatewayParts {
  readonly config: Config;
  readonly login: Login;
  readonly stateDirectory: string;
  readonly clock: Clock;
  readonly log: Logger;
}

interface Kept {
  readonly feeds: Feeds;
  readonly recorder: CloudRecorder;
  readonly store: Store;
}

/** The composition root: builds every part from the configuration and runs them as one. */
export class Gateway implements Runnable {
  readonly #feeds: Feeds;
  readonly #recorder: CloudRecorder;
  readonly #store: Store;
  readonly #channels: Channels;
  readonly #alarms: AlarmPost;
  readonly #site: CameraSite;
  readonly #discovery: Discovery;
  readonly #selfCheck: SelfCheck;
  readonly #link: OvcLink;

  private constructor({ config, login, stateDirectory, clock, log }: GatewayParts, { feeds, recorder, store }: Kept) {
    const media = log.child({ room: 'media' });
    const live = new LiveMedia({ feeds, clock, ca: login.ca, log: media });
    const onChange = (): void => this.#link.changed();
    this.#feeds = feeds;
    this.#recorder = recorder;
    this.#store = store;
    this.#alarms = this.#alarmPost(config, new PlatformHttp(login.ca), { clock, log: log.child({ room: 'alarms' }) });
    const presets = (camera: string) => store.presetsOf(camera);
    const site = new CameraSite({ events: config.events, presets, clock, log: log.child({ room: 'onvif' }) });
    this.#site = site;
    const stills = new StillMedia({ command: config.ffmpeg.path, feeds, clock, log: media });
    this.#discovery = new Discovery({ config, store, clock, log: log.child({ room: 'onvif' }) });
    const channelFor = (entry: ChannelConfig): Channel => {
      const channelLog = log.child({ room: 'channel', channel: entry.channel });
      const finder = this.#discovery.finderFor(entry, channelLog);
      const camera = cameraFor(entry, { clock, log: channelLog, site, finder });
      const edges = { camera, live, recorder, stills, alarms: this.#alarms };
      return new Channel({ settings: entry, ...edges, clock, log: channelLog, onChange });
    };
    this.#channels = new Channels(this.#discovery.channels.map(channelFor));
    this.#discovery.onNewChannel((entry) => {
      this.#channels.add(channelFor(entry));
      onChange();
    });
    const { path: command } = config.ffmpeg;
    const needs = [
      { name: 'ffmpeg', check: (signal: AbortSignal) => ffmpegVersion({ command, clock, log: media }, signal) },
      { name: 'state directory', check: () => checkStateDirectory(stateDirectory) },
    ];
    this.#selfCheck = new SelfCheck({ needs, clock, log: log.child({ room: 'device' }), onChange });
    const box = {
      localDateTime: () => localDateTime(clock.wall()),
      aheadMs: (written: string) => aheadMs(written, clock.wall()),
    };
    this.#link = new OvcLink({
      login,
      handlers: { orders: this.#channels, box },
      report: () => this.#report(),
      onUp: () => this.#alarms.linkUp(),
      onDown: () => this.#channels.halt(),
      clock,
      log: log.child({ room: 'ovc' }),
    });
  }

  /** Reads what earlier runs have left. `run` has to follow. */
  static async open(parts: GatewayParts): Promise<Gateway> {
    const { config, stateDirectory, clock } = parts;
    const { path: command, max_transcodes: maxTranscodes = Math.ceil(availableParallelism() / 2) } = config.ffmpeg;
    const media = parts.log.child({ room: 'media' });
    const encoders = new EncoderChoice({ command, clock, log: media });
    const feeds = new Feeds({ command, encoders, maxTranscodes, clock, log: media });
    const store = await Store.open({ directory: stateDirectory, clock, log: parts.log.child({ room: 'store' }) });
    const log = parts.log.child({ room: 'recording' });
    const { spool_max_bytes: maxBytes, spool_max_age } = config.recording;
    const bounds = { maxBytes, maxAgeMs: spool_max_age * 1_000 };
    const spool = new Spool({ directory: join(stateDirectory, 'spool'), ...bounds, clock, log });
    const footage = new FootageMedia(feeds);
    const recorder = await CloudRecorder.open({ footage, spool, book: store, clock, log, ca: parts.login.ca });
    return new Gateway(parts, { feeds, recorder, store });
  }

  /** Runs until the signal aborts; then every push says goodbye to its RTMP server, and no child process is left. */
  async run(signal: AbortSignal): Promise<void> {
    const parts = [
      this.#site,
      this.#discovery,
      this.#link,
      this.#channels,
      this.#alarms,
      this.#recorder,
      this.#feeds,
      this.#selfCheck,
      this.#store,
    ];
    await together(signal, parts).finally(() => this.#store.flush());
  }

  #alarmPost(
    { alarms }: Config,
    http: PlatformHttp,
    world: { readonly clock: Clock; readonly log: Logger },
  ): AlarmPost {
    const upload = new PictureUpload({ http, method: alarms.picture_upload, clock: world.clock });
    return new AlarmPost({
      notify: async (edge, received) => {
        const answer = await this.#link.call('AlarmNotify', alarmNotice(edge, localDateTime), received);
        return answer.pic_upload_url;
      },
      linked: () => this.#link.up,
      book: this.#store,
      pictures: new PicturePost({ upload, ...world }),
      ...world,
    });
  }

  /**
   * Abnormal: something is missing without which nothing works, the disk takes nothing, or every camera has been found
   * away (ovs-rpc section 3).
   */
  #report(): OvdReport {
    const channels = this.#channels.states;
    const presences = [...channels.values()].map(({ camera }) => camera.presence);
    const allAway = presences.length > 0 && presences.every((presence) => presence === 'offline');
    const diskFails = this.#recorder.status.degraded || !this.#store.writable;
    return { state: allAway || diskFails || this.#selfCheck.faults.size > 0 ? 'abnormal' : 'online', channels };
  }
}
