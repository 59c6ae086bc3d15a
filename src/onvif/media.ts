import type { AudioCodec, VideoCodec } from '../channel/ports.ts';
import { element, elements, number, text } from './reply.ts';
import type { Operation } from './soap.ts';
import { xml } from './xml.ts';

/** The Media service (version 1): its profiles and stream addresses. Shares the profile's type with media2.ts. */

/** A media profile as far as we use it. */
export interface MediaProfile {
  readonly token: string;
  readonly name: string;
  /** The service that knows its stream best. */
  readonly service: 'media' | 'media2';
  /** Undefined when the profile has no encoder, or one that the service has no word for. */
  readonly video: VideoCodec | undefined;
  readonly audio: AudioCodec | undefined;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly framesPerSecond: number | undefined;
  readonly bitsPerSecond: number | undefined;
  /** The PTZ configuration in the profile: a profile without one cannot move the camera. */
  readonly ptzToken: string | undefined;
  /** What the picture is taken from: a recorder has one for each of its channels. */
  readonly sourceToken: string | undefined;
  /** The configuration of that source, which some cameras name in its place. */
  readonly sourceConfiguration: string | undefined;
}

/** A camera may have dozens of profiles; nobody needs more. */
export const MOST_PROFILES = 32;

/** ONVIF's names, and those that cameras take from elsewhere. */
const VIDEO: ReadonlyMap<string, VideoCodec> = new Map([
  ['H264', 'H264'],
  ['H265', 'H265'],
  ['HEVC', 'H265'],
  ['JPEG', 'MJPEG'],
  ['MJPEG', 'MJPEG'],
  ['MPEG4', 'MPEG4'],
  ['MPV4-ES', 'MPEG4'],
  ['MP4V-ES', 'MPEG4'],
]);
const AUDIO: ReadonlyMap<string, AudioCodec> = new Map([
  ['AAC', 'AAC'],
  ['MP4A-LATM', 'AAC'],
  ['MPEG4-GENERIC', 'AAC'],
  ['G711', 'G711'],
  ['PCMU', 'G711'],
  ['PCMA', 'G711'],
  ['G726', 'G726'],
]);

const videoEncoding = text.transform((name) => VIDEO.get(name?.toUpperCase() ?? ''));
export const audioEncoding = text.transform((name) => AUDIO.get(name?.toUpperCase() ?? ''));

/** A number of something there is at least some of. */
const amount = number.transform((value) => (value !== undefined && value > 0 ? value : undefined));

export const videoEncoder = element({
  Encoding: videoEncoding,
  Resolution: element({ Width: amount, Height: amount }),
  RateControl: element({ FrameRateLimit: amount, BitrateLimit: amount }),
}).transform(({ Encoding, Resolution, RateControl: { FrameRateLimit, BitrateLimit } }) => ({
  video: Encoding,
  width: Resolution.Width,
  height: Resolution.Height,
  framesPerSecond: FrameRateLimit,
  // ONVIF counts in kbit/s.
  bitsPerSecond: BitrateLimit === undefined ? undefined : BitrateLimit * 1000,
}));

export const videoSource = element({ '@token': text, SourceToken: text }).transform((said) => ({
  sourceToken: said.SourceToken,
  sourceConfiguration: said['@token'],
}));

export const getProfiles: Operation<MediaProfile[]> = {
  service: 'media',
  name: 'GetProfiles',
  reply: element({
    Profiles: elements({
      '@token': text,
      Name: text,
      VideoEncoderConfiguration: videoEncoder,
      AudioEncoderConfiguration: element({ Encoding: audioEncoding }),
      PTZConfiguration: element({ '@token': text }),
      VideoSourceConfiguration: videoSource,
    }),
  }).transform(({ Profiles }) =>
    Profiles.slice(0, MOST_PROFILES).flatMap(({ '@token': token, Name: name, ...configured }) => {
      if (token === undefined) return [];
      return [
        {
          token,
          name: name ?? token,
          service: 'media' as const,
          ...configured.VideoEncoderConfiguration,
          audio: configured.AudioEncoderConfiguration.Encoding,
          ptzToken: configured.PTZConfiguration['@token'],
          ...configured.VideoSourceConfiguration,
        },
      ];
    }),
  ),
};

/** Asks for RTSP over one TCP connection. Undefined when the reply holds no address. */
export function getStreamUri(token: string): Operation<string | undefined> {
  return {
    service: 'media',
    name: 'GetStreamUri',
    arguments: xml`<trt:StreamSetup><tt:Stream>RTP-Unicast</tt:Stream><tt:Transport><tt:Protocol>RTSP</tt:Protocol></tt:Transport></trt:StreamSetup><trt:ProfileToken>${token}</trt:ProfileToken>`,
    reply: element({ MediaUri: element({ Uri: text }) }).transform(({ MediaUri }) => MediaUri.Uri),
  };
}

/** Where a profile's picture can be fetched as a JPEG. Undefined when the reply holds no address. */
export function getSnapshotUri(token: string): Operation<string | undefined> {
  return {
    service: 'media',
    name: 'GetSnapshotUri',
    arguments: xml`<trt:ProfileToken>${token}</trt:ProfileToken>`,
    reply: element({ MediaUri: element({ Uri: text }) }).transform(({ MediaUri }) => MediaUri.Uri),
  };
}
