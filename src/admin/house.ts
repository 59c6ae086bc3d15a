import type {
  AlarmEntry,
  CameraAnswer,
  CamerasAnswer,
  ChannelChange,
  History,
  LogLine,
  NewChannel,
  Packet,
  PlatformTestAnswer,
  PlatformTestRequest,
  ServerEvents,
  SettingsAnswer,
  SettingsChange,
  SetUpRequest,
  SiteStatus,
  TryAnswer,
  TryRequest,
} from './api.ts';

/** What the local page asks of the house. Whoever serves it says who does it; all of these throw `Refusal` or GatewayError. */

/** What happens; of the status only that it may be another one, for it is made when it is sent. */
export type Happening =
  | { readonly name: 'changed' }
  | {
      [Name in Exclude<keyof ServerEvents, 'status'>]: { readonly name: Name; readonly data: ServerEvents[Name] };
    }[Exclude<keyof ServerEvents, 'status'>];

export interface Watching {
  status(): SiteStatus;
  history(): History;
  /** Tells all that happens until the result is called. */
  follow(tell: (event: Happening) => void): () => void;
  log(query: { readonly level: LogLine['level']; readonly search: string; readonly limit: number }): readonly LogLine[];
  packets(): readonly Packet[];
  alarms(channel: number | undefined): readonly AlarmEntry[];
  alarmPicture(id: string): Buffer | undefined;
  /** In the words of Prometheus. */
  metrics(): string;
  /** Whether the gateway does its work, or is about to: logged in, or trying to. */
  readiness(): { readonly ready: boolean; readonly why: string };
}

export interface PtzWish {
  readonly op: string;
  readonly value: number;
}

export interface ChannelOrders {
  /** A JPEG that is two seconds old at most, as long as the camera gives any. */
  picture(channel: number, signal: AbortSignal): Promise<Buffer>;
  /** FLV from the last key frame on, for as long as it is read. */
  live(channel: number, signal: AbortSignal): Promise<ReadableStream<Uint8Array>>;
  /** `visitor` names who moves the camera: what he has set in motion stops with him. */
  ptz(channel: number, wish: PtzWish, visitor: string): void;
  visitorGone(visitor: string): void;
  presets(channel: number, signal: AbortSignal): Promise<ReadonlyArray<{ readonly id: number }>>;
  camera(channel: number, signal: AbortSignal): Promise<CameraAnswer>;
}

export interface CameraSearch {
  found(): CamerasAnswer;
  scan(signal: AbortSignal): Promise<CamerasAnswer>;
  /** One look at a camera that need not be a channel. */
  try(request: TryRequest, signal: AbortSignal): Promise<TryAnswer>;
}

export interface BoxOrders {
  /** What a supporter needs to know. */
  supportBundle(signal: AbortSignal): Promise<{ readonly name: string; readonly content: Buffer }>;
  restart(): void;
}

/** Every change is in the file, and applied, when its promise resolves. */
export interface Editing {
  settings(): Promise<SettingsAnswer>;
  change(changes: SettingsChange): Promise<void>;
  undo(): Promise<void>;
  /** Resolves with its number. */
  addChannel(channel: NewChannel): Promise<number>;
  /** Writes a channel that a camera was given by itself into the file, so that it can be changed. */
  keepChannel(channel: number): Promise<void>;
  changeChannel(channel: number, change: ChannelChange): Promise<void>;
  renumber(from: number, to: number): Promise<void>;
  removeChannel(channel: number): Promise<void>;
  testPlatform(request: PlatformTestRequest, signal: AbortSignal): Promise<PlatformTestAnswer>;
  /** Writes the first configuration and begins to work. */
  setUp(request: SetUpRequest): Promise<void>;
}

export interface House {
  readonly site: Watching;
  readonly orders: ChannelOrders;
  readonly search: CameraSearch;
  readonly editing: Editing;
  readonly box: BoxOrders;
}
