import type { Secret } from '../runtime/secret.ts';

/** What a channel asks of the world. The edges implement it; the domain knows no socket, no SOAP, no ffmpeg. */

export const VIDEO_CODECS = ['H264', 'H265', 'MJPEG', 'MPEG4'] as const;
export type VideoCodec = (typeof VIDEO_CODECS)[number];
export const AUDIO_CODECS = ['AAC', 'G711', 'G726'] as const;
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

export interface Camera {
  /**
   * One stay with the camera: logs in, reports what it sees once (and again when it changes), then keeps looking
   * without holding a stream open. Resolves on abort.
   * @throws GatewayError `camera-unreachable`, `camera-unauthorized`, `not-onvif`, `no-usable-profile`, `camera-fault`
   */
  watch(report: (sight: CameraSight) => void, signal: AbortSignal): Promise<void>;
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
