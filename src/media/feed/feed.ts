import type { Logger } from 'pino';
import type { CameraStream } from '../../channel/ports.ts';
import { REFUSED_LOGIN_PAUSES } from '../../channel/refused-login.ts';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { GatewayError, isKind } from '../../runtime/errors.ts';
import { type Pauses, type Runnable, supervise } from '../../runtime/supervise.ts';
import { feedCall, givesFlv, type VideoPlan } from '../ffmpeg/arguments.ts';
import { type FlvTag, isAac, isKeyFrame } from '../flv-tag.ts';
import { Audience, type FeedConsumer } from './audience.ts';
import { knock } from './door.ts';
import { GenerationEnd, runGeneration } from './generation.ts';
import type { Patience } from './life-signs.ts';
import type { RecipeChoice } from './recipe-choice.ts';
import { Statistics } from './statistics.ts';

export interface FeedParts {
  readonly command: string;
  readonly stream: CameraStream;
  /** Asked for at each start: which encoder works is found out when it is first needed. */
  readonly plan: (signal: AbortSignal) => Promise<VideoPlan>;
  readonly recipes: RecipeChoice;
  readonly log: Logger;
  readonly clock?: Clock;
  readonly patience?: Patience;
  /** Called at each start, when the first picture comes and before anybody is given it. */
  readonly onFlows?: (() => void) | undefined;
  readonly random?: () => number;
}

export interface FeedStatistics {
  readonly consumers: number;
  /** Of the TS, which all Feeds have. */
  readonly bitsPerSecond: number;
  readonly keyFrameIntervalMs: number | undefined;
  readonly restarts: number;
  /** When the present ffmpeg brought its first key frame; undefined while it has not. */
  readonly flowingSince: Date | undefined;
  /** How long ago anything came; undefined before the first. */
  readonly silentMs: number | undefined;
  /** Why the last one ended; undefined while all is well. */
  readonly down: GatewayError | undefined;
}

/** A frozen camera is to be told within eight seconds, and a Keepalive may have to wait for one, as another went before. */
const PATIENCE: Patience = { openingMs: 8_000, startingMs: 12_000, flowingMs: 6_800 };
/**
 * A camera that has delivered before delivers quickly again; so tries after a loss are short, that none of them hangs
 * on a dead session while the camera is back. Each third is patient, for cameras that are slow after a start.
 */
const HURRIED_OPENING_MS = 3_000;
const PATIENT_TRY = 3;

// Longer than a camera may take that opens and then shows nothing.
const PAUSES: Pauses = { minMs: 300, maxMs: 5_000, healthyMs: 20_000 };
const PAUSES_BY_KIND = {
  // Looking for a camera is cheap, and it should flow three seconds after it is back.
  'camera-unreachable': { minMs: 300, maxMs: 1_000, healthyMs: 10_000 },
  'camera-unauthorized': REFUSED_LOGIN_PAUSES,
} as const;

/** One camera stream as one ffmpeg after the other, shared by its consumers. Knows no RTMP and no recording. */
export class Feed implements Runnable {
  readonly #parts: FeedParts;
  readonly #clock: Clock;
  readonly #audience = new Audience();
  readonly #statistics: Statistics;
  #starts = 0;
  #triesSinceFlow = 0;
  #flowingSince: Date | undefined;
  #hasFlowed = false;
  #down: GatewayError | undefined;

  constructor(parts: FeedParts) {
    this.#parts = parts;
    this.#clock = parts.clock ?? systemClock;
    this.#statistics = new Statistics(this.#clock);
  }

