import type { Logger } from 'pino';
import type { CameraStream, VideoTreatment } from '../../channel/ports.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Scope } from '../../runtime/scope.ts';
import { Task } from '../../runtime/task.ts';
import type { VideoPlan } from '../ffmpeg/arguments.ts';
import type { EncoderChoice } from '../ffmpeg/encoder-choice.ts';
import type { FlvTag } from '../flv-tag.ts';
import type { FeedConsumer } from './audience.ts';
import { Feed, type FeedStatistics } from './feed.ts';
import { type FeedSource, keyOf } from './feed-source.ts';
import type { Patience } from './life-signs.ts';
import type { RecipeBook } from './recipe-book.ts';

export interface OpenFeedParts {
  /** The ffmpeg to run. */
  readonly command: string;
  readonly encoders: EncoderChoice;
  readonly recipes: RecipeBook;
  readonly clock: Clock;
  readonly log: Logger;
  readonly patience?: Patience | undefined;
  /** Called when the first picture comes, before anybody is given it. */
  readonly onFlows?: (() => void) | undefined;
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

/** A consumer's place, which may move from one Feed to another. */
export interface Seat {
  readonly consumer: FeedConsumer;
  at: OpenFeed;
  leave: () => void;
}

/** The encoder that was found to work best, once one is needed. */
interface AtWork {
  encoder: string | undefined;
}

interface Making {
  readonly feed: Feed;
  readonly task: Task;
  readonly atWork: AtWork;
  readonly clock: Clock;
  readonly life: AbortSignal;
}

/** One Feed at work: what it was opened for, who sits at it, and what is to become of it later. Knows no other Feed. */
export class OpenFeed {
  readonly source: FeedSource;
  /** Where it stands among the others; whoever shares it may have come by another. */
  readonly key: string;
  readonly #making: Making;
  readonly #seats = new Set<Seat>();
  #plans = new Scope();

  private constructor(source: FeedSource, making: Making) {
    this.source = source;
    this.key = keyOf(source);
    this.#making = making;
  }

  /** Begins at once; ends with `life`, or when it is stopped. */
  static begin(source: FeedSource, parts: OpenFeedParts, life: AbortSignal): OpenFeed {
    const { command, encoders, recipes, clock, patience, onFlows } = parts;
    const { stream, name } = source;
    const log = parts.log.child({ feed: name, profile: stream.profile, host: stream.url.host });
    const atWork: AtWork = { encoder: undefined };
    const plan = (signal: AbortSignal): Promise<VideoPlan> => planFor(source, { encoders, atWork }, signal);
    const known = { command, stream, plan, recipes: recipes.of(stream), log, clock, onFlows };
    const feed = new Feed(patience ? { ...known, patience } : known);
    const task = new Task((signal) => feed.run(signal), life);
    return new OpenFeed(source, { feed, task, atWork, clock, life });
  }

  /** Settles when its ffmpeg is gone. */
  get done(): Promise<void> {
    return this.#making.task.done;
  }

  get isEmpty(): boolean {
    return this.#seats.size === 0;
  }

  /** It encodes, and all that are left take the TS alone. */
  get encodesForNobody(): boolean {
    const { video } = this.source;
    return video === 'transcode' && !this.isEmpty && ![...this.#seats].some(({ consumer }) => consumer.onTag);
  }

  /** Setup and pictures since the last key frame; undefined where nothing flows, or no FLV. */
  get cached(): readonly FlvTag[] | undefined {
    return this.#making.feed.cached;
  }

  get status(): FeedStatus {
    const { name, stream, video } = this.source;
    const { profile, url } = stream;
    const { feed, atWork } = this.#making;
    return { ...feed.statistics, name, profile, host: url.host, stream, video, encoder: atWork.encoder };
  }

  /** What is cached is delivered before this returns. */
  seat(seat: Seat): void {
    seat.at = this;
    this.#seats.add(seat);
    seat.leave = this.#making.feed.join(seat.consumer);
  }

  release(seat: Seat): void {
    seat.leave();
    this.#seats.delete(seat);
  }

  /** All who sit here go on there, from where they can begin. */
  moveTo(other: OpenFeed): void {
    for (const seat of [...this.#seats]) {
      this.release(seat);
      seat.consumer.onRestart?.();
      other.seat(seat);
    }
  }

  /** Does this some time from now, instead of what was planned before. */
  async later(ms: number, act: () => void): Promise<void> {
    this.stay();
    const { clock, life } = this.#making;
    const scope = new Scope(life);
    this.#plans = scope;
    await clock.sleep(ms, scope.signal);
    if (!scope.signal.aborted) act();
    scope.end();
  }

  /** Forgets what was planned. */
  stay(): void {
    this.#plans.end();
  }

  /** Resolves when no ffmpeg of it is left. */
  async stop(): Promise<void> {
    this.stay();
    await this.#making.task.stop();
  }
}

async function planFor(
  { video, maxBitsPerSecond }: FeedSource,
  { encoders, atWork }: { readonly encoders: EncoderChoice; readonly atWork: AtWork },
  signal: AbortSignal,
): Promise<VideoPlan> {
  if (video === 'copy') return { way: 'copy' };
  const encoder = await encoders.best(signal);
  atWork.encoder = encoder.name;
  return { way: 'transcode', encoder, maxBitsPerSecond };
}
