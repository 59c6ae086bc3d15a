import { type Document, isMap, parse, parseDocument } from 'yaml';
import type {
  ChannelChange,
  NewChannel,
  PlatformTestAnswer,
  PlatformTestRequest,
  SettingsAnswer,
  SettingsChange,
  SetUpRequest,
} from '../admin/api.ts';
import type { Editing } from '../admin/house.ts';
import { Refusal } from '../admin/refusal.ts';
import { lowestFree } from '../channel/numbering.ts';
import { type Change, channelNumbers, edited, FaultyText, type Path, pathOf, refused } from '../config/edit.ts';
import { misdirected } from '../config/kept-passwords.ts';
import { type ChannelConfig, type Config, jsonSchema } from '../config/schema.ts';
import { shown, shownAsWritten } from '../config/shown.ts';
import type { AdoptedCamera } from '../gateway/discovery.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Fault, fault } from '../runtime/fault.ts';
import { hashPassword } from '../runtime/password.ts';
import { ConfigText } from './config-text.ts';
import type { Configuration } from './configuration.ts';
import { firstConfiguration } from './first-configuration.ts';
import { testPlatform } from './platform-test.ts';

export interface FileEditingParts {
  readonly configuration: Configuration;
  /** The one that is in force. */
  readonly config: () => Config | undefined;
  /** All channels there are, those of discovered cameras too. */
  readonly channels: () => readonly ChannelConfig[];
  /** What the file would say of a camera that `auto_map` has given this channel. */
  readonly adopted: (channel: number) => AdoptedCamera | undefined;
  /** Applies what stands in the file; resolves when that is done. */
  readonly reload: () => Promise<void>;
  /** Hears that other platform settings are being tried. */
  readonly platformChanged: () => void;
  /** Why the page cannot be opened at an address; undefined when it can. */
  readonly whyNoPageAt: (listen: string) => Promise<Fault | undefined>;
  /** Where the page listens while there is no configuration; it is to stay there. */
  readonly setUpAddress: string;
  readonly version: string;
  readonly clock: Clock;
}

const SHORTEST_PASSWORD = 8;

/** The page's way to change the configuration: through the file, judged by the very reader that the gateway starts with. */
export class FileEditing implements Editing {
  readonly #parts: FileEditingParts;
  readonly #text: ConfigText;
  #turn: Promise<unknown> = Promise.resolve();
  #written: unknown = {};
  #before: string | undefined;

  constructor(parts: FileEditingParts) {
    this.#parts = parts;
    this.#text = new ConfigText(parts.configuration.file);
  }

  /** There is a version to go back to, as it was last looked at. */
  get canUndo(): boolean {
    return this.#before !== undefined;
  }

  /** Looks at the file anew. */
  async refresh(): Promise<void> {
    const text = await this.#text.read();
    this.#before = await this.#text.before();
    try {
      this.#written = shownAsWritten(parse(text ?? '') ?? {});
    } catch {
      // A file that makes no sense shows nothing; the status says what is wrong with it.
      this.#written = {};
    }
  }

  async settings(): Promise<SettingsAnswer> {
    await this.refresh();
    const { configuration, config } = this.#parts;
    return {
      file: configuration.file,
      values: shown(config() ?? {}),
      written: this.#written,
      schema: jsonSchema(),
      canUndo: this.canUndo,
    };
  }

  async change(changes: SettingsChange): Promise<void> {
    await this.#edit(() => changes.map(({ path, value }) => ({ path: pathOf(path), value: value ?? undefined })));
  }

