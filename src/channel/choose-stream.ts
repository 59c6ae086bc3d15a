import { GatewayError } from '../runtime/errors.ts';
import type { CameraStream, VideoCodec, VideoTreatment } from './ports.ts';

/** What limits the choice: the channel's configuration and the OVC's request. */
export interface StreamWish {
  /** `auto`, or the token of the one profile that may be used. */
  readonly profile: string;
  readonly video: 'auto' | 'copy' | 'transcode';
  /** 0 means no limit. */
  readonly maxBitsPerSecond: number;
  /** The predecessor's `quality`: hd and fhd want the main stream, ld and sd the sub stream. */
  readonly quality?: 'main' | 'sub' | undefined;
}

export interface ChosenStream {
  readonly stream: CameraStream;
  readonly video: VideoTreatment;
}

/** Below this an encoder makes no picture worth looking at. */
const LEAST_ENCODED_BITS_PER_SECOND = 150_000;
/** What a software encoder is given at most; a larger picture costs decoding time for nothing. */
const LARGEST_ENCODED_PIXELS = 1280 * 720;

/**
 * Picks the best stream that RTMP can carry within the limit (ovs-rpc section 4, RTMPPublish). A stream that does not
 * tell its bit rate is taken to fit: refusing every such camera would help nobody.
 * @throws GatewayError `bitrate-too-high`, `no-usable-profile`
 */
export function chooseStream(streams: readonly CameraStream[], wish: StreamWish): ChosenStream {
  const ordered = inOrder(streams, wish);
  const copyable = wish.video === 'transcode' ? [] : ordered.filter(({ video }) => video === 'H264');
  const fitting = copyable.find((stream) => fits(stream, wish.maxBitsPerSecond));
  if (fitting) return { stream: fitting, video: 'copy' };
  if (copyable.length > 0) throw tooHigh(copyable, wish);
  if (wish.video === 'copy') {
    throw new GatewayError('no-usable-profile', 'the camera has no H.264 profile and transcoding is off');
  }
  const { maxBitsPerSecond } = wish;
  if (maxBitsPerSecond > 0 && maxBitsPerSecond < LEAST_ENCODED_BITS_PER_SECOND) throw tooHigh([], wish);
  return { stream: cheapest(ordered), video: 'transcode' };
}

/** What MPEG-TS can carry as the camera sends it. */
const RECORDABLE: ReadonlySet<VideoCodec> = new Set(['H264', 'H265', 'MPEG4']);

/**
 * Picks the best stream within the limit for a recording, which copies the camera's own video.
 * @throws GatewayError `bitrate-too-high`, `no-usable-profile`
 */
export function chooseRecording(streams: readonly CameraStream[], wish: Omit<StreamWish, 'video'>): CameraStream {
  const recordable = inOrder(streams, wish).filter(({ video }) => RECORDABLE.has(video));
  const fitting = recordable.find((stream) => fits(stream, wish.maxBitsPerSecond));
  if (fitting) return fitting;
  if (recordable.length > 0) throw tooHigh(recordable, wish);
  throw new GatewayError('no-usable-profile', 'the camera has no profile whose video can be recorded');
}

/** False where a job that takes the one has to begin anew to take the other: another place, or other codecs. */
export function isSameStream(one: CameraStream, other: CameraStream): boolean {
  return one.url.href === other.url.href && one.video === other.video && one.audio === other.audio;
}

/** The streams that may be used, best first; none is an error. */
function inOrder(streams: readonly CameraStream[], { profile, quality }: Omit<StreamWish, 'video'>): CameraStream[] {
  const allowed = streams.filter((stream) => profile === 'auto' || profile === stream.profile);
  if (allowed.length === 0) throw new GatewayError('no-usable-profile', 'the camera has no such profile', { profile });
  const ordered = [...allowed].sort((a, b) => pixels(b) - pixels(a) || rate(b) - rate(a));
  return quality === 'sub' ? ordered.reverse() : ordered;
}

const pixels = ({ width = 0, height = 0 }: CameraStream): number => width * height;
const rate = ({ bitsPerSecond = 0 }: CameraStream): number => bitsPerSecond;

function fits(stream: CameraStream, maxBitsPerSecond: number): boolean {
  return maxBitsPerSecond === 0 || rate(stream) <= maxBitsPerSecond;
}

/** The first in order that is no larger than what would be encoded anyhow, else the smallest there is. */
function cheapest(ordered: readonly CameraStream[]): CameraStream {
  const small = ordered.find((stream) => pixels(stream) <= LARGEST_ENCODED_PIXELS);
  const smallest = [...ordered].sort((a, b) => pixels(a) - pixels(b))[0];
  const chosen = small ?? smallest;
  if (!chosen) throw new GatewayError('no-usable-profile', 'the camera has no such profile');
  return chosen;
}

function tooHigh(
  streams: readonly CameraStream[],
  { maxBitsPerSecond }: Pick<StreamWish, 'maxBitsPerSecond'>,
): GatewayError {
  const least = streams.length > 0 ? Math.min(...streams.map(rate)) : LEAST_ENCODED_BITS_PER_SECOND;
  return new GatewayError('bitrate-too-high', 'no profile of the camera fits the limit', {
    reason: `the lowest has ${least} bit/s, the limit is ${maxBitsPerSecond} bit/s`,
  });
}
