import type { Logger } from 'pino';
import type { CameraStream, VideoTreatment } from '../../channel/ports.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { GatewayError } from '../../runtime/errors.ts';
import { aborted, Scope } from '../../runtime/scope.ts';
import type { Runnable } from '../../runtime/supervise.ts';
import { Task } from '../../runtime/task.ts';
import { givesFlv, type VideoPlan } from '../ffmpeg/arguments.ts';
import type { EncoderChoice } from '../ffmpeg/encoder-choice.ts';
import type { FlvTag } from '../flv-tag.ts';
import type { FeedConsumer } from './audience.ts';
import { Feed, type FeedStatistics } from './feed.ts';
import { type FeedSource, keyOf, streamKey } from './feed-source.ts';
import type { Patience } from './life-signs.ts';
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

export interface FeedStatus extends FeedStatistics {
  readonly name: string;
  readonly profile: string;
  readonly host: string;
  /** What the camera says of it. */
  readonly stream: CameraStream;
  readonly video: VideoTreatment;
  /** The encoder at work, where there is one. */
  readonly encoder: string | undefined;
}

const LINGER_MS = 5_000;
/** A camera may send a key frame every ten seconds. */
const MOVE_WITHIN_MS = 20_000;

interface Entry {
  /** Where it stands; whoever shares it may have come by another. */
  readonly key: string;
  readonly source: FeedSource;
  readonly feed: Feed;
  readonly task: Task;
  /** Ended and begun anew with each coming and going. */
  lingering: Scope;
  readonly atWork: AtWork;
  readonly seats: Set<Seat>;
}

/** A consumer's place, which may move from one Feed to another. */
interface Seat {
  readonly consumer: FeedConsumer;
  entry: Entry;
  leave: () => void;
}

interface AtWork {
  encoder: string | undefined;
}

/** All Feeds of the gateway: opened by the first consumer, shared by the next, closed some time after the last. */
export class Feeds implements Runnable {
  readonly #parts: FeedsParts;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #recipes = new RecipeBook();
  /** All that are not gone yet, also those that no entry leads to any more. */
  readonly #tasks = new Set<Task>();
  readonly #life = new Scope();

  constructor(parts: FeedsParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
  }

