import type { Logger } from 'pino';
import type { AudioCodec, CameraStream, Credentials, VideoCodec } from '../channel/ports.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import { streamAddress } from './addresses.ts';
import type { ServiceAddresses } from './device.ts';
import type { MediaProfile } from './media.ts';
import { streamUri } from './profiles.ts';
import type { OnvifSession } from './session.ts';

/** What a stream says of itself, which beats what the profile says of it. */
export interface Described {
  readonly video: VideoCodec | undefined;
  readonly audio: AudioCodec | undefined;
}

/** Asks a stream for its codecs without playing it. Throws GatewayError `camera-unauthorized` and others. */
export type Describe = (url: URL, credentials: Credentials | undefined, signal: AbortSignal) => Promise<Described>;

export interface StreamsParts {
  readonly session: OnvifSession;
  readonly services: ServiceAddresses;
  readonly credentials: Credentials | undefined;
  readonly describe: Describe;
  /** For whoever opens a stream again: throws when another device is there by now. */
  readonly confirm?: ((signal: AbortSignal) => Promise<void>) | undefined;
  readonly log: Logger;
  /** What earlier descriptions said, by profile and address, so that a camera is asked again only for what is new. */
  readonly known: Map<string, Described>;
}

interface Addressed {
  readonly profile: MediaProfile;
  readonly url: URL;
}

/**
 * The camera's streams, best first.
 * @throws GatewayError `no-usable-profile`, `camera-unauthorized` (by the stream, too), and as `call` does
 */
export async function cameraStreams(
  parts: StreamsParts,
  profiles: readonly MediaProfile[],
  signal: AbortSignal,
): Promise<CameraStream[]> {
  const { session, services } = parts;
  const addressed: Addressed[] = [];
  for (const profile of profiles) {
    const told = await streamUri(session, services, profile, signal);
    const url = told === undefined ? undefined : streamAddress(told, session.device);
    if (url) addressed.push({ profile, url });
  }
  if (addressed.length === 0) throw unusable('it tells no stream address');
  const streams = await described(addressed, parts, signal);
  if (streams.length === 0) throw unusable('no video codec that we know');
  return streams.sort((a, b) => pixels(b) - pixels(a) || (b.bitsPerSecond ?? 0) - (a.bitsPerSecond ?? 0));
}

/** One after another: many cameras serve only a few RTSP connections at a time. */
async function described(
  addressed: readonly Addressed[],
  parts: StreamsParts,
  signal: AbortSignal,
): Promise<CameraStream[]> {
  const { credentials, confirm, log } = parts;
  const streams: CameraStream[] = [];
  let answering = true;
  for (const { profile, url } of addressed) {
    const truth = await truthOf({ profile, url }, parts, answering ? signal : undefined);
    if (truth instanceof GatewayError) {
      log.debug({ err: truth, profile: profile.token }, 'stream not described');
      answering = !isKind(truth, 'camera-unreachable');
    }
    const { video = profile.video, audio } = !truth || truth instanceof GatewayError ? profile : truth;
    if (video) streams.push(streamOf(profile, { url, credentials, video, audio, confirm }));
  }
  return streams;
}

/** What the stream says of itself, or why it says nothing. Without a signal, only what is known already. */
async function truthOf(
  { profile, url }: Addressed,
  { describe, credentials, known }: StreamsParts,
  signal: AbortSignal | undefined,
): Promise<Described | GatewayError | undefined> {
  const key = `${url.href} ${profile.video} ${profile.audio} ${profile.width}x${profile.height}`;
  const heard = known.get(key);
  if (heard || !signal) return heard;
  try {
    const truth = await describe(url, credentials, signal);
    known.set(key, truth);
    return truth;
  } catch (err) {
    // A refused login would be refused again and again; anything else leaves us the profile's word.
    if (!(err instanceof GatewayError) || isKind(err, 'camera-unauthorized')) throw err;
    return err;
  }
}

function streamOf(
  { token, name, width, height, framesPerSecond, bitsPerSecond }: MediaProfile,
  found: Pick<CameraStream, 'url' | 'credentials' | 'video' | 'audio' | 'confirm'>,
): CameraStream {
  return { profile: token, name, ...found, width, height, framesPerSecond, bitsPerSecond };
}

function pixels({ width = 0, height = 0 }: CameraStream): number {
  return width * height;
}

function unusable(reason: string): GatewayError {
  return new GatewayError('no-usable-profile', 'camera has no usable stream', { reason });
}
