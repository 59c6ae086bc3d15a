import { parse } from 'yaml';
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
import { type Change, edited, pathOf, refused } from '../config/edit.ts';
import type { Fault } from '../config/read.ts';
import { type ChannelConfig, type Config, jsonSchema } from '../config/schema.ts';
import { shown, shownAsWritten } from '../config/shown.ts';
import { tryLogin } from '../ovc/try-login.ts';
import type { Clock } from '../runtime/clock.ts';
import { withDeadline } from '../runtime/clock.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import { hashPassword } from '../runtime/password.ts';
import { Secret } from '../runtime/secret.ts';
import { ConfigText } from './config-text.ts';
import type { Configuration } from './configuration.ts';
import { firstConfiguration } from './first-configuration.ts';
import { loginOf } from './login.ts';

export interface FileEditingParts {
  readonly configuration: Configuration;
  /** The one that is in force. */
  readonly config: () => Config | undefined;
  /** All channels there are, those of discovered cameras too. */
  readonly channels: () => readonly ChannelConfig[];
  /** Applies what stands in the file; resolves when that is done. */
  readonly reload: () => Promise<void>;
  /** Hears that other platform settings are being tried. */
  readonly platformChanged: () => void;
  /** Where the page listens while there is no configuration; it is to stay there. */
  readonly setUpAddress: string;
  readonly version: string;
  readonly clock: Clock;
}

const TEST_MS = 15_000;
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
    await this.#edit(changes.map(({ path, value }) => ({ path: pathOf(path), value: value ?? undefined })));
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
    const taken = new Set(this.#parts.channels().map((entry) => entry.channel));
    if (channel !== undefined && taken.has(channel)) throw channelTaken(channel);
    const number = channel ?? lowestFree(taken);
    const value = defined({ channel: number, ...rest, onvif: onvif && defined(onvif), rtsp: rtsp && defined(rtsp) });
    const at = this.#parts.config()?.channels.length ?? 0;
    await this.#edit([{ path: ['channels', at], value }]);
    return number;
  }

  async changeChannel(channel: number, { onvif, rtsp, ...rest }: ChannelChange): Promise<void> {
    const at = this.#placeOf(channel);
    const section = (name: string, values: object | undefined): Change[] =>
      Object.entries(values ?? {}).map(([key, value]) => ({
        path: ['channels', at, name, key],
        value: value ?? undefined,
      }));
    const own = Object.entries(rest).map(([key, value]) => ({
      path: ['channels', at, key],
      value: value ?? undefined,
    }));
    await this.#edit([...own, ...section('onvif', onvif), ...section('rtsp', rtsp)]);
  }

  async renumber(from: number, to: number): Promise<void> {
    const at = this.#placeOf(from);
    if (from === to) return;
    if (this.#parts.channels().some((entry) => entry.channel === to)) throw channelTaken(to);
    await this.#edit([{ path: ['channels', at, 'channel'], value: to }]);
  }

  async removeChannel(channel: number): Promise<void> {
    await this.#edit([{ path: ['channels', this.#placeOf(channel)], value: undefined }]);
  }

  async testPlatform(request: PlatformTestRequest, signal: AbortSignal): Promise<PlatformTestAnswer> {
    const { config, clock, version } = this.#parts;
    const { url, login_code: loginCode, login_password: given } = request;
    const password = given === undefined ? config()?.platform.login_password : new Secret(given);
    if (!URL.canParse(url) || !/^wss?:$/.test(new URL(url).protocol)) {
      return { ok: false, kind: 'bad-address', why: 'must be a ws:// or wss:// address' };
    }
    const known = config();
    const trusted = known ? loginOf(known, version).ca : undefined;
    const who = { hardwareModel: 'ovd-gateway', firmwareModel: version, ...(trusted !== undefined && { ca: trusted }) };
    const login = { url: new URL(url), loginCode, password: password ?? new Secret(''), ...who };
    const late = (): Error => new GatewayError('timed-out', 'the platform took too long to answer');
    try {
      await withDeadline({ clock, ms: TEST_MS, signal, late }, (life) => tryLogin(login, { clock, signal: life }));
      return { ok: true };
    } catch (err) {
      const why = err instanceof GatewayError ? err.sentence : 'failed unexpectedly';
      const kind = isKind(err, 'login-refused')
        ? 'login-refused'
        : isKind(err, 'link-lost', 'timed-out')
          ? 'unreachable'
          : 'failed';
      return { ok: false, kind, why };
    }
  }

  setUp(request: SetUpRequest): Promise<void> {
    return this.#inTurn(async () => {
      const { setUpAddress, platformChanged } = this.#parts;
      if ((await this.#text.read()) !== undefined) throw new Refusal('set-up-over', 'there is a configuration already');
      const text = firstConfiguration(request, await hashPassword(request.password), setUpAddress);
      this.#judge(text);
      await this.#text.replace(text);
      await this.#apply();
      platformChanged();
    });
  }

  /** @throws Refusal `no-such-channel`; `unsupported` for a channel that is in no file */
  #placeOf(channel: number): number {
    const { config, channels } = this.#parts;
    const at = config()?.channels.findIndex((entry) => entry.channel === channel) ?? -1;
    if (at >= 0) return at;
    if (!channels().some((entry) => entry.channel === channel)) {
      throw new Refusal('no-such-channel', 'there is no such channel');
    }
    throw new Refusal('unsupported', 'this channel was made by discovery.auto_map; add the camera to change it');
  }

  #edit(changes: readonly Change[]): Promise<void> {
    return this.#inTurn(async () => {
      const forbidden = refused(changes);
      if (forbidden.length > 0) throw notTaken(forbidden);
      const before = await this.#text.read();
      if (before === undefined) throw new Refusal('set-up-first', 'there is no configuration yet');
      const text = withChanges(before, await hashed(changes));
      this.#judge(text);
      await this.#text.replace(text);
      const platform = changes.some(({ path }) => path[0] === 'platform');
      await this.#apply();
      if (platform) this.#parts.platformChanged();
    });
  }

  /** @throws Refusal `configuration-refused` with every fault */
  #judge(text: string): void {
    const look = this.#parts.configuration.judge(text);
    if (look.found === 'faults') throw notTaken(look.faults);
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

/** The page's own password never stands in the file as it was typed. */
async function hashed(changes: readonly Change[]): Promise<Change[]> {
  return Promise.all(
    changes.map(async ({ path, value }) => {
      if (path.join('.') !== 'web.password' || typeof value !== 'string') return { path, value };
      if (value.length < SHORTEST_PASSWORD) {
        throw notTaken([
          { path: 'web.password', message: `at least ${SHORTEST_PASSWORD} characters`, line: undefined },
        ]);
      }
      return { path, value: await hashPassword(value) };
    }),
  );
}

function withChanges(text: string, changes: readonly Change[]): string {
  try {
    return edited(text, changes);
  } catch (err) {
    if (!(err instanceof SyntaxError)) throw err;
    throw notTaken([{ path: '', line: undefined, message: err.message }]);
  }
}

function notTaken(faults: readonly Fault[]): Refusal {
  const told = faults.map(({ path, message }) => ({ path, message }));
  return new Refusal('configuration-refused', 'the configuration would not be valid', { faults: told });
}

function channelTaken(channel: number): Refusal {
  return new Refusal('channel-taken', 'another camera has this number', { channel });
}

/** Without keys that were not given. */
function defined(values: object): object {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined));
}
