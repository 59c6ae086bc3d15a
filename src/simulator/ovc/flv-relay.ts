import { Scope } from '../../runtime/scope.ts';
import { Bell } from './bell.ts';

/**
 * One publish as FLV over HTTP, for any number of viewers. It stands in the place of node-media-server's cache of FLV
 * tags, so the group of pictures that a new viewer begins with is kept once. Knows tags, no sockets.
 */

export type Track = 'audio' | 'video';

const TAG_TYPE = { audio: 8, video: 9 } as const satisfies Record<Track, number>;
/** Bits of the file's header. */
const HAS = { audio: 4, video: 1 } as const satisfies Record<Track, number>;
const TAG_HEADER_BYTES = 11;
const KEY_FRAME = 1;
const MOST_VIEWERS = 32;
/** A viewer that is so far behind skips to the next key frame. */
const MOST_WAITING_BYTES = 8 * 1024 * 1024;

export class FlvRelay extends Set<Buffer> {
  readonly #viewers = new Set<Viewer>();
  readonly #setups = new Map<Track, Buffer>();

  /** The library brings each frame as a tag. */
  override add(tag: Buffer): this {
    for (const viewer of this.#viewers) viewer.offer(tag, this.#setups.has('video'));
    return super.add(tag);
  }

  /** The codec's setup, which every viewer needs first. */
  setup(track: Track, body: Buffer, timestampMs: number): void {
    const tag = flvTag(TAG_TYPE[track], body, timestampMs);
    this.#setups.set(track, tag);
    for (const viewer of this.#viewers) viewer.setup(tag);
  }

  /** The stream as a file that goes on; undefined when too many look already. */
  watch(): ReadableStream<Uint8Array> | undefined {
    if (this.#viewers.size >= MOST_VIEWERS) return undefined;
    const viewer: Viewer = new Viewer(() => this.#viewers.delete(viewer));
    viewer.setup(fileHeader([...this.#setups.keys()]));
    for (const tag of this.#setups.values()) viewer.setup(tag);
    for (const tag of this) viewer.offer(tag, this.#setups.has('video'));
    this.#viewers.add(viewer);
    return viewer.stream;
  }

  /** The publish is over; so is what viewers see. */
  end(): void {
    for (const viewer of this.#viewers) viewer.end();
    this.#viewers.clear();
  }
}

class Viewer {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #bell = new Bell();
  readonly #scope = new Scope();
  #waiting: Buffer[] = [];
  #bytes = 0;
  readonly #setups = new WeakSet<Buffer>();
  #needsKeyFrame = true;
  #over = false;

  constructor(gone: () => unknown) {
    const cancel = (): void => {
      this.#scope.end();
      gone();
    };
    this.stream = new ReadableStream({ pull: (controller) => this.#give(controller), cancel });
  }

  setup(tag: Buffer): void {
    this.#setups.add(tag);
    this.#push(tag);
  }

  offer(tag: Buffer, hasVideo: boolean): void {
    if (this.#bytes + tag.length > MOST_WAITING_BYTES) this.#skip();
    if (this.#needsKeyFrame && hasVideo && !isKeyFrame(tag)) return;
    this.#needsKeyFrame = false;
    this.#push(tag);
  }

  /** What waits is still given. */
  end(): void {
    this.#over = true;
    this.#bell.ring();
  }

  #push(tag: Buffer): void {
    this.#waiting.push(tag);
    this.#bytes += tag.length;
    this.#bell.ring();
  }

  /** Without the codec's setup nothing that comes later could be shown. */
  #skip(): void {
    this.#waiting = this.#waiting.filter((tag) => this.#setups.has(tag));
    this.#bytes = this.#waiting.reduce((sum, { length }) => sum + length, 0);
    this.#needsKeyFrame = true;
  }

  async #give(controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> {
    const { signal } = this.#scope;
    while (this.#waiting.length === 0 && !this.#over && !signal.aborted) await this.#bell.next(signal);
    // Cancelled by the viewer, the stream is closed already.
    if (signal.aborted) return;
    if (this.#waiting.length > 0) controller.enqueue(new Uint8Array(Buffer.concat(this.#waiting)));
    this.#waiting = [];
    this.#bytes = 0;
    if (this.#over) controller.close();
  }
}

function isKeyFrame(tag: Buffer): boolean {
  return tag[0] === TAG_TYPE.video && (((tag[TAG_HEADER_BYTES] ?? 0) >> 4) & 7) === KEY_FRAME;
}

function fileHeader(tracks: readonly Track[]): Buffer {
  const flags = tracks.reduce((bits, track) => bits | HAS[track], 0);
  return Buffer.from([0x46, 0x4c, 0x56, 1, flags === 0 ? HAS.audio | HAS.video : flags, 0, 0, 0, 9, 0, 0, 0, 0]);
}

/** A tag with the length behind it that FLV wants there. */
function flvTag(type: number, body: Buffer, timestampMs: number): Buffer {
  const tag = Buffer.alloc(TAG_HEADER_BYTES + body.length + 4);
  tag[0] = type;
  tag.writeUIntBE(body.length, 1, 3);
  tag.writeUIntBE(timestampMs & 0xff_ffff, 4, 3);
  tag[7] = (timestampMs >>> 24) & 0xff;
  body.copy(tag, TAG_HEADER_BYTES);
  tag.writeUInt32BE(TAG_HEADER_BYTES + body.length, TAG_HEADER_BYTES + body.length);
  return tag;
}
