import type { AlarmPost } from './alarms/alarm-post.ts';
import { CameraSite, cameraFor } from './cameras.ts';
import { Channel } from './channel/channel.ts';
import { Channels } from './channel/channels.ts';
import type { AlarmDesk } from './channel/ports.ts';
import { isSame } from './config/changes.ts';
import type { ChannelConfig, Config } from './config/schema.ts';
import { boxFor } from './device/box.ts';
import { BoxHealth } from './device/box-health.ts';
import { ClockWatch } from './device/clock-watch.ts';
import { askPlatformTime } from './device/platform-time.ts';
import { checkStateDirectory, SelfCheck } from './device/self-check.ts';
import type { Upgrader } from './device/upgrade/upgrader.ts';
import { Discovery } from './discovery.ts';
import { openKept } from './gateway-kept.ts';
import type { GatewayParts, Kept, Rooms } from './gateway-parts.ts';
import { alarmPostFor, upgraderFor } from './gateway-posts.ts';
import type { Feeds } from './media/feed/feeds.ts';
import { ffmpegVersion } from './media/ffmpeg/version.ts';
import { LiveMedia } from './media/live.ts';
import { StillMedia } from './media/still.ts';
import type { OvdReport } from './ovc/keepalive.ts';
import type { Login } from './ovc/login.ts';
import { OvcLink } from './ovc/ovc-link.ts';
import { PlatformHttp } from './recording/http.ts';
import type { CloudRecorder } from './recording/recorder.ts';
import { Roster } from './runtime/roster.ts';
import { type Runnable, together } from './runtime/supervise.ts';
import type { TrustedTime } from './runtime/trusted-time.ts';
import type { Store } from './store/store.ts';

export type { GatewayParts, Onlookers, Rooms } from './gateway-parts.ts';

/** The composition root: builds every part from the configuration and runs them as one. */
export class Gateway implements Runnable {
  readonly #feeds: Feeds;
  readonly #live: LiveMedia;
  readonly #recorder: CloudRecorder;
  readonly #store: Store;
  readonly #channels: Channels;
  readonly #alarms: AlarmPost;
  readonly #site: CameraSite;
  readonly #discovery: Discovery;
  readonly #selfCheck: SelfCheck;
  readonly #health: BoxHealth;
  readonly #upgrader: Upgrader;
  readonly #clockWatch: ClockWatch;
  /** Whether the clock of the box is right, and what the time is. */
  readonly time: TrustedTime;
  readonly #channelFor: (entry: ChannelConfig) => Channel;
  readonly #linkFor: (login: Login) => OvcLink;
  readonly #links: Roster<'ovc', OvcLink>;
  /** Alarms wait for the right time as long as it may come from the platform. */
  #timeAsked = false;

