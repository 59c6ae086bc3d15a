import { type Document, isMap } from 'yaml';
import type { ChannelChange, NewChannel } from '../admin/api.ts';
import { Refusal } from '../admin/refusal.ts';
import { lowestFree } from '../channel/numbering.ts';
import type { Change, Path } from '../config/edit.ts';
import type { ChannelConfig } from '../config/schema.ts';
import type { AdoptedCamera } from '../gateway/discovery.ts';

/** The channel numbers of the file, in its order; undefined for one that says none. */
export type ChannelsInFile = ReadonlyArray<number | undefined>;

/** What a change of the channels is in the file, by the file as it is. Writes nothing. */
export class ChannelChanges {
  readonly #inFile: ChannelsInFile;
  readonly #all: readonly ChannelConfig[];

  /** `all` are those that there are, those of discovered cameras too. */
  constructor(inFile: ChannelsInFile, all: readonly ChannelConfig[]) {
    this.#inFile = inFile;
    this.#all = all;
  }

  /** The number that a new channel gets. @throws Refusal `channel-taken` when it wants one that another has */
  numberFor(wanted: number | undefined): number {
    const taken = this.#taken;
    if (wanted === undefined) return lowestFree(taken);
    if (taken.has(wanted)) throw channelTaken(wanted);
    return wanted;
  }

  add(channel: number, { channel: _wanted, onvif, rtsp, ...rest }: NewChannel): Change[] {
    const value = defined({ channel, ...rest, onvif: onvif && defined(onvif), rtsp: rtsp && defined(rtsp) });
    return [{ path: ['channels', this.#inFile.length], value }];
  }

  /**
   * The login is copied as it stands in `discovery.credentials`: a file or a variable that is named there stays one.
   * @throws Refusal `channel-taken`, `no-such-channel`
   */
  keep(channel: number, camera: AdoptedCamera | undefined, content: Document): Change[] {
    if (this.#inFile.includes(channel)) throw channelTaken(channel);
    if (!camera) throw new Refusal('no-such-channel', 'no camera has been given this channel by itself');
    const login: unknown = content.getIn(['discovery', 'credentials', camera.account]);
    const onvif = { ...camera.onvif, ...(isMap(login) ? login.toJS(content) : {}) };
    return [{ path: ['channels', this.#inFile.length], value: { channel, name: camera.name, onvif } }];
  }

  change(channel: number, { onvif, rtsp, ...rest }: ChannelChange): Change[] {
    const place = this.#placeOf(channel);
    return [
      ...changesBelow(place, rest),
      ...changesBelow([...place, 'onvif'], onvif),
      ...changesBelow([...place, 'rtsp'], rtsp),
    ];
  }

  renumber(from: number, to: number): Change[] {
    const place = this.#placeOf(from);
    if (from !== to && this.#taken.has(to)) throw channelTaken(to);
    return [{ path: [...place, 'channel'], value: to }];
  }

  remove(channel: number): Change[] {
    return [{ path: this.#placeOf(channel), value: undefined }];
  }

  /** @throws Refusal `no-such-channel`; `unsupported` for a channel that is in no file */
  #placeOf(channel: number): Path {
    const at = this.#inFile.indexOf(channel);
    if (at >= 0) return ['channels', at];
    if (!this.#all.some((entry) => entry.channel === channel)) {
      throw new Refusal('no-such-channel', 'there is no such channel');
    }
    throw new Refusal('unsupported', 'this channel was made by discovery.auto_map; keep it to change it');
  }

  /** Discovered cameras have numbers too. */
  get #taken(): Set<number> {
    const configured = this.#inFile.filter((number) => number !== undefined);
    return new Set([...configured, ...this.#all.map(({ channel }) => channel)]);
  }
}

/** One change for each key that is given; null takes it out. */
function changesBelow(place: Path, values: object = {}): Change[] {
  return Object.entries(values).map(([key, value]) => ({ path: [...place, key], value: value ?? undefined }));
}

function channelTaken(channel: number): Refusal {
  return new Refusal('channel-taken', 'another camera has this number', { channel });
}

/** Without keys that were not given. */
function defined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
