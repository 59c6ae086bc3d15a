import { createHash } from 'node:crypto';
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
import type { Patience } from './life-signs.ts';
import { RecipeChoice } from './recipe-choice.ts';

/** What to open: a stream, and what is to become of its video. */
export interface FeedSource {
  /** Who asks, in a person's words, such as the channel's name; for the log, the status and a refusal. */
  readonly name: string;
  readonly stream: CameraStream;
  readonly video: VideoTreatment;
  /** What an encoder may produce, in bit/s; 0 for no limit. Means nothing to a copy. */
  readonly maxBitsPerSecond: number;
}

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
/** More than a gateway has streams; addresses that change must not pile up for ever. */
const MOST_RECIPES = 500;

interface Entry {
  /** Where it stands; whoever shares it may have come by another. */
  readonly key: string;
  readonly source: FeedSource;
  readonly feed: Feed;
  readonly task: Task;
  /** Ended and begun anew with each coming and going. */
  lingering: Scope;
  readonly atWork: AtWork;
}

interface AtWork {
  encoder: string | undefined;
}

/** All Feeds of the gateway: opened by the first consumer, shared by the next, closed some time after the last. */
export class Feeds implements Runnable {
  readonly #parts: FeedsParts;
  readonly #clock: Clock;
  readonly #entries = new Map<string, Entry>();
  readonly #recipes = new Map<string, RecipeChoice>();
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
    entry.lingering.end();
    const leave = entry.feed.join(consumer);
    const scope = new Scope(signal, this.#life.signal);
    try {
      await aborted(scope.signal);
    } finally {
      scope.end();
      leave();
      if (entry.feed.statistics.consumers === 0 && !this.#life.signal.aborted) void this.#linger(entry);
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
    const key = keyOf(source);
    const known = this.#withTsOf(source) ?? this.#entries.get(key);
    if (known) return known;
    if (source.video === 'transcode') this.#refuseTooMany();
    const { stream, name } = source;
    const log = this.#parts.log.child({ feed: name, profile: stream.profile, host: stream.url.host });
    const atWork: AtWork = { encoder: undefined };
    const plan = (signal: AbortSignal): Promise<VideoPlan> => this.#plan(source, atWork, signal);
    const { command, patience } = this.#parts;
    const recipes = this.#recipeFor(source);
    const feed = new Feed({ command, stream, plan, recipes, log, clock: this.#clock, ...(patience && { patience }) });
    const entry: Entry = { key, source, feed, task: this.#start(feed), lingering: new Scope(), atWork };
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

  #recipeFor({ stream }: FeedSource): RecipeChoice {
    const key = streamKey(stream);
    const recipes = this.#recipes.get(key) ?? new RecipeChoice(stream);
    this.#recipes.set(key, recipes);
    const [oldest] = this.#recipes.keys();
    if (this.#recipes.size > MOST_RECIPES && oldest !== undefined) this.#recipes.delete(oldest);
    return recipes;
  }

  async #plan({ video, maxBitsPerSecond }: FeedSource, atWork: AtWork, signal: AbortSignal): Promise<VideoPlan> {
    if (video === 'copy') return { way: 'copy' };
    const encoder = await this.#parts.encoders.best(signal);
    atWork.encoder = encoder.name;
    return { way: 'transcode', encoder, maxBitsPerSecond };
  }

  async #linger(entry: Entry): Promise<void> {
    const scope = new Scope(this.#life.signal);
    entry.lingering = scope;
    await this.#clock.sleep(this.#parts.lingerMs ?? LINGER_MS, scope.signal);
    if (!scope.signal.aborted) this.#close(entry);
    scope.end();
  }

  #close(entry: Entry): void {
    entry.lingering.end();
    if (this.#entries.get(entry.key) === entry) this.#entries.delete(entry.key);
    void entry.task.stop();
  }
}

function statusOf({ source, feed, atWork }: Entry): FeedStatus {
  const { name, stream, video } = source;
  const { profile, url } = stream;
  return { ...feed.statistics, name, profile, host: url.host, stream, video, encoder: atWork.encoder };
}

/** Without the bit rate two copies are the same; a new password makes a new stream, for the old one will not mend. */
function keyOf({ stream, video, maxBitsPerSecond }: FeedSource): string {
  return `${streamKey(stream)} ${video === 'copy' ? video : maxBitsPerSecond}`;
}

/** A digest, because the password is part of it. */
function streamKey({ url, credentials, video, audio }: CameraStream): string {
  const parts = [url.href, credentials?.username, credentials?.password.reveal(), video, audio];
  return createHash('sha256').update(JSON.stringify(parts)).digest('base64');
}
