import type { Method } from '../../ovc/protocol.ts';
import type { Platform } from './platform.ts';

/** Parameters that lead back to this platform, to begin with: one row for each method. */

export interface SampleParts {
  readonly code: string;
  readonly channel: number;
  readonly platform: Pick<Platform, 'rtmpUrl' | 'recordings' | 'pictures' | 'clock'>;
}

type Sample = (parts: SampleParts) => Readonly<Record<string, unknown>>;

const onChannel: Sample = ({ channel }) => ({ channel });

export const SAMPLES: { readonly [M in Method]: Sample } = {
  RebootChannel: onChannel,
  RebootDevice: () => ({}),
  UpgradeFirmware: () => ({ firmware_model: 'model-1', url: 'http://127.0.0.1/firmware.bin' }),
  SyncTime: ({ platform }) => ({ datetime: localTime(platform.clock.wall()), offset: 5 }),
  QueryTime: () => ({}),
  RTMPPublish: (parts) => ({
    channel: parts.channel,
    url: parts.platform.rtmpUrl('live', streamKey(parts)),
    stream_id: streamKey(parts),
    max_bitrate: 0,
  }),
  RTMPStopPublish: (parts) => ({ channel: parts.channel, stream_id: streamKey(parts) }),
  StartCloudRecord: (parts) => ({
    channel: parts.channel,
    session_id: sessionName(parts),
    max_bitrate: 0,
    seg_duration: 4,
    seg_max_size: 20_000_000,
    seg_max_count: 6,
    prerecord_seconds: 0,
    start_ts: 0,
    cbk_url: parts.platform.recordings.callbackUrl(sessionName(parts)),
  }),
  StopCloudRecord: (parts) => ({ channel: parts.channel, session_id: sessionName(parts) }),
  CtrlPTZ: ({ channel }) => ({ channel, op: 'stop' }),
  GetPTZPresetList: onChannel,
  GetNetConfig: onChannel,
  Snapshot: ({ channel, platform }) => ({ channel, pic_upload_url: platform.pictures.offer().url }),
};

/** `yyyy-MM-ddTHH:mm:ss` of the machine's own zone. */
function localTime(date: Date): string {
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 19);
}

function streamKey({ code, channel }: SampleParts): string {
  return `${inAName(code)}-${channel}`;
}

function sessionName({ code, channel }: SampleParts): string {
  return `session-${inAName(code)}-${channel}`;
}

/** What can stand in a URL as it is, and is short enough for a `cbk_url`. */
function inAName(code: string): string {
  return code.replaceAll(/[^A-Za-z0-9._-]/g, '_').slice(0, 60);
}
