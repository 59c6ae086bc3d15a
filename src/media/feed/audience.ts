import type { GatewayError } from '../../runtime/errors.ts';
import type { FlvTag } from '../flv-tag.ts';
import { AvcSetup } from './avc-setup.ts';
import { GopCache } from './gop-cache.ts';

/**
 * Who takes from a Feed. All calls are synchronous: a consumer that cannot keep up must drop by itself, for the Feed
 * waits for nobody. Tags begin with metadata, codec setup and a key frame, at the join as after each restart.
 */
export interface FeedConsumer {
  onTag?(tag: FlvTag): void;
  /** MPEG-TS as ffmpeg writes it, in pieces of any size, from wherever it is at the join; true during the call only. */
  onTs?(chunk: Buffer): void;
  /** A new ffmpeg starts: times and TS begin anew with the next tag or chunk. */
  onRestart?(): void;
  /** The camera's stream is gone; it is being looked for again. */
  onDown?(err: GatewayError): void;
}

interface Seat {
  readonly consumer: FeedConsumer;
  /** True until it has been given the beginning of a group of pictures. */
  waiting: boolean;
}

/** Hands what a Feed reads to its consumers, each from a place where it can begin. Knows no ffmpeg. */
export class Audience {
  readonly #seats = new Set<Seat>();
  readonly #cache = new GopCache();
  readonly #setup = new AvcSetup();

  get size(): number {
    return this.#seats.size;
  }

  /** What a consumer that joined now would be given first; undefined while there is nothing to begin with. */
  get cached(): readonly FlvTag[] | undefined {
    return this.#cache.start();
  }

  /** Takes a seat; what is cached is delivered before this returns. Call the result to leave. */
  join(consumer: FeedConsumer): () => void {
    const seat: Seat = { consumer, waiting: true };
    this.#begin(seat);
    this.#seats.add(seat);
    return () => void this.#seats.delete(seat);
  }

  tag(read: FlvTag): void {
    for (const tag of this.#setup.follow(read)) {
      this.#cache.add(tag);
      for (const seat of this.#seats) {
        if (seat.waiting) this.#begin(seat);
        else seat.consumer.onTag?.(tag);
      }
    }
  }

  ts(chunk: Buffer): void {
    for (const { consumer } of this.#seats) consumer.onTs?.(chunk);
  }

  restart(): void {
    this.#cache.clear();
    this.#setup.clear();
    for (const seat of this.#seats) {
      seat.waiting = true;
      seat.consumer.onRestart?.();
    }
  }

  down(err: GatewayError): void {
    for (const { consumer } of this.#seats) consumer.onDown?.(err);
  }

  #begin(seat: Seat): void {
    const tags = this.#cache.start();
    if (!tags) return;
    seat.waiting = false;
    for (const tag of tags) seat.consumer.onTag?.(tag);
  }
}
