import type { Logger } from 'pino';
import type { ChannelConfig, Config } from '../config/schema.ts';
import { hostProber, type ProbeHost } from '../onvif/discovery/probe-host.ts';
import { addressesOf, DISCOVERY_GROUP, ownAddresses, scan } from '../onvif/discovery/scan.ts';
import { Scans } from '../onvif/discovery/scans.ts';
import { type CameraIdentity, isSerial } from '../onvif/identity/identity.ts';
import { type Newcomer, Newcomers } from '../onvif/identity/newcomers.ts';
import { Refusals } from '../onvif/identity/refusals.ts';
import { type CameraMemory, type KnownCamera, Whereabouts } from '../onvif/identity/whereabouts.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Runnable, together } from '../runtime/supervise.ts';
import type { Store } from '../store/store.ts';
import { channelOf, wantedBy, wishOf } from './belonging.ts';
import { ChannelNumbers } from './channel-numbers.ts';

export interface DiscoveryParts {
  readonly config: Config;
  readonly store: Pick<Store, 'section'>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A camera that has its channel by `auto_map`, in the words of the file. */
export interface AdoptedCamera {
  readonly name: string;
  /** Which of `discovery.credentials` it takes. */
  readonly account: number;
  readonly onvif: { readonly host: string; readonly port?: number; readonly tls?: boolean; readonly serial?: string };
}

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
 * The cameras of the site by who they are: scans, finds those of the channels again wherever they go, and makes channels
 * of new ones.
 */
export class Discovery implements Runnable {
  readonly scans: Scans;
  readonly #parts: DiscoveryParts;
  readonly #probe: ProbeHost;
  readonly #numbers: ChannelNumbers;
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
    this.#numbers = new ChannelNumbers(parts);
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

  /** What the file would say of a camera that was given this channel by itself; undefined for every other channel. */
  adopted(channel: number): AdoptedCamera | undefined {
    if (this.#config.channels.some((entry) => entry.channel === channel)) return undefined;
    const mapped = this.#parts.store
      .section('numbers')
      .read()
      .find((each) => each.channel === channel);
    const address = this.#memoryOf(channel).recall()?.address;
    if (!mapped || address === undefined) return undefined;
    const { name, account, identity } = mapped;
    const { hostname, port, protocol } = new URL(address);
    const onvif = {
      host: hostname.replace(/^\[|\]$/g, ''),
      ...(port !== '' && { port: Number(port) }),
      ...(protocol === 'https:' && { tls: true }),
      ...(isSerial(identity.serial) && { serial: identity.serial }),
    };
    return { name, account, onvif };
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
    for (const entry of [...this.#config.channels, ...this.#numbers.remembered(this.#config)])
      this.#channels.set(entry.channel, entry);
  }

  #isTaken(device: URL, identity: CameraIdentity): boolean {
    const cameras = this.#parts.store.section('cameras').read();
    return channelOf(device, identity, { entries: this.channels, cameras }) !== undefined;
  }

  #welcome(newcomer: Newcomer): void {
    const entry = this.#numbers.give(newcomer, this.#config);
    if (!entry) return;
    const { channel, onvif } = entry;
    const { identity, openly, device } = newcomer;
    this.#memoryOf(channel).keep({ identity, openly, address: device.href, wanted: wishOf(onvif) });
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
