import type { ClockOrder, NetworkInterface, PtzOrder, RecordSettings } from '../channel/ports.ts';
import type { PublishOrder } from '../channel/publishing.ts';
import type { Handlers } from './dispatch.ts';
import type { Params } from './protocol.ts';

/** What the OVC's orders become in the house. Whoever builds the gateway says who carries them out. */
export interface Orders {
  /**
   * Resolves once the push has succeeded or already runs.
   * @throws GatewayError `no-such-channel`, `channel-offline`, `bitrate-too-high`, `publish-refused` and others
   */
  publish(order: PublishOrder & { readonly channel: number }, signal: AbortSignal): Promise<void>;
  /** Resolves when the stream is no longer pushed, also when there was none. */
  stopPublish(order: { readonly channel: number; readonly streamId: string }, signal: AbortSignal): Promise<void>;
  /** Resolves once the session is taken up or already runs. */
  startRecord(order: RecordSettings & { readonly channel: number }, signal: AbortSignal): Promise<void>;
  /** Resolves when a fresh JPEG is at `url`. @throws GatewayError `no-such-channel`, `channel-offline`, `upload-failed` … */
  snapshot(order: { readonly channel: number; readonly url: string }, signal: AbortSignal): Promise<void>;
  /** Resolves when nothing more is recorded, also when there was no such session; its delivery goes on. */
  stopRecord(order: { readonly channel: number; readonly sessionId: string }, signal: AbortSignal): Promise<void>;
  /** Takes the order and returns at once. @throws GatewayError `no-such-channel` */
  ptz(order: { readonly channel: number; readonly order: PtzOrder }): void;
  /** @throws GatewayError `no-such-channel`, `channel-offline`, `unsupported`, `camera-fault` … */
  presetIds(channel: number, signal: AbortSignal): Promise<readonly number[]>;
  /** Resolves when the camera has taken the order. @throws as `presetIds` */
  reboot(channel: number, signal: AbortSignal): Promise<void>;
  /** @throws as `presetIds` */
  networkInterfaces(channel: number, signal: AbortSignal): Promise<readonly NetworkInterface[]>;
  /** Resolves when every camera that is there has its time, or has failed to take it. */
  setClocks(order: ClockOrder, signal: AbortSignal): Promise<void>;
}

/** The box the gateway runs on. */
export interface Box {
  /** The host's local time as `yyyy-MM-ddTHH:mm:ss`, without zone. */
  localDateTime(): string;
  /** A local time as `localDateTime` writes it, minus the host's, in ms. @throws GatewayError `bad-parameter` */
  aheadMs(localDateTime: string): number;
  /**
   * Sets the host's clock as far as that is allowed; resolves with what the order means by the clock as it is then.
   * Never throws.
   */
  syncClock(order: ClockOrder, signal: AbortSignal): Promise<ClockOrder>;
  /** Reboots the box, or what of it may be rebooted. @throws GatewayError `process-failed` */
  reboot(signal: AbortSignal): Promise<void>;
  /** Takes the order and returns at once. @throws GatewayError `upgrade-refused` */
  upgrade(order: { readonly version: string; readonly url: string }): void;
}

export interface HandlerParts {
  readonly orders: Orders;
  readonly box: Box;
}

/** The wire's picture qualities in the house's words. */
const QUALITY = { ld: 'sub', sd: 'sub', hd: 'main', fhd: 'main' } as const;

/** One line per method: the wire's parameters in, an order out. To serve one more is to fill its line. */
export function handlersFor({ orders, box }: HandlerParts): Handlers {
  return {
    RTMPPublish: (params, signal) => orders.publish(publishOrder(params), signal),
    RTMPStopPublish: ({ channel, stream_id }, signal) => orders.stopPublish({ channel, streamId: stream_id }, signal),
    QueryTime: async () => ({ datetime: box.localDateTime() }),
    SyncTime: async ({ datetime, offset }, signal) => {
      const order = { aheadMs: box.aheadMs(datetime), toleranceMs: offset * 1_000 };
      await orders.setClocks(await box.syncClock(order, signal), signal);
    },
    StartCloudRecord: (params, signal) => orders.startRecord(recordOrder(params), signal),
    StopCloudRecord: ({ channel, session_id }, signal) => orders.stopRecord({ channel, sessionId: session_id }, signal),
    CtrlPTZ: async (params) => orders.ptz({ channel: params.channel, order: ptzOrder(params) }),
    GetPTZPresetList: async ({ channel }, signal) => (await orders.presetIds(channel, signal)).map((id) => ({ id })),
    GetNetConfig: ({ channel }, signal) => orders.networkInterfaces(channel, signal),
    Snapshot: ({ channel, pic_upload_url }, signal) => orders.snapshot({ channel, url: pic_upload_url }, signal),
    RebootChannel: ({ channel }, signal) => orders.reboot(channel, signal),
    RebootDevice: (_, signal) => box.reboot(signal),
    UpgradeFirmware: async ({ firmware_model: version, url }) => box.upgrade({ version, url }),
  };
}

const PRESET_ORDERS = { goto_preset: 'goto', set_preset: 'set', clear_preset: 'clear' } as const;

function ptzOrder(params: Params<'CtrlPTZ'>): PtzOrder {
  switch (params.op) {
    case 'stop':
      return { type: 'stop' };
    case 'goto_preset':
    case 'set_preset':
    case 'clear_preset':
      return { type: PRESET_ORDERS[params.op], id: params.value };
    default:
      return { type: 'move', op: params.op, speed: params.value };
  }
}

function recordOrder(params: Params<'StartCloudRecord'>): RecordSettings & { readonly channel: number } {
  return {
    channel: params.channel,
    sessionId: params.session_id,
    maxBitsPerSecond: params.max_bitrate,
    segmentSeconds: params.seg_duration,
    segmentMaxBytes: params.seg_max_size,
    segmentMaxCount: params.seg_max_count,
    prerecordSeconds: params.prerecord_seconds,
    startTs: params.start_ts,
    callbackUrl: params.cbk_url,
    ...(params.quality !== undefined && { quality: QUALITY[params.quality] }),
  };
}

function publishOrder({ channel, stream_id, url, max_bitrate, quality }: Params<'RTMPPublish'>) {
  const order = { channel, streamId: stream_id, url, maxBitsPerSecond: max_bitrate };
  return quality === undefined ? order : { ...order, quality: QUALITY[quality] };
}
