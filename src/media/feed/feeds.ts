import type { Logger } from 'pino';
import type { CameraStream } from '../../channel/ports.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { aborted, Scope } from '../../runtime/scope.ts';
import type { Runnable } from '../../runtime/supervise.ts';
import { givesFlv } from '../ffmpeg/arguments.ts';
import type { EncoderChoice } from '../ffmpeg/encoder-choice.ts';
import type { FlvTag } from '../flv-tag.ts';
import type { FeedConsumer } from './audience.ts';
import { type FeedSource, keyOf, streamKey } from './feed-source.ts';
import type { Patience } from './life-signs.ts';
import { type FeedStatus, OpenFeed, type Seat } from './open-feed.ts';
import { RecipeBook } from './recipe-book.ts';

export interface FeedsParts {
  /** The ffmpeg to run. */
  readonly command: string;
  readonly encoders: EncoderChoice;
  readonly maxTranscodes: number;
  readonly log: Logger;
  readonly clock?: Clock;
  /** How long a Feed outlives its last consumer. */
  readonly lingerMs?: number;
  readonly patience?: Patience;
}

const LINGER_MS = 5_000;
/** A camera may send a key frame every ten seconds. */
const MOVE_WITHIN_MS = 20_000;

/** All Feeds of the gateway: opened by the first consumer, shared by the next, closed some time after the last. */
export class Feeds implements Runnable {
  readonly #parts: FeedsParts;
  readonly #clock: Clock;
  readonly #open = new Map<string, OpenFeed>();
  /** All that are not gone yet, also those that are not shared any more. */
  readonly #present = new Set<OpenFeed>();
  readonly #recipes = new RecipeBook();
  readonly #life = new Scope();

  constructor(parts: FeedsParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
  }

  /** Owns all Feeds; when it resolves, after the abort, no ffmpeg of theirs is left. */
  async run(signal: AbortSignal): Promise<void> {
    await aborted(signal);
    this.#life.end();
    await Promise.all([...this.#present].map((feed) => feed.stop()));
    this.#open.clear();
  }

  /**
   * Delivers a stream to a consumer until the signal aborts. Failures of the camera are told to the consumer and
   * mended here.
   * @throws GatewayError `transcode-refused` when as many streams are encoded as may be, `ended-early` after the end
   */
  async open(source: FeedSource, consumer: FeedConsumer, signal: AbortSignal): Promise<void> {
    if (this.#life.signal.aborted) throw new GatewayError('ended-early', 'feeds are closed');
    const feed = this.#feedFor(source);
    const seat: Seat = { consumer, at: feed, leave: () => undefined };
    const scope = new Scope(signal, this.#life.signal);
    try {
      feed.seat(seat);
      this.#settle(feed);
      await aborted(scope.signal);
    } finally {
      scope.end();
      seat.at.release(seat);
      this.#settle(seat.at);
    }
  }

  /** What flows of a stream at this moment, from its last key frame on; undefined where nothing does. */
  cached(stream: CameraStream): readonly FlvTag[] | undefined {
    return this.#of([stream])
      .map(({ cached }) => cached)
      .find((tags) => tags);
  }

  status(): readonly FeedStatus[] {
    return [...this.#open.values()].map(({ status }) => status);
  }

  /** The Feed of any of these streams, the one with the most consumers first; undefined where none is open. */
  statusAmong(streams: readonly CameraStream[]): FeedStatus | undefined {
    const statuses = this.#of(streams).map(({ status }) => status);
    return statuses.sort((a, b) => b.consumers - a.consumers)[0];
  }

  #of(streams: readonly CameraStream[]): OpenFeed[] {
    const wanted = new Set(streams.map(streamKey));
    return [...this.#open.values()].filter(({ source }) => wanted.has(streamKey(source.stream)));
  }

  #feedFor(source: FeedSource): OpenFeed {
    const known = this.#withTsOf(source) ?? this.#open.get(keyOf(source));
    if (known) return known;
    if (source.video === 'transcode') this.#refuseTooMany();
    return this.#begin(source);
  }

  #begin(source: FeedSource, onFlows?: () => void): OpenFeed {
    const { command, encoders, log, patience } = this.#parts;
    const parts = { command, encoders, log, patience, recipes: this.#recipes, clock: this.#clock, onFlows };
    const feed = OpenFeed.begin(source, parts, this.#life.signal);
    this.#open.set(feed.key, feed);
    this.#present.add(feed);
    const forget = (): void => void this.#present.delete(feed);
    feed.done.then(forget, forget);
    return feed;
  }

  /** For TS alone, a Feed that encodes the same stream will do: it has the camera's own video beside, and the session. */
  #withTsOf({ stream, video }: FeedSource): OpenFeed | undefined {
    if (givesFlv(stream.video, video)) return undefined;
    return this.#of([stream]).find(({ source }) => source.video === 'transcode');
  }

  /** Encoders that nobody watches any more make room first. */
  #refuseTooMany(): void {
    const encoding = [...this.#open.values()].filter(({ source }) => source.video === 'transcode');
    if (encoding.length < this.#parts.maxTranscodes) return;
    const busy = encoding.filter(({ isEmpty }) => !isEmpty).map(({ source }) => source.name);
    if (busy.length >= this.#parts.maxTranscodes) {
      const reason = `${busy.length} of ${this.#parts.maxTranscodes} at work: ${busy.join(', ') || 'none allowed'}`;
      throw new GatewayError('transcode-refused', 'this box may not encode more streams at once', { reason });
    }
    for (const feed of encoding) if (feed.isEmpty) this.#close(feed);
  }

  /** After each coming and going: what nobody needs ends after a while. */
  #settle(feed: OpenFeed): void {
    feed.stay();
    if (this.#life.signal.aborted) return;
    const { lingerMs = LINGER_MS } = this.#parts;
    if (feed.isEmpty) void feed.later(lingerMs, () => this.#close(feed));
    else if (feed.encodesForNobody) void feed.later(lingerMs, () => this.#relieve(feed));
  }

  /**
   * The last viewer of an encoded picture has left, and a recording is still there for the TS beside it. A second Feed
   * that only copies is opened; once that begins with a key frame, the recording moves over and the encoder ends. Where
   * a camera allows no second session, the encoder stays.
   */
  #relieve(feed: OpenFeed): void {
    const source: FeedSource = { ...feed.source, video: 'copy' };
    if (this.#open.has(keyOf(source))) return;
    const copy = this.#begin(source, () => {
      if (this.#open.get(feed.key) !== feed || !feed.encodesForNobody) return;
      copy.stay();
      feed.moveTo(copy);
      this.#close(feed);
    });
    void copy.later(MOVE_WITHIN_MS, () => this.#close(copy));
  }

  #close(feed: OpenFeed): void {
    if (this.#open.get(feed.key) === feed) this.#open.delete(feed.key);
    void feed.stop();
  }
}
