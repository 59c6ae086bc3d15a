import type { Secret } from '../runtime/secret.ts';
import type { Era } from '../runtime/stamps.ts';
import type { Alarm, AlarmReport } from './alarm.ts';

/** What a channel asks of the world. The edges implement it; the domain knows no socket, no SOAP, no ffmpeg. */

const VIDEO_CODECS = ['H264', 'H265', 'MJPEG', 'MPEG4'] as const;
export type VideoCodec = (typeof VIDEO_CODECS)[number];
const AUDIO_CODECS = ['AAC', 'G711', 'G726'] as const;
export type AudioCodec = (typeof AUDIO_CODECS)[number];

export interface Credentials {
  readonly username: string;
  readonly password: Secret;
}

/** One stream that a camera offers. ONVIF calls it a media profile; a plain RTSP camera has just one. */
export interface CameraStream {
  /** The ONVIF profile token, or `rtsp`. With the camera it names the stream. */
  readonly profile: string;
  readonly name: string;
  /** Whose it is, for the log. */
  readonly channel?: number;
  /** Without user info; the credentials stand beside it. */
  readonly url: URL;
  readonly credentials: Credentials | undefined;
  readonly video: VideoCodec;
  readonly audio: AudioCodec | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly framesPerSecond: number | undefined;
  /** What the camera is set to send at most, as far as it says. */
  readonly bitsPerSecond: number | undefined;
  /**
   * To be asked before the login is used once more, after the stream was lost: throws GatewayError `other-camera` when
   * another device has the address by now, `camera-unreachable` when that cannot be found out.
   */
  readonly confirm?: ((signal: AbortSignal) => Promise<void>) | undefined;
}

export interface DeviceInformation {
  readonly manufacturer: string;
  readonly model: string;
  readonly firmware: string;
  readonly serial: string;
}

/** What a camera that answers and lets us in has to say. At least one stream. */
export interface CameraSight {
  readonly streams: readonly CameraStream[];
  readonly device: DeviceInformation | undefined;
  /** Camera's clock minus ours; undefined where the camera has none that we can read. */
  readonly clockOffsetMs: number | undefined;
}

/** A camera in full, for people. */
export interface CameraPicture extends CameraSight {
  /** What it offers beside video, in its own protocol's words, such as `ptz` and `events`. */
  readonly services: readonly string[];
}

/** How the events of a camera come. */
export interface HearingState {
  /** `none`: nothing is subscribed at this moment, or the camera has no events. */
  readonly mode: 'none' | 'pull' | 'webhook';
  /** The camera's last news, to the minute; undefined when it never had any. */
  readonly heardAt: Date | undefined;
  /** It used to talk and is silent for longer than it ever is, since then. */
  readonly silentSince: Date | undefined;
  /** Alarms that were on nearly all day: the camera may have them upside down. */
  readonly maybeInverted: readonly Alarm[];
}

/** Who hears what a camera has to tell. */
export interface CameraListener {
  seen(sight: CameraSight): void;
  alarm(report: AlarmReport): void;
  hearing(state: HearingState): void;
}

export const PTZ_MOVES = [
  'up',
  'down',
  'left',
  'right',
  'upleft',
  'upright',
  'downleft',
  'downright',
  'zoomin',
  'zoomout',
] as const;
export type PtzMove = (typeof PTZ_MOVES)[number];

export type PtzOrder =
  /** `speed` from 0, the slowest, to 100. */
  | { readonly type: 'move'; readonly op: PtzMove; readonly speed: number }
  | { readonly type: 'stop' }
  /** `id` from 0 to 255. */
  | { readonly type: 'goto' | 'set' | 'clear'; readonly id: number };

/** What a camera's clock is to say; ours is the measure, for the platform's time is only a few words long. */
export interface ClockOrder {
  /** The wanted time minus our wall clock. */
  readonly aheadMs: number;
  /** A camera that is off by no more is left alone. */
  readonly toleranceMs: number;
}

