import { aacSetup, avcSetup, type Setup } from './codecs.ts';
import type { FlvTag } from './flv-reader.ts';
import { fragment, initSegment, type Sample } from './mp4.ts';

/** What a media source is to append next. */
export type Piece =
  | {
      readonly kind: 'audio' | 'video';
      readonly type: 'setup';
      readonly codec: string;
      readonly bytes: Uint8Array<ArrayBuffer>;
    }
  | { readonly kind: 'audio' | 'video'; readonly type: 'media'; readonly bytes: Uint8Array<ArrayBuffer> };

/** A codec that is none of ours, by the name a person knows. */
export class CodecUnknown extends Error {
  readonly codec: string;
  constructor(codec: string) {
    super('the stream has a codec that cannot be played');
    this.name = 'CodecUnknown';
    this.codec = codec;
  }
}

const AVC = 7;
const AAC = 10;
const AAC_FRAME_SAMPLES = 1_024;
const VIDEO_NAMES: ReadonlyMap<number, string> = new Map([[12, 'H.265']]);
/** Of a frame that has none after it yet. */
const USUAL_FRAME_MS = 40;
/** A stream whose time runs back further than this is another one. */
const MOST_BACK_MS = 1_000;
/** Sound that starts this much off its place starts there; less is rounding. */
const SOUND_SLACK_MS = 100;

/** FLV tags in, pieces of MP4 out. A frame comes out when the next one has come in, for only then is its length known. */
export class Remuxer {
  readonly #sound: boolean;
  #startMs: number | undefined;
  #audio: Setup | undefined;
  #videoReady = false;
  #waiting: Omit<Sample, 'duration'> | undefined;
  #soundAt: number | undefined;
  #sequence = 0;

  /** Without `sound` the sound of the stream is passed over, and cannot hold the picture up. */
  constructor({ sound }: { readonly sound: boolean }) {
    this.#sound = sound;
  }

  take(tag: FlvTag): Piece[] {
    if (tag.type === 'video') return this.#video(tag);
    return this.#sound ? this.#takeAudio(tag) : [];
  }

  #video({ body, timeMs }: FlvTag): Piece[] {
    const [first = 0, packetType = 0] = body;
    const codecId = first & 15;
    if (first >= 0x80 || codecId !== AVC) throw new CodecUnknown(VIDEO_NAMES.get(codecId) ?? `video codec ${codecId}`);
    if (packetType === 0) return this.#videoSetup(body.slice(5));
    const key = first >> 4 === 1;
    if (packetType !== 1 || !this.#videoReady || (this.#startMs === undefined && !key)) return [];
    this.#startMs ??= timeMs;
    const shownAfter = (((body[2] ?? 0) << 24) | ((body[3] ?? 0) << 16) | ((body[4] ?? 0) << 8)) >> 8;
    const frame = { decodeAt: timeMs - this.#startMs, shownAfter, key, bytes: body.subarray(5) };
    if (frame.decodeAt < (this.#waiting?.decodeAt ?? 0) - MOST_BACK_MS) throw new RangeError('the stream begins anew');
    const pieces = this.#releaseBefore(frame.decodeAt);
    this.#waiting = frame;
    return pieces;
  }

  #videoSetup(record: Uint8Array): Piece[] {
    const { codec, track } = avcSetup(record);
    this.#videoReady = true;
    const last = this.#waiting === undefined ? [] : this.#releaseBefore(this.#waiting.decodeAt + USUAL_FRAME_MS);
    this.#waiting = undefined;
    return [...last, { kind: 'video', type: 'setup', codec, bytes: initSegment(track) }];
  }

  #releaseBefore(nextAt: number): Piece[] {
    if (this.#waiting === undefined) return [];
    const duration = Math.max(nextAt - this.#waiting.decodeAt, 1);
    return [{ kind: 'video', type: 'media', bytes: fragment(++this.#sequence, [{ ...this.#waiting, duration }]) }];
  }

  #takeAudio({ body, timeMs }: FlvTag): Piece[] {
    const [first = 0, packetType = 0] = body;
    if (first >> 4 !== AAC) return [];
    if (packetType === 0) return this.#audioSetup(body.slice(2));
    if (!this.#audio || this.#startMs === undefined || timeMs < this.#startMs) return [];
    const { timescale } = this.#audio.track;
    const toldAt = Math.round(((timeMs - this.#startMs) * timescale) / 1_000);
    const slack = (SOUND_SLACK_MS * timescale) / 1_000;
    const inPlace = this.#soundAt !== undefined && Math.abs(this.#soundAt - toldAt) < slack;
    const decodeAt = inPlace && this.#soundAt !== undefined ? this.#soundAt : toldAt;
    this.#soundAt = decodeAt + AAC_FRAME_SAMPLES;
    const sample = { decodeAt, duration: AAC_FRAME_SAMPLES, shownAfter: 0, key: true, bytes: body.subarray(2) };
    return [{ kind: 'audio', type: 'media', bytes: fragment(++this.#sequence, [sample]) }];
  }

  #audioSetup(config: Uint8Array): Piece[] {
    this.#audio = aacSetup(config);
    if (!this.#audio) return [];
    return [{ kind: 'audio', type: 'setup', codec: this.#audio.codec, bytes: initSegment(this.#audio.track) }];
  }
}
