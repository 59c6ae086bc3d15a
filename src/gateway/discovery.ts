import type { Logger } from 'pino';
import { lowestFree } from '../channel/numbering.ts';
import type { ChannelConfig, Config } from '../config/schema.ts';
import { mappedChannel } from '../config/schema.ts';
import { hostProber, type ProbeHost } from '../onvif/discovery/probe-host.ts';
import { addressesOf, DISCOVERY_GROUP, ownAddresses, scan } from '../onvif/discovery/scan.ts';
import { Scans } from '../onvif/discovery/scans.ts';
import { type CameraIdentity, isProof, likeness, nameOf, sameEndpoint } from '../onvif/identity/identity.ts';
import { type Newcomer, Newcomers } from '../onvif/identity/newcomers.ts';
import { Refusals } from '../onvif/identity/refusals.ts';
import {
  type CameraMemory,
  type KnownCamera,
  type WantedCamera,
  Whereabouts,
  wish,
} from '../onvif/identity/whereabouts.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Runnable, together } from '../runtime/supervise.ts';
import type { Store } from '../store/store.ts';

export interface DiscoveryParts {
  readonly config: Config;
  readonly store: Pick<Store, 'section'>;
  readonly clock: Clock;
  readonly log: Logger;
}

type Mapped = ReturnType<ReturnType<typeof numbersOf>['read']>[number];
const numbersOf = (store: DiscoveryParts['store']) => store.section('numbers');

/** A site has no more cameras than this; a flood of invented ones must not fill the platform. */
const MOST_MAPPED = 256;

/** Our own addresses that are searched from, by the configuration. */
export function searchedAddresses({ interfaces }: Pick<Config['discovery'], 'interfaces'>): string[] {
  return interfaces ? addressesOf(interfaces) : ownAddresses();
}

/** Searches the network cards that the configuration means, once. */
export function scanner(
  { discovery }: { readonly discovery: Pick<Config['discovery'], 'interfaces' | 'port'> },
  world: { readonly clock: Clock; readonly log: Logger },
) {
  const to = { host: DISCOVERY_GROUP, port: discovery.port };
  return (signal: AbortSignal, listenMs?: number) =>
    scan({ from: searchedAddresses(discovery), to, ...(listenMs !== undefined && { listenMs }) }, world, signal);
}

/**
 * The cameras of the site by who they are: scans, finds those of the channels again wherever they go, and gives new ones
 * their numbers. Config channels win over numbers; a conflict is one line in the log.
 */
export class Discovery implements Runnable {
  readonly scans: Scans;
  readonly #parts: DiscoveryParts;
  readonly #probe: ProbeHost;
  readonly #newcomers: Newcomers | undefined;
  #config: DiscoveryParts['config'];
  /** Channels that are there now, by number. */
  readonly #channels = new Map<number, ChannelConfig>();
  #add: (entry: ChannelConfig) => void = () => undefined;

