import type { Logger } from 'pino';
import { lowestFree } from '../channel/numbering.ts';
import { type ChannelConfig, type Config, mappedChannel } from '../config/schema.ts';
import { likeness, nameOf } from '../onvif/identity/identity.ts';
import type { Newcomer } from '../onvif/identity/newcomers.ts';
import type { Store } from '../store/store.ts';
import { isAt, wishOf } from './belonging.ts';

export interface ChannelNumbersParts {
  readonly store: Pick<Store, 'section'>;
  readonly log: Logger;
}

type Mapped = ReturnType<ReturnType<typeof numbersOf>['read']>[number];
const numbersOf = (store: ChannelNumbersParts['store']) => store.section('numbers');

/** A site has no more cameras than this; a flood of invented ones must not fill the platform. */
const MOST_MAPPED = 256;

/** The numbers that discovered cameras have been given, each for ever. Config channels win; a conflict is one line in the log. */
export class ChannelNumbers {
  readonly #parts: ChannelNumbersParts;

  constructor(parts: ChannelNumbersParts) {
    this.#parts = parts;
  }

  /** The channels of cameras that have a number, those left out that the configuration has. */
  remembered(config: Config): ChannelConfig[] {
    const { store, log } = this.#parts;
    if (!config.discovery.auto_map) return [];
    const numbers = numbersOf(store).read();
    return rememberedChannels(config, numbers).filter(({ channel }) => {
      const mapped = numbers.find((each) => each.channel === channel);
      const owner = mapped && config.channels.find((entry) => this.#isOf(entry, mapped));
      if (!owner) return true;
      const fields = { channel: owner.channel, remembered: channel, camera: nameOf(mapped.identity) };
      log.warn(fields, 'the configuration gives this camera another channel; its own number is not used');
      return false;
    });
  }

  /** The channel of a camera that has none yet: by the number it had, or the lowest free one. Undefined: there are too many. */
  give({ identity, device, name, account }: Newcomer, config: Config): ChannelConfig | undefined {
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
    const kept = { ...identity, macs: [...identity.macs] };
    const mapped = { channel, identity: kept, name: name || identity.model, account };
    numbers.write([...others, mapped].sort((a, b) => a.channel - b.channel));
    return rememberedChannels(config, [mapped])[0];
  }

  /** True when a configured channel has the camera of a number, by who it is or, before its first login, by where. */
  #isOf({ channel, onvif }: ChannelConfig, { channel: number, identity }: Mapped): boolean {
    const cameras = this.#parts.store.section('cameras').read();
    const known = cameras[channel];
    if (onvif && known?.wanted === wishOf(onvif)) return likeness(known.identity, identity) === 'same';
    const address = cameras[number]?.address;
    return address !== undefined && isAt(onvif, new URL(address));
  }
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
