import type { Piece } from './remuxer.ts';

/** An iPhone has only the second of the two. */
type SourceClass = typeof MediaSource;
declare global {
  interface Window {
    readonly ManagedMediaSource?: SourceClass;
  }
}

const KEPT_SECONDS = 6;
const MOST_WAITING = 600;

/** What this browser plays live video with; undefined where it cannot. */
export const sourceClass = (): SourceClass | undefined => window.ManagedMediaSource ?? window.MediaSource;

/** One track of the media source: appends in turn, and forgets what has been watched. */
class TrackSink {
  readonly #buffer: SourceBuffer;
  readonly #waiting: BufferSource[] = [];
  readonly #watchedTo: () => number;

  constructor(buffer: SourceBuffer, watchedTo: () => number) {
    this.#buffer = buffer;
    this.#watchedTo = watchedTo;
  }

  append(bytes: BufferSource): void {
    if (this.#waiting.length > MOST_WAITING) throw new RangeError('the browser takes the stream too slowly');
    this.#waiting.push(bytes);
    this.next();
  }

  next(): void {
    if (this.#buffer.updating) return;
    const { buffered } = this.#buffer;
    const forgetTo = this.#watchedTo() - KEPT_SECONDS;
    if (buffered.length > 0 && buffered.start(0) < forgetTo - KEPT_SECONDS) this.#buffer.remove(0, forgetTo);
    else {
      const bytes = this.#waiting.shift();
      if (bytes) this.#buffer.appendBuffer(bytes);
    }
  }
}

/** Takes pieces of MP4 into a video element and keeps it at the live edge. */
export class Sink {
  readonly #source: MediaSource;
  readonly #video: HTMLVideoElement;
  readonly #tracks = new Map<string, TrackSink>();

  private constructor(source: MediaSource, video: HTMLVideoElement) {
    this.#source = source;
    this.#video = video;
  }

  static async open(video: HTMLVideoElement, Source: SourceClass, signal: AbortSignal): Promise<Sink> {
    const source = new Source();
    const address = URL.createObjectURL(source);
    video.disableRemotePlayback = true;
    video.src = address;
    const opened = new Promise<void>((resolve, reject) => {
      source.addEventListener('sourceopen', () => resolve(), { once: true, signal });
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
    });
    try {
      await opened;
    } finally {
      URL.revokeObjectURL(address);
    }
    return new Sink(source, video);
  }

  take(piece: Piece): void {
    if (piece.type === 'setup' && !this.#tracks.has(piece.kind)) this.#addTrack(piece);
    this.#tracks.get(piece.kind)?.append(piece.bytes);
  }

  #addTrack({ kind, codec }: Piece & { type: 'setup' }): void {
    const buffer = this.#source.addSourceBuffer(`${kind}/mp4; codecs="${codec}"`);
    const track = new TrackSink(buffer, () => this.#video.currentTime);
    buffer.addEventListener('updateend', () => track.next());
    this.#tracks.set(kind, track);
  }

  /** How many seconds of picture are still to be shown. */
  get ahead(): number {
    const { buffered, currentTime } = this.#video;
    return buffered.length > 0 ? buffered.end(buffered.length - 1) - currentTime : 0;
  }
}
