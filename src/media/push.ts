import type { Logger } from 'pino';
import type { PushOrder, PushReport } from '../channel/ports.ts';
import { ByteRate } from '../runtime/byte-rate.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { Scope } from '../runtime/scope.ts';
import { type Pauses, type Runnable, supervise } from '../runtime/supervise.ts';
import type { CertificateTime } from '../runtime/tls-in-time.ts';
import type { FeedConsumer } from './feed/audience.ts';
import { GopCache } from './feed/gop-cache.ts';
import { type FlvTag, isKeyFrame } from './flv-tag.ts';
import { hostIn, type PushStatus, sum } from './push-status.ts';
import { Congestion, type Dropped } from './rtmp/congestion.ts';
import type { Publication } from './rtmp/publication.ts';
import { openPublisher } from './rtmp/publisher.ts';
import { Timeline } from './rtmp/timeline.ts';

export interface PushParts {
  readonly order: PushOrder;
  readonly report: (report: PushReport) => void;
  readonly clock: Clock;
  readonly log: Logger;
  readonly ca?: string | undefined;
  readonly time?: CertificateTime | undefined;
}

const PAUSES: Pauses = { minMs: 300, maxMs: 5_000, healthyMs: 10_000 };
const PAUSES_BY_KIND = {
  // After a cut the server may hold the name for the dead connection for a while.
  'publish-refused': { minMs: 1_000, maxMs: 10_000, healthyMs: 10_000 },
} as const;

/** One accepted publish and what belongs to it alone. */
interface Line {
  readonly publication: Publication;
  readonly timeline: Timeline;
  readonly congestion: Congestion;
}

/**
 * Carries one Feed to one RTMP server. Either side may break and come back without the other: while the camera is away
 * the publish stays and its timeline goes on; while the server is away the last group of pictures is kept for it.
 */
export class Push implements Runnable, FeedConsumer {
  readonly #parts: PushParts;
  readonly #cache = new GopCache();
  /** Ends with the push, or with the first failure if that comes before the first success. */
  #scope = new Scope();
  #line: Line | undefined;
  readonly #rate: ByteRate;
  #live = false;
  #since: Date;
  #why: string | undefined;
  #hasBeenLive = false;
  #publishes = 0;
  /** By the lines before the present one. */
  #droppedBefore: Dropped = { gops: 0, tags: 0, bytes: 0 };

  constructor(parts: PushParts) {
    this.#parts = parts;
    this.#rate = new ByteRate(parts.clock);
    this.#since = parts.clock.wall();
  }

  get status(): PushStatus {
    const { streamId, stream, url } = this.#parts.order;
    const dropped = this.#line ? sum(this.#droppedBefore, this.#line.congestion.dropped) : this.#droppedBefore;
    return {
      streamId,
      stream,
      host: hostIn(url),
      live: this.#live,
      since: this.#since,
      why: this.#why,
      bitsPerSecond: this.#rate.bitsPerSecond,
      publishes: this.#publishes,
      dropped,
      droppedGops: dropped.gops,
      bufferedBytes: this.#line?.publication.bufferedBytes ?? 0,
    };
  }

  /**
   * Publishes until the signal aborts.
   * @throws GatewayError before the first success: what the server or, through `onDown`, the camera failed with
   */
  async run(signal: AbortSignal): Promise<void> {
    const scope = new Scope(signal, this.#scope.signal);
    this.#scope = scope;
    const { log, clock } = this.#parts;
    const supervision = { signal: scope.signal, log, clock, pauses: PAUSES, pausesByKind: PAUSES_BY_KIND };
    try {
      await supervise((attempt) => this.#publish(attempt), supervision);
      if (!signal.aborted) throw scope.signal.reason;
    } finally {
      scope.end();
    }
  }

  onTag(tag: FlvTag): void {
    if (this.#parts.order.audio === 'none' && tag.kind !== 'video') return;
    this.#cache.add(tag);
    if (this.#line) this.#send(this.#line, tag);
  }

  onRestart(): void {
    this.#cache.clear();
    this.#line?.timeline.restart();
    this.#line?.congestion.expectKeyFrame();
  }

  onDown(err: GatewayError): void {
    this.#cache.clear();
    this.#failed(err);
  }

  async #publish(signal: AbortSignal): Promise<void> {
    const { order, clock, log, ca, time } = this.#parts;
    try {
      const publication = await openPublisher({ url: order.url, clock, log, ca, time }, signal);
      this.#publishes++;
      this.#line = this.#begun(publication);
      await publication.done;
    } catch (err) {
      if (!signal.aborted) this.#failed(err);
      throw err;
    } finally {
      if (this.#line) this.#droppedBefore = sum(this.#droppedBefore, this.#line.congestion.dropped);
      this.#line = undefined;
    }
  }

  /** Sends what is kept first, all of it: the live view of a camera whose key frames are rare begins with it. */
  #begun(publication: Publication): Line {
    const line = { publication, timeline: new Timeline(), congestion: new Congestion() };
    const kept = this.#cache.start() ?? [];
    for (const tag of kept) {
      const placed = line.timeline.place(tag);
      if (placed) this.#pass(publication, placed);
    }
    line.congestion.begunWith(kept);
    return line;
  }

  #send({ publication, timeline, congestion }: Line, tag: FlvTag): void {
    const placed = timeline.place(tag);
    if (placed && congestion.admits(placed, publication)) this.#pass(publication, placed);
  }

  #pass(publication: Publication, tag: FlvTag): void {
    publication.send(tag);
    this.#rate.count(tag.body.length);
    if (this.#live || !isKeyFrame(tag)) return;
    this.#turn(true);
    this.#hasBeenLive = true;
    this.#parts.report({ live: true });
  }

  #failed(err: unknown): void {
    if (!this.#hasBeenLive) {
      this.#scope.end(err);
      return;
    }
    const why = err instanceof GatewayError ? err.sentence : 'failed unexpectedly';
    this.#turn(false, why);
    this.#parts.report({ live: false, why });
  }

  #turn(live: boolean, why?: string): void {
    if (live !== this.#live) this.#since = this.#parts.clock.wall();
    this.#live = live;
    this.#why = why;
  }
}