  get statistics(): FeedStatistics {
    const { bitsPerSecond, keyFrameIntervalMs, silentMs } = this.#statistics;
    return {
      consumers: this.#audience.size,
      bitsPerSecond,
      keyFrameIntervalMs,
      silentMs,
      restarts: Math.max(0, this.#starts - 1),
      flowingSince: this.#flowingSince,
      down: this.#down,
    };
  }

  /** Setup and pictures since the last key frame; undefined where nothing flows, or no FLV. */
  get cached(): readonly FlvTag[] | undefined {
    return this.#flowingSince && this.#audience.cached;
  }

  /** Takes a seat; what is cached is delivered before this returns. Call the result to leave. */
  join(consumer: FeedConsumer): () => void {
    if (this.#down) consumer.onDown?.(this.#down);
    return this.#audience.join(consumer);
  }

  /** Keeps the stream flowing until the signal aborts; no ffmpeg is left then. */
  run(signal: AbortSignal): Promise<void> {
    const { log, random = Math.random } = this.#parts;
    const supervision = { signal, log, random, clock: this.#clock, pauses: PAUSES, pausesByKind: PAUSES_BY_KIND };
    return supervise((attempt) => this.#once(attempt), supervision);
  }

  async #once(signal: AbortSignal): Promise<void> {
    try {
      await this.#generation(signal);
    } catch (err) {
      if (!signal.aborted) this.#ended(err);
      throw err;
    } finally {
      this.#flowingSince = undefined;
    }
  }

  async #generation(signal: AbortSignal): Promise<void> {
    const { command, stream, log, recipes, plan: planFor } = this.#parts;
    const barred = recipes.barred(this.#clock.now());
    if (barred) throw barred;
    if (isKind(this.#down, 'camera-unreachable')) await knock(stream.url, this.#clock, signal);
    if (this.#starts > 0) await stream.confirm?.(signal);
    const plan = await planFor(signal);
    const { recipe } = recipes;
    const call = feedCall({ stream, plan, recipe });
    if (signal.aborted) return;
    this.#restart();
    const hasFlv = givesFlv(stream.video, plan.way);
    const parts = { command, ...call, hasFlv, patience: this.#patience(), clock: this.#clock, log };
    const onSilence = (end: GenerationEnd): void => this.#ended(end);
    const onTag = (tag: FlvTag): void => {
      if (recipe.audio === 'copy' && tag.kind === 'audio' && !isAac(tag)) throw notAac();
      this.#takeTag(tag);
    };
    await runGeneration(parts, { onTag, onTs: (chunk) => this.#takeTs(chunk, hasFlv), onSilence }, signal);
  }

  #restart(): void {
    this.#starts++;
    this.#triesSinceFlow++;
    this.#statistics.restart();
    if (this.#starts > 1) this.#audience.restart();
  }

  #patience(): Patience {
    const { patience = PATIENCE } = this.#parts;
    const hurried = this.#hasFlowed && this.#triesSinceFlow % PATIENT_TRY !== 0;
    return hurried ? { ...patience, openingMs: Math.min(patience.openingMs, HURRIED_OPENING_MS) } : patience;
  }

  #takeTag(tag: FlvTag): void {
    this.#statistics.countTag(tag);
    if (isKeyFrame(tag)) this.#flows();
    this.#audience.tag(tag);
  }

  #takeTs(chunk: Buffer, hasFlv: boolean): void {
    this.#statistics.countBytes(chunk.length);
    if (!hasFlv) this.#flows();
    this.#audience.ts(chunk);
  }

  #flows(): void {
    if (this.#flowingSince) return;
    this.#flowingSince = this.#clock.wall();
    this.#hasFlowed = true;
    this.#triesSinceFlow = 0;
    this.#down = undefined;
    this.#parts.recipes.flowed();
    this.#parts.onFlows?.();
    this.#parts.log.debug({ restarts: this.#starts - 1 }, 'feed flows');
  }

  /** Consumers hear of a failure unless there is another way to try first. Of a silence they have heard already. */
  #ended(err: unknown): void {
    const { recipes } = this.#parts;
    if (err === this.#down) return;
    this.#flowingSince = undefined;
    if (err instanceof GenerationEnd) {
      if (err.kind === 'camera-unauthorized') recipes.refused(err, this.#clock.now());
      if (err.remedy && recipes.learn(err.remedy)) return;
      if (err.silent && err.stage === 'opening') recipes.silent();
    }
    const down = err instanceof GatewayError ? err : new GatewayError('feed-failed', 'feed failed', { cause: err });
    this.#down = down;
    this.#audience.down(down);
  }
}

/** A camera may say AAC and send G.711, which FLV would carry and few platforms play. */
function notAac(): GenerationEnd {
  const err = new GatewayError('feed-failed', 'camera sends other audio than it says');
  return new GenerationEnd(err, { stage: 'starting', silent: false, remedy: { audio: 'encode' } });
}
