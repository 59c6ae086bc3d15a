import { type Document, parse, parseDocument } from 'yaml';
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
import { type Change, channelNumbers, edited, pathOf, refused } from '../config/edit.ts';
import { misdirected } from '../config/kept-passwords.ts';
import { type ChannelConfig, type Config, jsonSchema } from '../config/schema.ts';
import { shown, shownAsWritten } from '../config/shown.ts';
import type { AdoptedCamera } from '../gateway/discovery.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Fault } from '../runtime/fault.ts';
import { hashPassword } from '../runtime/password.ts';
import { ChannelChanges } from './channel-changes.ts';
import { ConfigText } from './config-text.ts';
import type { Configuration } from './configuration.ts';
import { firstConfiguration } from './first-configuration.ts';
import { notTaken, readable } from './not-taken.ts';
import { hashed } from './page-password.ts';
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

/** The changes that are wanted, by the file as it is then. */
type Wanted = (channels: ChannelChanges, content: Document) => readonly Change[];

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

  async addChannel(wanted: NewChannel): Promise<number> {
    let number = 0;
    await this.#edit((channels) => {
      number = channels.numberFor(wanted.channel);
      return channels.add(number, wanted);
    });
    return number;
  }

  keepChannel(channel: number): Promise<void> {
    const changes: Wanted = (channels, content) => channels.keep(channel, this.#parts.adopted(channel), content);
    return this.#edit(changes, { ownWords: true });
  }

  changeChannel(channel: number, change: ChannelChange): Promise<void> {
    return this.#edit((channels) => channels.change(channel, change));
  }

  renumber(from: number, to: number): Promise<void> {
    return this.#edit((channels) => channels.renumber(from, to));
  }

  removeChannel(channel: number): Promise<void> {
    return this.#edit((channels) => channels.remove(channel));
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

  /** What is changed is asked for in turn, by the file as it is then: the change before may have moved its channels. */
  #edit(wanted: Wanted, { ownWords = false } = {}): Promise<void> {
    return this.#inTurn(async () => {
      const before = await this.#text.read();
      if (before === undefined) throw new Refusal('set-up-first', 'there is no configuration yet');
      const inFile = readable(() => channelNumbers(before));
      const changes = wanted(new ChannelChanges(inFile, this.#parts.channels()), parseDocument(before));
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