/** A network interface of a camera, as GetNetConfig wants it (predecessor's document); unknown texts are empty. */
export interface NetworkInterface {
  readonly name: string;
  readonly ip: string;
  readonly gateway: string;
  readonly netmask: string;
  readonly dns1: string;
  readonly dns2: string;
  readonly mac: string;
  readonly dhcp: boolean;
}

export interface Camera {
  /**
   * One stay with the camera: logs in, tells what it sees once (and again when it changes), then keeps looking
   * without holding a stream open, and tells its alarms. Resolves on abort, with a camera that moved stopped.
   * @throws GatewayError `camera-unreachable`, `camera-unauthorized`, `not-onvif`, `no-usable-profile`, `camera-fault`
   */
  watch(listener: CameraListener, signal: AbortSignal): Promise<void>;
  /**
   * One look at everything, for people.
   * @throws GatewayError as `watch` does
   */
  info(signal: AbortSignal): Promise<CameraPicture>;
  /** Takes an order and returns at once; what becomes of it is logged. Without a stay it is logged and forgotten. */
  ptz(order: PtzOrder): void;
  /** Stops what moves: nobody is there any more who would. */
  halt(): void;
  /** The ids of the presets, 0 to 255. @throws GatewayError `channel-offline`, `unsupported`, `camera-fault` … */
  presetIds(signal: AbortSignal): Promise<readonly number[]>;
  /** Resolves when the camera has taken the order. @throws as `presetIds` */
  reboot(signal: AbortSignal): Promise<void>;
  /** Sets the camera's clock, and the time zone it shows to ours, where they are off. @throws as `presetIds` */
  setClock(order: ClockOrder, signal: AbortSignal): Promise<void>;
  /** @throws as `presetIds` */
  networkInterfaces(signal: AbortSignal): Promise<readonly NetworkInterface[]>;
  /** A fresh JPEG from the camera itself. @throws as `presetIds` */
  snapshot(signal: AbortSignal): Promise<Buffer>;
}

/** How the video of a stream gets to the platform: as it is, or encoded again to H.264. */
export type VideoTreatment = 'copy' | 'transcode';

export interface PushOrder {
  readonly streamId: string;
  /** rtmp or rtmps, the text as the platform sent it: a URL parser would alter a stream key with odd characters. */
  readonly url: string;
  readonly stream: CameraStream;
  readonly video: VideoTreatment;
  readonly audio: 'auto' | 'none';
  /** For a transcode: what the encoder may produce, in bit/s; 0 means no limit. */
  readonly maxBitsPerSecond: number;
}

/** What became of a push so far; for Keepalive, the status page and the metrics. */
export type PushReport = { readonly live: true } | { readonly live: false; readonly why: string };

export interface Live {
  /**
   * Pushes one stream to one RTMP URL until the signal aborts. Before the first success a failure rejects; after it,
   * both sides are re-established as often as it takes, and `report` tells each change.
   * `live: true` means that the server has accepted the publish and the first key frame has been sent.
   * @throws GatewayError `publish-refused`, `publish-failed`, `feed-failed`, `transcode-refused`, `camera-unauthorized`
   */
  push(order: PushOrder, report: (report: PushReport) => void, signal: AbortSignal): Promise<void>;
  /**
   * Keeps the source of one stream running without a push, so that the next push starts from its cache.
   * Resolves on abort; never rejects because of the camera.
   */
  standby(stream: CameraStream, signal: AbortSignal): Promise<void>;
}

/**
 * A stretch of MPEG-TS: one picture's access unit and whatever was interleaved up to the next one. Whole 188-byte
 * packets in the order of the source; tables (PAT, PMT, SDT) left out. The bytes are shared and true only while the run
 * is given: nobody writes into them, and whoever keeps them copies them.
 */
export interface TsRun {
  readonly packets: Buffer;
  /** A decoder can start here. */
  readonly keyFrame: boolean;
  /** A key frame whose parameter sets differ from the ones before: another picture size, another encoder. */
  readonly setupChanged: boolean;
  /** Of the picture, in 90 kHz ticks; the 33 bits of the wire unrolled, so that it keeps growing. */
  readonly dts: number;
}