  constructor(parts: DiscoveryParts) {
    const { config, clock, log } = parts;
    const { discovery } = config;
    this.#parts = parts;
    this.#config = config;
    const answersAll = (host: string): boolean => this.scans.sightings.some(({ device }) => device.address === host);
    const from = (): readonly string[] => searchedAddresses(discovery);
    this.#probe = hostProber({ port: discovery.port, from, answersAll, clock, log });
    const intervalMs = discovery.enabled ? discovery.interval * 1000 : undefined;
    this.scans = new Scans({ intervalMs, scan: scanner(config, { clock, log }), clock, log });
    this.#newcomers = discovery.enabled && discovery.auto_map ? this.#newcomersOf(discovery) : undefined;
    if (this.#newcomers) this.scans.onScan((found) => this.#newcomers?.heard(found));
    this.#number();
  }

  /** Takes over what the configuration says of the channels now. */
  configure(config: DiscoveryParts['config']): void {
    this.#config = config;
    this.#number();
  }

  /** The channels to begin with: those of the configuration, and those of cameras that have a number. */
  get channels(): readonly ChannelConfig[] {
    return [...this.#channels.values()];
  }

  /** Where the camera of a channel is; undefined for one that does not speak ONVIF. */
  finderFor({ channel, onvif }: ChannelConfig, log: Logger): Whereabouts | undefined {
    if (!onvif) return undefined;
    const { clock, config } = this.#parts;
    return new Whereabouts({
      wanted: wantedBy(onvif),
      credentials: onvif.credentials,
      memory: this.#memoryOf(channel),
      sightings: () => this.scans.sightings,
      lost: () => (config.discovery.enabled ? this.scans.wish() : undefined),
      probe: this.#probe,
      clock,
      log,
    });
  }

  /** Who makes a channel of a camera that is new. */
  onNewChannel(add: (entry: ChannelConfig) => void): void {
    this.#add = add;
  }

  run(signal: AbortSignal): Promise<void> {
    return together(signal, [this.scans, ...(this.#newcomers ? [this.#newcomers] : [])]);
  }

  #newcomersOf({ credentials }: Config['discovery']): Newcomers {
    const { store, clock, log } = this.#parts;
    const accounts = credentials.length > 0 ? credentials.map((each) => each.credentials) : [undefined];
    return new Newcomers({
      accounts,
      isTaken: (device, identity) => this.#isTaken(device, identity),
      welcome: (newcomer) => this.#welcome(newcomer),
      refusals: new Refusals(store.section('refusals'), accounts, () => clock.wall()),
      probe: this.#probe,
      clock,
      log,
    });
  }

  #number(): void {
    this.#channels.clear();
    for (const entry of [...this.#config.channels, ...this.#remembered()]) this.#channels.set(entry.channel, entry);
  }

  #remembered(): ChannelConfig[] {
    const config = this.#config;
    const { store, log } = this.#parts;
    if (!config.discovery.auto_map) return [];
    const numbers = numbersOf(store).read();
    const free = rememberedChannels(config, numbers);
    return free.filter(({ channel }) => {
      const mapped = numbers.find((each) => each.channel === channel);
      const owner = mapped && config.channels.find((entry) => this.#isOf(entry, mapped));
      if (!owner) return true;
      const fields = { channel: owner.channel, remembered: channel, camera: nameOf(mapped.identity) };
      log.warn(fields, 'the configuration gives this camera another channel; its own number is not used');
      return false;
    });
  }

  /** True when a configured channel has the camera of a number, by who it is or, before its first login, by where. */
  #isOf({ channel, onvif }: ChannelConfig, { channel: number, identity }: Mapped): boolean {
    const cameras = this.#parts.store.section('cameras').read();
    const known = cameras[channel];
    if (onvif && known?.wanted === wishOf(onvif)) return likeness(known.identity, identity) === 'same';
    const address = cameras[number]?.address;
    return address !== undefined && isAt(onvif, new URL(address));
  }

  #isTaken(device: URL, identity: CameraIdentity): boolean {
    const cameras = this.#parts.store.section('cameras').read();
    return channelOf(device, identity, { entries: this.channels, cameras }) !== undefined;
  }

  #welcome({ identity, openly, device, name, account }: Newcomer): void {
    const config = this.#config;
    const { store, log } = this.#parts;
    const numbers = numbersOf(store);
    const before = numbers.read().find((mapped) => likeness(mapped.identity, identity) === 'same');
    const others = numbers.read().filter((mapped) => mapped !== before);
    if (!before && others.length >= MOST_MAPPED) {
      log.warn({ camera: nameOf(identity) }, 'too many discovered cameras; this one gets no channel');
      return;
    }
    const isFree = before !== undefined && !config.channels.some(({ channel }) => channel === before.channel);
    const taken = new Set([...config.channels, ...others].map(({ channel }) => channel));
    const channel = isFree ? before.channel : lowestFree(taken);
    const fields = { channel, camera: nameOf(identity), address: device.host, account };
    if (before && !isFree) {
      log.warn({ ...fields, remembered: before.channel }, 'the configuration has taken the number of this camera');
    }
    log.info(fields, 'a discovered camera has a channel');
    const mapped = {
      channel,
      identity: { ...identity, macs: [...identity.macs] },
      name: name || identity.model,
      account,
    };
    numbers.write([...others, mapped].sort((a, b) => a.channel - b.channel));
    const [entry] = rememberedChannels(config, [mapped]);
    if (!entry) return;
    this.#memoryOf(channel).keep({ identity, openly, address: device.href, wanted: wishOf(entry.onvif) });
    if (this.#channels.has(channel)) return;
    this.#channels.set(channel, entry);
    this.#add(entry);
  }

  #memoryOf(channel: number): CameraMemory {
    const cameras = this.#parts.store.section('cameras');
    return {
      recall: () => cameras.read()[channel],
      keep: (known: KnownCamera) => {
        const identity = { ...known.identity, macs: [...known.identity.macs] };
        cameras.write({ ...cameras.read(), [channel]: { ...known, identity } });
      },
    };
  }
}

/** Channels, and what is remembered of their cameras. */
export interface Site {
  readonly entries: readonly ChannelConfig[];
  /** By channel number. */
  readonly cameras: Readonly<Record<string, KnownCamera>>;
}

/** The channel that a device belongs to: by who it is, or where nothing is known of that, by where it is. */
export function channelOf(
  device: URL,
  identity: CameraIdentity,
  { entries, cameras }: Site,
): ChannelConfig | undefined {
  return entries.find(({ channel, onvif, rtsp }) => {
    if (rtsp) return new URL(rtsp.url).hostname === device.hostname;
    const known = cameras[channel];
    if (!known || known.wanted !== wishOf(onvif)) {
      return isAt(onvif, device) || sameEndpoint(onvif?.endpoint ?? '', identity.endpoint);
    }
    const like = likeness(known.identity, identity);
    return isProof(like) || (like === 'unknown' && known.address === device.href);
  });
}

/** The channels that discovered cameras have been given, those left out whose numbers the configuration uses. */
export function rememberedChannels(
  { discovery, channels }: Pick<Config, 'discovery' | 'channels'>,
  numbers: readonly Mapped[],
): ChannelConfig[] {
  const configured = new Set(channels.map(({ channel }) => channel));
  return numbers
    .filter(({ channel }) => !configured.has(channel))
    .map(({ channel, name, account }) =>
      mappedChannel({ channel, name, credentials: discovery.credentials[account]?.credentials }),
    );
}

/** What the configuration says of where an ONVIF camera is. */
export function wantedBy(onvif: NonNullable<ChannelConfig['onvif']>): WantedCamera {
  const { host, port, tls, endpoint, serial } = onvif;
  return {
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port }),
    // Where https is not asked for, the search may still find the camera on 443.
    ...(tls && { scheme: 'https' as const }),
    ...(endpoint !== undefined && { endpoint }),
    ...(serial !== undefined && { serial }),
  };
}

function wishOf(onvif: ChannelConfig['onvif']): string {
  return onvif ? wish(wantedBy(onvif)) : '';
}

/** True for a channel whose host is the device's, and whose port does not say otherwise. */
function isAt(onvif: ChannelConfig['onvif'], { hostname, port, protocol }: URL): boolean {
  if (onvif?.host === undefined || onvif.host.toLowerCase() !== hostname.replace(/^\[|\]$/g, '')) return false;
  const answering = port === '' ? (protocol === 'https:' ? 443 : 80) : Number(port);
  return onvif.port === undefined || onvif.port === answering;
}
