import type { Clock } from '../../runtime/clock.ts';
import { Rate } from './rate.ts';

/**
 * What one publish brought, counted as it comes. Knows the first bytes of an RTMP media message, which are an FLV
 * tag's; no sockets, no chunks.
 */

/** How a publish ended: the device said goodbye, the connection went away, or this side cut it. */
export type StreamEnd = 'unpublished' | 'lost' | 'cut';

/** One publish, from its acceptance on. Milliseconds count from the acceptance, wall times are ISO 8601. */
export interface StreamReport {
  readonly number: number;
  /** `/app/key`, without a query. */
  readonly path: string;
  readonly peer: string;
  readonly acceptedAt: string;
  readonly live: boolean;
  readonly ended: { readonly how: StreamEnd; readonly at: string; readonly ms: number } | undefined;
  /** Of media messages, without chunk headers. */
  readonly bytes: number;
  /** Over the last seconds; 0 once it has ended. */
  readonly bitsPerSecond: number;
  readonly video: VideoReport | undefined;
  readonly audio: TrackReport | undefined;
}

export interface TrackReport {
  readonly codec: string;
  readonly frames: number;
  /** How often the codec's setup was sent; more than once after a change of the source. */
  readonly setups: number;
  readonly firstTimestampMs: number | undefined;
  readonly lastTimestampMs: number | undefined;
  /** How often a timestamp was smaller than the one before; 0 for a monotonic track. */
  readonly backwardSteps: number;
  /** The longest silence between two frames. */
  readonly longestGapMs: number;
}

export interface VideoReport extends TrackReport {
  readonly keyFrames: number;
  readonly width: number | undefined;
  readonly height: number | undefined;
  readonly firstFrameMs: number | undefined;
  readonly firstFrameAt: string | undefined;
  readonly firstKeyFrameMs: number | undefined;
}

/** The video codecs of FLV and, by FourCC, of enhanced RTMP. */
const VIDEO_CODEC: ReadonlyMap<number | string, string> = new Map<number | string, string>([
  [2, 'H263'],
  [7, 'H264'],
  [12, 'H265'],
  [13, 'AV1'],
  ['avc1', 'H264'],
  ['hvc1', 'H265'],
  ['av01', 'AV1'],
  ['vp09', 'VP9'],
]);

const AUDIO_CODEC: ReadonlyMap<number, string> = new Map([
  [2, 'MP3'],
  [7, 'G711A'],
  [8, 'G711U'],
  [10, 'AAC'],
  [11, 'Speex'],
  [13, 'Opus'],
]);

/** FLV codecs whose second byte tells the codec's setup (0) from a frame (1). */
const WITH_SETUP: ReadonlySet<string> = new Set(['H264', 'H265', 'AV1', 'AAC', 'Opus']);

const KEY_FRAME = 1;
/** Enhanced RTMP: this bit of the first byte says that its low half is a packet type and a FourCC follows. */
const ENHANCED = 0x80;
/** Packet types of enhanced RTMP that carry a picture. */
const PICTURES: ReadonlySet<number> = new Set([1, 3]);

type Part = 'setup' | 'frame' | 'other';

function videoHead(body: Buffer): { codec: string; part: Part; key: boolean } {
  const first = body[0] ?? 0;
  const key = ((first >> 4) & 0x07) === KEY_FRAME;
  if ((first & ENHANCED) === 0) {
    const codec = VIDEO_CODEC.get(first & 0x0f) ?? `codec ${first & 0x0f}`;
    return { codec, part: part(codec, body[1]), key };
  }
  const packet = first & 0x0f;
  const fourCc = body.toString('latin1', 1, 5);
  const kind: Part = packet === 0 ? 'setup' : PICTURES.has(packet) ? 'frame' : 'other';
  return { codec: VIDEO_CODEC.get(fourCc) ?? 'unknown', part: kind, key };
}

function audioHead(body: Buffer): { codec: string; part: Part } {
  const id = (body[0] ?? 0) >> 4;
  const codec = AUDIO_CODEC.get(id) ?? `codec ${id}`;
  return { codec, part: part(codec, body[1]) };
}

function part(codec: string, packet: number | undefined): Part {
  if (!WITH_SETUP.has(codec)) return 'frame';
  return packet === 0 ? 'setup' : packet === 1 ? 'frame' : 'other';
}

class Track {
  codec: string;
  frames = 0;
  setups = 0;
  backwardSteps = 0;
  longestGapMs = 0;
  firstTimestampMs: number | undefined;
  lastTimestampMs: number | undefined;
  #lastFrameMs: number | undefined;