export interface FootageConsumer {
  /** The packets of PAT and PMT: before the first run, and before the first run to which others apply. */
  onSetup(tables: Buffer): void;
  onRun(run: TsRun): void;
  /** The source broke off. What follows begins with a setup, and its time stamps start anew. */
  onGap(): void;
}

export interface Footage {
  /**
   * Gives the stream to `consumer`, copied and never transcoded, until the signal aborts. Gaps are the consumer's to
   * bridge; a source that cannot be opened at all rejects.
   * @throws GatewayError `feed-failed`, `camera-unauthorized`
   */
  record(stream: CameraStream, consumer: FootageConsumer, signal: AbortSignal): Promise<void>;
}

/** What the OVC orders with StartCloudRecord (ovs-rpc §4); kept over restarts as it is. */
export interface RecordSettings {
  readonly sessionId: string;
  /** For the choice of the stream; 0 means no limit. */
  readonly maxBitsPerSecond: number;
  readonly segmentSeconds: number;
  readonly segmentMaxBytes: number;
  readonly segmentMaxCount: number;
  readonly prerecordSeconds: number;
  /** Unix seconds at which the first segment begins; 0 or less: by our own clock. */
  readonly startTs: number;
  /** http or https. May carry a secret, so it is never logged. */
  readonly callbackUrl: string;
  /** Which of the camera's streams an older platform would rather have. */
  readonly quality?: 'main' | 'sub' | undefined;
}

export interface RecordOrder {
  readonly channel: number;
  readonly settings: RecordSettings;
  readonly stream: CameraStream;
}

/** Whether footage comes in; why not, in words for a person. */
export type RecordReport = { readonly flowing: true } | { readonly flowing: false; readonly why: string };

export interface Recorder {
  /**
   * Records into the session until the signal aborts; the last segment is handed over to delivery by then, which goes
   * on by itself. The session stays: `record` with the same id goes on with it, also after a restart, until `finish`.
   * Never rejects because of the camera or the platform.
   */
  record(order: RecordOrder, report: (report: RecordReport) => void, signal: AbortSignal): Promise<void>;
  /** The OVC has stopped or replaced the session. What it has is delivered, then it is forgotten. No such session: nothing. */
  finish(session: { readonly channel: number; readonly sessionId: string }): void;
  /** The session that the channel was recording when the process last ended. */
  unfinished(channel: number): RecordSettings | undefined;
}

export interface Stills {
  /**
   * Holds what the streams show at this moment, where one of them is flowing. Calling the result makes a JPEG of it, or
   * of the camera's next picture where nothing was flowing.
   * @throws GatewayError (the result does) `feed-failed`, `camera-unauthorized`, `process-failed`, `timed-out`
   */
  grab(streams: readonly CameraStream[]): (signal: AbortSignal) => Promise<Buffer>;
}

/** An edge of an alarm that the OVC has not been told of yet; it must outlive the process. */
export interface RememberedAlarm {
  readonly channel: number;
  readonly alarm: Alarm;
  readonly state: 'start' | 'end';
  /** When it happened, as ISO 8601 in UTC. */
  readonly at: string;
  /** What that leans on where nobody vouched for the time of day. */
  readonly era?: Era | undefined;
  readonly desc: string;
}

export interface AlarmDesk {
  /**
   * Takes note of an edge and tells the OVC of it, now or when there is a link again. `picture` is the JPEG that shows
   * the moment, already being taken; only a start brings one. Never throws.
   */
  raise(edge: RememberedAlarm, picture: Promise<Buffer> | undefined): void;
  /**
   * Brings a JPEG to where the OVC wants it, in one try.
   * @throws GatewayError `bad-parameter`, `upload-failed`, `timed-out`
   */
  upload(url: string, jpeg: Buffer, signal: AbortSignal): Promise<void>;
}
