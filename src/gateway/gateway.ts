import type { AlarmPost } from '../alarms/alarm-post.ts';
import type { AlarmDesk } from '../channel/ports.ts';
import type { Config } from '../config/schema.ts';
import { askPlatformTime } from '../device/platform-time.ts';
import type { OvdReport } from '../ovc/keepalive.ts';
import type { Login } from '../ovc/login.ts';
import { OvcLink } from '../ovc/ovc-link.ts';
import { PlatformHttp } from '../recording/http.ts';
import { Roster } from '../runtime/roster.ts';
import { type Runnable, together } from '../runtime/supervise.ts';
import { Device } from './device.ts';
import { diskFails, openKept } from './kept.ts';
import type { GatewayParts, Kept, Rooms } from './parts.ts';
import { alarmPostFor } from './posts.ts';
import { Site } from './site.ts';

export type { GatewayParts, Onlookers, Rooms } from './parts.ts';

/** The composition root: builds every part from the configuration and runs them as one. */
export class Gateway implements Runnable {
  readonly #parts: GatewayParts;
  readonly #kept: Kept;
  readonly #http: PlatformHttp;
  readonly #alarms: AlarmPost;
  readonly #site: Site;
  readonly #device: Device;
  readonly #links: Roster<'ovc', OvcLink>;
  /** Alarms wait for the right time as long as it may come from the platform. */
  #timeAsked = false;

  private constructor(parts: GatewayParts, kept: Kept) {
    const { store, time } = kept;
    const onChange = (): void => {
      this.#link.changed();
      parts.onlookers?.changed();
    };
    const onDate = (at: Date, secure: boolean): void => time.heard(at, secure ? 'secure_date' : 'date');
    const link = (): OvcLink => this.#link;
    const linked = (): boolean => this.#link.up && this.#timeAsked;
    this.#parts = parts;
    this.#kept = kept;
    this.#http = new PlatformHttp(parts.login.ca, { onDate, time });
    this.#alarms = alarmPostFor(parts, { http: this.#http, time, store, linked, link });
    this.#site = new Site({ parts, kept, alarms: this.#alarmDesk(), onChange });
    this.#device = new Device({ parts, time, link, onChange });
    this.#links = new Roster([['ovc', this.#linkFor(parts.login)]]);
  }

  /** Reads what earlier runs have left. `run` has to follow. */
  static async open(parts: GatewayParts): Promise<Gateway> {
    return new Gateway(parts, await openKept(parts));
  }

  /** Runs until the signal aborts; then every push says goodbye to its RTMP server, and no child process is left. */
  async run(signal: AbortSignal): Promise<void> {
    const { recorder, feeds, store } = this.#kept;
    const parts = [this.#links, this.#site, this.#alarms, recorder, feeds, this.#device, store];
    await together(signal, parts).finally(() => store.flush());
  }

  /** Logs in as another; everything else runs on. */
  async dialAs(login: Login): Promise<void> {
    await this.#links.replace('ovc', this.#linkFor(login));
  }

  /** Takes over what the configuration says of the channels: those of which it says the same as before run on. */
  async reconcile(config: Config): Promise<void> {
    await this.#site.reconcile(config);
    this.#link.changed();
  }

  get rooms(): Rooms {
    const { channels, discovery, live } = this.#site;
    const { selfCheck, health, upgrader } = this.#device;
    return {
      ...this.#kept,
      ...{ channels, discovery, live, selfCheck, health, upgrader },
      alarms: this.#alarms,
      link: this.#link,
    };
  }

  get #link(): OvcLink {
    const link = this.#links.members.get('ovc');
    if (!link) throw new Error('there is always a link');
    return link;
  }

  #linkFor(login: Login): OvcLink {
    const { onlookers, clock, log } = this.#parts;
    return new OvcLink({
      login: { ...login, time: this.#kept.time },
      handlers: { orders: this.#site.channels, box: this.#device.box },
      report: () => this.#report(),
      onUp: () => void this.#askTime(login.url),
      onDown: () => this.#site.channels.halt(),
      ...(onlookers && { onChange: () => onlookers.changed(), onPacket: onlookers.packet }),
      clock,
      log: log.child({ room: 'ovc' }),
    });
  }

  async #askTime(platform: URL): Promise<void> {
    const ask = (url: URL, signal: AbortSignal): Promise<unknown> => this.#http.send(headOf(url), signal);
    await askPlatformTime({ platform, time: this.#kept.time, ask, clock: this.#parts.clock });
    this.#timeAsked = true;
    this.#alarms.linkUp();
  }

  /** Whoever looks on sees each alarm that is raised. */
  #alarmDesk(): AlarmDesk {
    return {
      raise: (edge, picture) => {
        this.#parts.onlookers?.alarm(edge, picture);
        this.#alarms.raise(edge, picture);
      },
      upload: (url, jpeg, signal) => this.#alarms.upload(url, jpeg, signal),
    };
  }

  /**
   * Upgrading comes first. Abnormal: something is missing without which nothing works, the disk takes nothing, or every
   * camera has been found away (ovs-rpc section 3).
   */
  #report(): OvdReport {
    const channels = this.#site.channels.states;
    const presences = [...channels.values()].map(({ camera }) => camera.presence);
    const allAway = presences.length > 0 && presences.every((presence) => presence === 'offline');
    const abnormal = allAway || diskFails(this.#kept) || this.#device.selfCheck.faults.size > 0;
    return { state: this.#device.upgrader.upgrading ? 'upgrading' : abnormal ? 'abnormal' : 'online', channels };
  }
}

const headOf = (url: URL) => ({ method: 'HEAD', url, contentType: 'text/plain', body: [], ofPlatform: true }) as const;
