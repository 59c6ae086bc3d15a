import { GatewayError } from '../runtime/errors.ts';
import { Scope } from '../runtime/scope.ts';
import type { FeedConsumer } from './feed/audience.ts';
import type { FeedSource } from './feed/feed-source.ts';
import type { Feeds } from './feed/feeds.ts';
import { type FlvTag, isKeyFrame, isSequenceHeader } from './flv-tag.ts';
import { fileHeader, flvPieces } from './flv-writer.ts';
import { Timeline } from './rtmp/timeline.ts';

/** What may wait for a viewer who reads slowly: a large group of pictures. */
const MOST_WAITING_BYTES = 4 * 1024 * 1024;

/**
 * A Feed as an FLV file that goes on, for one viewer. One who cannot keep up skips to a later key frame; what waits for
 * him never grows beyond a bound.
 */
export class FlvView implements FeedConsumer {
  readonly stream: ReadableStream<Uint8Array>;
  readonly #life = new Scope();
  readonly #timeline = new Timeline();
  /** Setup that the viewer has not got yet, by kind. */
  readonly #setup = new Map<FlvTag['kind'], FlvTag>();
  #controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  #begun = false;
  #wantsKeyFrame = true;
  #begin: () => void = () => undefined;
  #fail: (err: Error) => void = () => undefined;
  /** Resolves with the first picture; rejects when there is none. */
  readonly #beginning = new Promise<void>((resolve, reject) => {
    this.#begin = resolve;
    this.#fail = reject;
  });

  private constructor() {
    this.stream = new ReadableStream(
      {
        start: (controller) => {
          this.#controller = controller;
        },
        cancel: () => this.#life.end(),
      },
      { highWaterMark: MOST_WAITING_BYTES, size: (piece) => piece?.byteLength ?? 0 },
    );
  }

  /**
   * Opens the Feed and waits for its first key frame; the view lasts until the reader cancels or the signal aborts.
   * @throws GatewayError `feed-failed`, `camera-unreachable`, `camera-unauthorized`, `transcode-refused`
   */
  static async open(feeds: Pick<Feeds, 'open'>, source: FeedSource, signal: AbortSignal) {
    const view = new FlvView();
    const life = new Scope(signal, view.#life.signal);
    const over = feeds.open(source, view, life.signal).then(
      () => view.#end(new GatewayError('ended-early', 'the view has ended')),
      (err: unknown) => view.#end(err instanceof Error ? err : new Error(String(err))),
    );
    void over.finally(() => life.end());
    await view.#beginning;
    return view.stream;
  }

  onTag(read: FlvTag): void {
    const tag = this.#timeline.place(read);
    if (!tag) return;
    if (tag.kind === 'script' || isSequenceHeader(tag)) this.#setup.set(tag.kind, tag);
    else if (this.#fits(tag)) this.#send(tag);
  }

  onRestart(): void {
    this.#timeline.restart();
    this.#wantsKeyFrame = true;
  }

  /** Later losses are mended by the Feed while the viewer waits. */
  onDown(err: GatewayError): void {
    if (!this.#begun) this.#end(err);
  }

  #fits(tag: FlvTag): boolean {
    if ((this.#controller?.desiredSize ?? 0) <= 0) this.#wantsKeyFrame = true;
    else if (isKeyFrame(tag)) this.#wantsKeyFrame = false;
    return !this.#wantsKeyFrame;
  }

  #send(tag: FlvTag): void {
    const pieces: Buffer[] = [];
    if (!this.#begun) pieces.push(fileHeader({ audio: this.#setup.has('audio') }));
    for (const setup of this.#setup.values()) pieces.push(...flvPieces({ ...setup, timestampMs: tag.timestampMs }));
    this.#setup.clear();
    pieces.push(...flvPieces(tag));
    this.#controller?.enqueue(new Uint8Array(Buffer.concat(pieces)));
    this.#begun = true;
    this.#begin();
  }

  #end(err: Error): void {
    this.#life.end();
    this.#fail(err);
    try {
      if (this.#begun) this.#controller?.close();
    } catch {
      // The viewer has gone already.
    }
    this.#controller = undefined;
  }
}