  private constructor(parts: GatewayParts, { feeds, recorder, store, time }: Kept) {
    const { config, login, stateDirectory, restart, onlookers, clock, log } = parts;
    const media = log.child({ room: 'media' });
    const live = new LiveMedia({ feeds, clock, ca: login.ca, time, log: media });
    const onChange = (): void => {
      this.#link.changed();
      onlookers?.changed();
    };
    this.#feeds = feeds;
    this.#live = live;
    this.#recorder = recorder;
    this.#store = store;
    this.time = time;
    const onDate = (at: Date, secure: boolean): void => time.heard(at, secure ? 'secure_date' : 'date');
    const http = new PlatformHttp(login.ca, { onDate, time });
    this.#alarms = alarmPostFor(parts, {
      http,
      time,
      store,
      linked: () => this.#link.up && this.#timeAsked,
      link: () => this.#link,
    });
    const presets = (camera: string) => store.presetsOf(camera);
    const hearing = (channel: number) => store.hearingOf(channel);
    const site = new CameraSite({ events: config.events, presets, hearing, clock, log: log.child({ room: 'onvif' }) });
    this.#site = site;
    const stills = new StillMedia({ command: config.ffmpeg.path, feeds, clock, log: media });
    this.#discovery = new Discovery({ config, store, clock, log: log.child({ room: 'onvif' }) });
    const alarms: AlarmDesk = {
      raise: (edge, picture) => {
        onlookers?.alarm(edge, picture);
        this.#alarms.raise(edge, picture);
      },
      upload: (url, jpeg, signal) => this.#alarms.upload(url, jpeg, signal),
    };
    this.#channelFor = (entry) => {
      const channelLog = log.child({ room: 'channel', channel: entry.channel });
      const finder = this.#discovery.finderFor(entry, channelLog);
      const camera = cameraFor(entry, { clock, log: channelLog, site, finder });
      const edges = { camera, live, recorder, stills, alarms };
      return new Channel({ settings: entry, ...edges, clock, log: channelLog, onChange });
    };
    this.#channels = new Channels(this.#discovery.channels.map(this.#channelFor));
    this.#discovery.onNewChannel((entry) => {
      this.#channels.add(this.#channelFor(entry));
      onChange();
    });
    const device = { clock, log: log.child({ room: 'device' }) };
    const { path: command } = config.ffmpeg;
    const needs = [
      { name: 'ffmpeg', check: (signal: AbortSignal) => ffmpegVersion({ command, clock, log: media }, signal) },
      { name: 'state directory', check: () => checkStateDirectory(stateDirectory) },
    ];
    this.#selfCheck = new SelfCheck({ needs, ...device, onChange });
    this.#health = new BoxHealth({ stateDirectory, ...device });
    this.#clockWatch = new ClockWatch({ time, ...device, ...(parts.underNtp && { underNtp: parts.underNtp }) });
    const { reboot_command: rebootCommand, set_clock: maySetClock } = config.device;
    this.#upgrader = upgraderFor(parts, { link: () => this.#link, onChange });
    const upgrade = this.#upgrader.order.bind(this.#upgrader);
    const heard = (at: Date): void => time.heard(at, 'sync_time');
    const box = boxFor({ rebootCommand, maySetClock, restart, upgrade, heard, ...device });
    this.#linkFor = (as) =>
      new OvcLink({
        login: { ...as, time },
        handlers: { orders: this.#channels, box },
        report: () => this.#report(),
        onUp: () => {
          const ask = (url: URL, signal: AbortSignal): Promise<unknown> => http.send(headOf(url), signal);
          void askPlatformTime({ platform: as.url, time, ask, clock }).then(() => {
            this.#timeAsked = true;
            this.#alarms.linkUp();
          });
        },
        onDown: () => this.#channels.halt(),
        ...(onlookers && { onChange: () => onlookers.changed(), onPacket: onlookers.packet }),
        clock,
        log: log.child({ room: 'ovc' }),
      });
    this.#links = new Roster([['ovc', this.#linkFor(login)]]);
  }

  /** Reads what earlier runs have left. `run` has to follow. */
  static async open(parts: GatewayParts): Promise<Gateway> {
    return new Gateway(parts, await openKept(parts));
  }

  /** Runs until the signal aborts; then every push says goodbye to its RTMP server, and no child process is left. */
  async run(signal: AbortSignal): Promise<void> {
    this.#recorder.keepOnly(this.#channelNumbers);
    const parts = [
      this.#site,
      this.#discovery,
      this.#links,
      this.#channels,
      this.#alarms,
      this.#recorder,
      this.#feeds,
      this.#selfCheck,
      this.#health,
      this.#upgrader,
      this.#clockWatch,
      this.#store,
    ];
    await together(signal, parts).finally(() => this.#store.flush());
  }

  /** Logs in as another; everything else runs on. */
  async dialAs(login: Login): Promise<void> {
    await this.#links.replace('ovc', this.#linkFor(login));
  }

  /** Takes over what the configuration says of the channels: those of which it says the same as before run on. */
  async reconcile(config: Config): Promise<void> {
    const before = new Map(this.#discovery.channels.map((entry) => [entry.channel, entry]));
    this.#discovery.configure(config);
    const after = new Map(this.#discovery.channels.map((entry) => [entry.channel, entry]));
    const numbers = new Set([...before.keys(), ...after.keys()]);
    const changed = [...numbers].filter((number) => !isSame(before.get(number), after.get(number)));
    await Promise.all(
      changed.map((number) => {
        const entry = after.get(number);
        return this.#channels.replace(number, entry && this.#channelFor(entry));
      }),
    );
    this.#recorder.keepOnly(this.#channelNumbers);
    this.#link.changed();
  }

  get #channelNumbers(): ReadonlySet<number> {
    return new Set(this.#discovery.channels.map(({ channel }) => channel));
  }

  get rooms(): Rooms {
    return {
      alarms: this.#alarms,
      channels: this.#channels,
      discovery: this.#discovery,
      feeds: this.#feeds,
      health: this.#health,
      link: this.#link,
      live: this.#live,
      recorder: this.#recorder,
      selfCheck: this.#selfCheck,
      store: this.#store,
      time: this.time,
      upgrader: this.#upgrader,
    };
  }

  get #link(): OvcLink {
    const link = this.#links.members.get('ovc');
    if (!link) throw new Error('there is always a link');
    return link;
  }

  /**
   * Upgrading comes first. Abnormal: something is missing without which nothing works, the disk takes nothing, or every
   * camera has been found away (ovs-rpc section 3).
   */
  #report(): OvdReport {
    const channels = this.#channels.states;
    const presences = [...channels.values()].map(({ camera }) => camera.presence);
    const allAway = presences.length > 0 && presences.every((presence) => presence === 'offline');
    const diskFails = this.#recorder.status.degraded || !this.#store.writable;
    const abnormal = allAway || diskFails || this.#selfCheck.faults.size > 0;
    return { state: this.#upgrader.upgrading ? 'upgrading' : abnormal ? 'abnormal' : 'online', channels };
  }
}

const headOf = (url: URL) => ({ method: 'HEAD', url, contentType: 'text/plain', body: [] }) as const;
