import type { AudioCodec, VideoCodec } from '../../channel/ports.ts';

/** What a stream consists of, as far as we have words for it. */
export interface StreamDescription {
  readonly video: VideoCodec | undefined;
  readonly audio: AudioCodec | undefined;
}

/** RTP's names of the codecs (IANA registry), in capitals. */
const VIDEO: ReadonlyMap<string, VideoCodec> = new Map([
  ['H264', 'H264'],
  ['H265', 'H265'],
  ['HEVC', 'H265'],
  ['JPEG', 'MJPEG'],
  ['MP4V-ES', 'MPEG4'],
]);
const AUDIO: ReadonlyMap<string, AudioCodec> = new Map([
  ['MPEG4-GENERIC', 'AAC'],
  ['MP4A-LATM', 'AAC'],
  ['PCMU', 'G711'],
  ['PCMA', 'G711'],
  ['G726-16', 'G726'],
  ['G726-24', 'G726'],
  ['G726-32', 'G726'],
  ['G726-40', 'G726'],
]);

/** Payload types whose codec needs no rtpmap (RFC 3551 §6). */
const STATIC: ReadonlyMap<string, string> = new Map([
  ['0', 'PCMU'],
  ['2', 'G726-32'],
  ['8', 'PCMA'],
  ['26', 'JPEG'],
]);

/** Reads the codecs from a session description: of each kind of medium the first that we know. Never throws. */
export function readSdp(sdp: string): StreamDescription {
  const codecs = sdp
    .split(/^m=/m)
    .slice(1)
    .flatMap((section) => {
      const [, kind = '', payload = ''] = /^(\w+) \S+ \S+ (\d+)/.exec(section) ?? [];
      const map = new RegExp(`^a=rtpmap:${payload}\\s+([\\w-]+)`, 'm').exec(section)?.[1];
      const codec = (map ?? STATIC.get(payload) ?? '').toUpperCase();
      return [{ kind, codec }];
    });
  const known = <Codec>(kind: string, names: ReadonlyMap<string, Codec>): Codec | undefined =>
    codecs.flatMap((each) => (each.kind === kind ? (names.get(each.codec) ?? []) : []))[0];
  return { video: known('video', VIDEO), audio: known('audio', AUDIO) };
}