  /** Owns all Feeds; when it resolves, after the abort, no ffmpeg of theirs is left. */
  async run(signal: AbortSignal): Promise<void> {
    await aborted(signal);
    this.#life.end();
    await Promise.all([...this.#tasks].map((task) => task.stop()));
    this.#entries.clear();
  }

  /**
   * Delivers a stream to a consumer until the signal aborts. Failures of the camera are told to the consumer and
   * mended here.
   * @throws GatewayError `transcode-refused` when as many streams are encoded as may be, `ended-early` after the end
   */
  async open(source: FeedSource, consumer: FeedConsumer, signal: AbortSignal): Promise<void> {
    if (this.#life.signal.aborted) throw new GatewayError('ended-early', 'feeds are closed');
    const entry = this.#entryFor(source);
    const seat: Seat = { consumer, entry, leave: () => undefined };
    entry.seats.add(seat);
    const scope = new Scope(signal, this.#life.signal);
    try {
      seat.leave = entry.feed.join(consumer);
      this.#settle(entry);
      await aborted(scope.signal);
    } finally {
      scope.end();
      seat.leave();
      seat.entry.seats.delete(seat);
      this.#settle(seat.entry);
    }
  }

  /** What flows of a stream at this moment, from its last key frame on; undefined where nothing does. */
  cached(stream: CameraStream): readonly FlvTag[] | undefined {
    const wanted = streamKey(stream);
    for (const { source, feed } of this.#entries.values()) {
      const tags = streamKey(source.stream) === wanted ? feed.cached : undefined;
      if (tags) return tags;
    }
    return undefined;
  }

  status(): readonly FeedStatus[] {
    return [...this.#entries.values()].map(statusOf);
  }

  /** The Feed of any of these streams, the one with the most consumers first; undefined where none is open. */
  statusAmong(streams: readonly CameraStream[]): FeedStatus | undefined {
    const wanted = new Set(streams.map(streamKey));
    const open = [...this.#entries.values()].filter(({ source }) => wanted.has(streamKey(source.stream)));
    return open.map(statusOf).sort((a, b) => b.consumers - a.consumers)[0];
  }

  #entryFor(source: FeedSource): Entry {
    const known = this.#withTsOf(source) ?? this.#entries.get(keyOf(source));
    if (known) return known;
    if (source.video === 'transcode') this.#refuseTooMany();
    return this.#begin(source);
  }

  #begin(source: FeedSource, onFlows?: () => void): Entry {
    const key = keyOf(source);
    const { stream, name } = source;
    const { channel, profile, url } = stream;
    const log = this.#parts.log.child({ channel, feed: name, profile, host: url.host });
    const atWork: AtWork = { encoder: undefined };
    const plan = (signal: AbortSignal): Promise<VideoPlan> => this.#plan(source, atWork, signal);
    const { command, patience } = this.#parts;
    const recipes = this.#recipes.of(stream);
    const feed = new Feed({
      command,
      stream,
      plan,
      recipes,
      log,
      clock: this.#clock,
      onFlows,
      ...(patience && { patience }),
    });
    const entry: Entry = {
      key,
      source,
      feed,
      task: this.#start(feed),
      lingering: new Scope(),
      atWork,
      seats: new Set(),
    };
    this.#entries.set(key, entry);
    return entry;
  }

  #start(feed: Feed): Task {
    const task = new Task((signal) => feed.run(signal), this.#life.signal);
    this.#tasks.add(task);
    const forget = (): void => void this.#tasks.delete(task);
    task.done.then(forget, forget);
    return task;
  }

  /** For TS alone, a Feed that encodes the same stream will do: it has the camera's own video beside, and the session. */
  #withTsOf({ stream, video }: FeedSource): Entry | undefined {
    if (givesFlv(stream.video, video)) return undefined;
    const wanted = streamKey(stream);
    return [...this.#entries.values()].find(
      ({ source }) => source.video === 'transcode' && streamKey(source.stream) === wanted,
    );
  }

  /** Encoders that nobody watches any more make room first. */
  #refuseTooMany(): void {
    const encoding = [...this.#entries.values()].filter(({ source }) => source.video === 'transcode');
    if (encoding.length < this.#parts.maxTranscodes) return;
    const busy = encoding.filter(({ feed }) => feed.statistics.consumers > 0).map(({ source }) => source.name);
    if (busy.length >= this.#parts.maxTranscodes) {
      const reason = `${busy.length} of ${this.#parts.maxTranscodes} at work: ${busy.join(', ') || 'none allowed'}`;
      throw new GatewayError('transcode-refused', 'this box may not encode more streams at once', { reason });
    }
    for (const entry of encoding) if (entry.feed.statistics.consumers === 0) this.#close(entry);
  }

  async #plan({ video, maxBitsPerSecond }: FeedSource, atWork: AtWork, signal: AbortSignal): Promise<VideoPlan> {
    if (video === 'copy') return { way: 'copy' };
    const encoder = await this.#parts.encoders.best(signal);
    atWork.encoder = encoder.name;
    return { way: 'transcode', encoder, maxBitsPerSecond };
  }

  /** After each coming and going: what nobody needs ends after a while. */
  #settle(entry: Entry): void {
    entry.lingering.end();
    if (this.#life.signal.aborted) return;
    const { lingerMs = LINGER_MS } = this.#parts;
    if (entry.seats.size === 0) void this.#later(entry, lingerMs, () => this.#close(entry));
    else if (encodesForNobody(entry)) void this.#later(entry, lingerMs, () => this.#relieve(entry));
  }

  async #later(entry: Entry, ms: number, act: () => void): Promise<void> {
    const scope = new Scope(this.#life.signal);
    entry.lingering = scope;
    await this.#clock.sleep(ms, scope.signal);
    if (!scope.signal.aborted) act();
    scope.end();
  }

  /**
   * The last viewer of an encoded picture has left, and a recording is still there for the TS beside it. A second Feed
   * that only copies is opened; once that begins with a key frame, the recording moves over and the encoder ends. Where
   * a camera allows no second session, the encoder stays.
   */
  #relieve(entry: Entry): void {
    const source: FeedSource = { ...entry.source, video: 'copy' };
    if (this.#entries.has(keyOf(source))) return;
    const copy = this.#begin(source, () => {
      if (this.#entries.get(entry.key) === entry && encodesForNobody(entry)) this.#move(entry, copy);
    });
    void this.#later(copy, MOVE_WITHIN_MS, () => this.#close(copy));
  }

  #move(from: Entry, to: Entry): void {
    to.lingering.end();
    for (const seat of from.seats) {
      seat.leave();
      seat.entry = to;
      to.seats.add(seat);
      seat.consumer.onRestart?.();
      seat.leave = to.feed.join(seat.consumer);
    }
    from.seats.clear();
    this.#close(from);
  }

  #close(entry: Entry): void {
    entry.lingering.end();
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    void entry.task.stop();
  }
}

/** All that are left take the TS alone. */
function encodesForNobody({ source, seats }: Entry): boolean {
  return source.video === 'transcode' && seats.size > 0 && ![...seats].some(({ consumer }) => consumer.onTag);
}

function statusOf({ source, feed, atWork }: Entry): FeedStatus {
  const { name, stream, video } = source;
  const { profile, url } = stream;
  return { ...feed.statistics, name, profile, host: url.host, stream, video, encoder: atWork.encoder };
}