  undo(): Promise<void> {
    return this.#inTurn(async () => {
      const before = await this.#text.before();
      if (before === undefined) throw new Refusal('nothing-to-undo', 'there is no version to go back to');
      this.#judge(before);
      await this.#text.goBack();
      await this.#apply();
    });
  }

  async addChannel({ channel, onvif, rtsp, ...rest }: NewChannel): Promise<number> {
    let number = channel ?? 0;
    await this.#edit((inFile) => {
      const taken = this.#takenBy(inFile);
      if (channel !== undefined && taken.has(channel)) throw channelTaken(channel);
      number = channel ?? lowestFree(taken);
      const value = defined({ channel: number, ...rest, onvif: onvif && defined(onvif), rtsp: rtsp && defined(rtsp) });
      return [{ path: ['channels', inFile.length], value }];
    });
    return number;
  }

  /** The login is copied as it stands in `discovery.credentials`: a file or a variable that is named there stays one. */
  keepChannel(channel: number): Promise<void> {
    return this.#edit(
      (inFile, content) => {
        if (inFile.includes(channel)) throw channelTaken(channel);
        const camera = this.#parts.adopted(channel);
        if (!camera) throw new Refusal('no-such-channel', 'no camera has been given this channel by itself');
        const login: unknown = content.getIn(['discovery', 'credentials', camera.account]);
        const onvif = { ...camera.onvif, ...(isMap(login) ? login.toJS(content) : {}) };
        return [{ path: ['channels', inFile.length], value: { channel, name: camera.name, onvif } }];
      },
      { ownWords: true },
    );
  }

  changeChannel(channel: number, { onvif, rtsp, ...rest }: ChannelChange): Promise<void> {
    return this.#edit((inFile) => {
      const place = ['channels', this.#placeOf(channel, inFile)];
      return [
        ...changesBelow(place, rest),
        ...changesBelow([...place, 'onvif'], onvif),
        ...changesBelow([...place, 'rtsp'], rtsp),
      ];
    });
  }

  renumber(from: number, to: number): Promise<void> {
    return this.#edit((inFile) => {
      const at = this.#placeOf(from, inFile);
      if (from !== to && this.#takenBy(inFile).has(to)) throw channelTaken(to);
      return [{ path: ['channels', at, 'channel'], value: to }];
    });
  }

  removeChannel(channel: number): Promise<void> {
    return this.#edit((inFile) => [{ path: ['channels', this.#placeOf(channel, inFile)], value: undefined }]);
  }

  testPlatform(request: PlatformTestRequest, signal: AbortSignal): Promise<PlatformTestAnswer> {
    const { config, clock, version } = this.#parts;
    return testPlatform(request, { config: config(), clock, version }, signal);
  }

  setUp(request: SetUpRequest): Promise<void> {
    return this.#inTurn(async () => {
      const { setUpAddress, platformChanged } = this.#parts;
      if ((await this.#text.read()) !== undefined) throw new Refusal('set-up-over', 'there is a configuration already');
      const forbidden = refused([{ path: ['platform'], value: request.platform }]);
      if (forbidden.length > 0) throw notTaken(forbidden);
      const text = firstConfiguration(request, await hashPassword(request.password), setUpAddress);
      this.#judge(text);
      await this.#text.replace(text);
      await this.#apply();
      platformChanged();
    });
  }

  /** @throws Refusal `no-such-channel`; `unsupported` for a channel that is in no file */
  #placeOf(channel: number, inFile: ChannelsInFile): number {
    const at = inFile.indexOf(channel);
    if (at >= 0) return at;
    if (!this.#parts.channels().some((entry) => entry.channel === channel)) {
      throw new Refusal('no-such-channel', 'there is no such channel');
    }
    throw new Refusal('unsupported', 'this channel was made by discovery.auto_map; keep it to change it');
  }

  /** Discovered cameras have numbers too. */
  #takenBy(inFile: ChannelsInFile): Set<number> {
    const configured = inFile.filter((number) => number !== undefined);
    return new Set([...configured, ...this.#parts.channels().map(({ channel }) => channel)]);
  }

  /** What is changed is asked for in turn, by the file as it is then: the change before may have moved its channels. */
  #edit(
    wanted: (inFile: ChannelsInFile, content: Document) => readonly Change[],
    { ownWords = false } = {},
  ): Promise<void> {
    return this.#inTurn(async () => {
      const before = await this.#text.read();
      if (before === undefined) throw new Refusal('set-up-first', 'there is no configuration yet');
      const changes = wanted(
        readable(() => channelNumbers(before)),
        parseDocument(before),
      );
      // What comes from the file itself may say more than what comes from outside.
      const forbidden = ownWords ? [] : refused(changes);
      if (forbidden.length > 0) throw notTaken(forbidden);
      const safe = await hashed(changes);
      const text = readable(() => edited(before, safe));
      this.#judge(text);
      const elsewhere = misdirected(parse(before), parse(text), changes);
      if (elsewhere.length > 0) throw notTaken(elsewhere);
      await this.#judgePage(text, before);
      await this.#text.replace(text);
      await this.#apply();
      if (changes.some(({ path }) => path[0] === 'platform')) this.#parts.platformChanged();
    });
  }

  /** @throws Refusal `configuration-refused` with every fault */
  #judge(text: string): void {
    const look = this.#parts.configuration.judge(text);
    if (look.found === 'faults') throw notTaken(look.faults);
  }

  /** @throws Refusal `configuration-refused` when the page that this change comes from could not be opened again */
  async #judgePage(text: string, before: string): Promise<void> {
    const [now, then] = [text, before].map((each) => this.#parts.configuration.judge(each));
    if (now?.found !== 'config') return;
    const { enabled, listen } = now.config.web;
    if (!enabled || (then?.found === 'config' && then.config.web.listen === listen)) return;
    const found = await this.#parts.whyNoPageAt(listen);
    if (found) throw notTaken([{ ...found, path: 'web.listen' }]);
  }

  async #apply(): Promise<void> {
    await this.#parts.reload();
    await this.refresh();
  }

  /** One change after another: each finds what the one before has made of the file. */
  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => undefined);
    return turn;
  }
}

/** The channel numbers of the file, in its order; undefined for one that says none. */
type ChannelsInFile = ReadonlyArray<number | undefined>;

/** One change for each key that is given; null takes it out. */
function changesBelow(place: Path, values: object = {}): Change[] {
  return Object.entries(values).map(([key, value]) => ({ path: [...place, key], value: value ?? undefined }));
}

/** The page's own password never stands in the file as it was typed. */
async function hashed(changes: readonly Change[]): Promise<Change[]> {
  return Promise.all(changes.map(async ({ path, value }) => ({ path, value: await hashedBelow(path, value) })));
}

async function hashedBelow(path: Path, value: unknown): Promise<unknown> {
  const place = path.join('.');
  if (place === 'web' && typeof value === 'object' && value !== null && 'password' in value) {
    return { ...value, password: await hashedBelow(['web', 'password'], value.password) };
  }
  if (place !== 'web.password' || typeof value !== 'string') return value;
  if (value.length >= SHORTEST_PASSWORD) return hashPassword(value);
  throw notTaken([fault('too-short', { path: place, what: SHORTEST_PASSWORD })]);
}

/** @throws Refusal `configuration-refused` when the file is no YAML, or a path leads through what is no place */
function readable<T>(read: () => T): T {
  try {
    return read();
  } catch (err) {
    if (!(err instanceof FaultyText)) throw err;
    throw notTaken([err.fault]);
  }
}

function notTaken(faults: readonly Fault[]): Refusal {
  return new Refusal('configuration-refused', 'the configuration would not be valid', { faults });
}

function channelTaken(channel: number): Refusal {
  return new Refusal('channel-taken', 'another camera has this number', { channel });
}

/** Without keys that were not given. */
function defined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
