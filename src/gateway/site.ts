import { Channel } from '../channel/channel.ts';
import { Channels } from '../channel/channels.ts';
import type { AlarmDesk } from '../channel/ports.ts';
import { isSame } from '../config/changes.ts';
import type { ChannelConfig, Config } from '../config/schema.ts';
import { LiveMedia } from '../media/live.ts';
import { StillMedia } from '../media/still.ts';
import { type Runnable, together } from '../runtime/supervise.ts';
import { CameraSite, cameraFor } from './cameras.ts';
import { Discovery } from './discovery.ts';
import type { GatewayParts, Kept } from './parts.ts';

export interface SiteParts {
  readonly parts: GatewayParts;
  readonly kept: Kept;
  readonly alarms: AlarmDesk;
  readonly onChange: () => void;
}

/** The cameras of the site, and the channels that they are to the platform. */
export class Site implements Runnable {
  readonly channels: Channels;
  readonly discovery: Discovery;
  readonly live: LiveMedia;
  readonly #cameras: CameraSite;
  readonly #parts: SiteParts;
  readonly #stills: StillMedia;

  constructor(siteParts: SiteParts) {
    const { parts, kept, onChange } = siteParts;
    const { config, login, clock, log } = parts;
    const { feeds, store, time } = kept;
    const media = { feeds, clock, log: log.child({ room: 'media' }) };
    const onvif = { clock, log: log.child({ room: 'onvif' }) };
    const presets = (camera: string) => store.presetsOf(camera);
    const hearing = (channel: number) => store.hearingOf(channel);
    this.#parts = siteParts;
    this.live = new LiveMedia({ ...media, ca: login.ca, time });
    this.#stills = new StillMedia({ ...media, command: config.ffmpeg.path });
    this.#cameras = new CameraSite({ events: config.events, presets, hearing, ...onvif });
    this.discovery = new Discovery({ config, store, ...onvif });
    this.channels = new Channels(this.discovery.channels.map((entry) => this.#channelFor(entry)));
    this.discovery.onNewChannel((entry) => {
      this.channels.add(this.#channelFor(entry));
      onChange();
    });
  }

  run(signal: AbortSignal): Promise<void> {
    const { kept, parts } = this.#parts;
    kept.recorder.keepOnly(this.#numbers);
    for (const [number, order] of parts.wanted ?? []) this.channels.resume(number, order);
    return together(signal, [this.#cameras, this.discovery, this.channels]);
  }

  /** Takes over what the configuration says of the channels: those of which it says the same as before run on, a new name or not. */
  async reconcile(config: Config): Promise<void> {
    const before = new Map(this.discovery.channels.map((entry) => [entry.channel, entry]));
    this.discovery.configure(config);
    const after = new Map(this.discovery.channels.map((entry) => [entry.channel, entry]));
    const numbers = new Set([...before.keys(), ...after.keys()]);
    const changed = [...numbers].filter((number) => !isSame(nameless(before.get(number)), nameless(after.get(number))));
    await Promise.all(
      changed.map((number) => {
        const entry = after.get(number);
        return this.channels.replace(number, entry && this.#channelFor(entry));
      }),
    );
    this.#parts.kept.recorder.keepOnly(this.#numbers);
  }

  get #numbers(): ReadonlySet<number> {
    return new Set(this.discovery.channels.map(({ channel }) => channel));
  }

  #channelFor(entry: ChannelConfig): Channel {
    const { parts, kept, alarms, onChange } = this.#parts;
    const world = { clock: parts.clock, log: parts.log.child({ room: 'channel', channel: entry.channel }) };
    const finder = this.discovery.finderFor(entry, world.log);
    const camera = cameraFor(entry, { ...world, site: this.#cameras, finder });
    const edges = { camera, live: this.live, recorder: kept.recorder, stills: this.#stills, alarms };
    return new Channel({ settings: entry, ...edges, ...world, onChange });
  }
}

/** All that a channel does; its name is for people, who are told it by the configuration. */
function nameless(entry: ChannelConfig | undefined): unknown {
  return entry && { ...entry, name: undefined };
}