  constructor(codec: string) {
    this.codec = codec;
  }

  frame(timestampMs: number, nowMs: number): void {
    this.frames++;
    if (this.lastTimestampMs !== undefined && timestampMs < this.lastTimestampMs) this.backwardSteps++;
    if (this.#lastFrameMs !== undefined) this.longestGapMs = Math.max(this.longestGapMs, nowMs - this.#lastFrameMs);
    this.firstTimestampMs ??= timestampMs;
    this.lastTimestampMs = timestampMs;
    this.#lastFrameMs = nowMs;
  }

  report(): TrackReport {
    const { codec, frames, setups, backwardSteps, firstTimestampMs, lastTimestampMs } = this;
    const longestGapMs = tenths(this.longestGapMs);
    return { codec, frames, setups, backwardSteps, longestGapMs, firstTimestampMs, lastTimestampMs };
  }
}

/** Milliseconds to a tenth: more would be noise. */
function tenths(ms: number): number {
  return Math.round(ms * 10) / 10;
}

/** The counters of one publish. */
export class StreamLedger {
  readonly #identity: { readonly number: number; readonly path: string; readonly peer: string };
  readonly #clock: Clock;
  readonly #sinceMs: number;
  readonly #acceptedAt: string;
  #ended: StreamReport['ended'];
  #bytes = 0;
  readonly #rate = new Rate();
  #video: Track | undefined;
  #audio: Track | undefined;
  #picture: Pick<VideoReport, 'keyFrames' | 'width' | 'height' | 'firstFrameMs' | 'firstFrameAt' | 'firstKeyFrameMs'> =
    {
      keyFrames: 0,
      width: undefined,
      height: undefined,
      firstFrameMs: undefined,
      firstFrameAt: undefined,
      firstKeyFrameMs: undefined,
    };

  constructor(identity: { number: number; path: string; peer: string }, clock: Clock) {
    this.#identity = identity;
    this.#clock = clock;
    this.#sinceMs = clock.now();
    this.#acceptedAt = clock.wall().toISOString();
  }

  get number(): number {
    return this.#identity.number;
  }

  /** Notes a video message; true when it was the codec's setup, which holds the picture's size. */
  video(body: Buffer, timestampMs: number): boolean {
    const { codec, part, key } = videoHead(body);
    this.#count(body.length);
    this.#video ??= new Track(codec);
    this.#video.codec = codec;
    if (part === 'setup') this.#video.setups++;
    if (part === 'frame') this.#videoFrame(this.#video, timestampMs, key);
    return part === 'setup';
  }

  /** True when it was the codec's setup. */
  audio(body: Buffer, timestampMs: number): boolean {
    const { codec, part } = audioHead(body);
    this.#count(body.length);
    this.#audio ??= new Track(codec);
    this.#audio.codec = codec;
    if (part === 'setup') this.#audio.setups++;
    if (part === 'frame') this.#audio.frame(timestampMs, this.#clock.now());
    return part === 'setup';
  }

  /** In pixels; what is no number is not known. */
  size(width: unknown, height: unknown): void {
    if (typeof width === 'number' && typeof height === 'number') this.#picture = { ...this.#picture, width, height };
  }

  end(how: StreamEnd): void {
    this.#ended ??= { how, at: this.#clock.wall().toISOString(), ms: this.#ms() };
  }

  report(): StreamReport {
    return {
      ...this.#identity,
      acceptedAt: this.#acceptedAt,
      live: this.#ended === undefined,
      ended: this.#ended,
      bytes: this.#bytes,
      bitsPerSecond: this.#ended ? 0 : Math.round(this.#rate.perSecond(this.#clock.now()) * 8),
      video: this.#video && { ...this.#video.report(), ...this.#picture },
      audio: this.#audio?.report(),
    };
  }

  #videoFrame(track: Track, timestampMs: number, key: boolean): void {
    const picture = this.#picture;
    track.frame(timestampMs, this.#clock.now());
    this.#picture = {
      ...picture,
      keyFrames: picture.keyFrames + (key ? 1 : 0),
      firstFrameMs: picture.firstFrameMs ?? this.#ms(),
      firstFrameAt: picture.firstFrameAt ?? this.#clock.wall().toISOString(),
      firstKeyFrameMs: picture.firstKeyFrameMs ?? (key ? this.#ms() : undefined),
    };
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    this.#rate.add(bytes, this.#clock.now());
  }

  #ms(): number {
    return tenths(this.#clock.now() - this.#sinceMs);
  }
}
