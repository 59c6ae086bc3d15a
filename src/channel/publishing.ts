import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { aborted } from '../runtime/scope.ts';
import { type Pauses, type Runnable, supervise } from '../runtime/supervise.ts';
import { Task } from '../runtime/task.ts';
import { type ChosenStream, chooseStream, type StreamWish } from './choose-stream.ts';
import type { CameraSight, Live, PushOrder, PushReport } from './ports.ts';
import type { Publish } from './state.ts';

/** For a push that has to begin anew because the camera has moved; the server may hold the old one for a while. */
const MOVED_PAUSES: Pauses = { minMs: 1_000, maxMs: 15_000, healthyMs: 30_000 };

export interface LiveWish extends Pick<StreamWish, 'profile' | 'video'> {
  readonly audio: 'auto' | 'none';
}

export interface PublishOrder {
  readonly streamId: string;
  /** rtmp or rtmps, as the OVC wrote it. */
  readonly url: string;
  /** 0 means no limit. */
  readonly maxBitsPerSecond: number;
  readonly quality?: 'main' | 'sub' | undefined;
}

export interface PublishingParts {
  readonly wish: LiveWish;
  readonly live: Live;
  readonly clock: Clock;
  readonly log: Logger;
  /** Hears what the push is like; undefined when there is none any more. */
  readonly tell: (publish: Publish | undefined) => void;
}

interface Push {
  readonly order: PublishOrder;
  readonly chosen: ChosenStream;
  readonly task: Task;
}

/** The one push of a channel: started, replaced and stopped by orders; it follows the camera to another address. */
export class Publishing implements Runnable {
  readonly #parts: PublishingParts;
  #life = AbortSignal.abort();
  #push: Push | undefined;

  constructor(parts: PublishingParts) {
    this.#parts = parts;
  }

  /** Owns the push; when it resolves, after the abort, the RTMP server has seen its end. */
  async run(signal: AbortSignal): Promise<void> {
    this.#life = signal;
    await aborted(signal);
    await this.#push?.task.stop();
  }

  /**
   * Resolves when the first key frame is on its way, or at once when this very stream is being published already.
   * Another running push is stopped first. When `signal` aborts before success, the attempt is given up.
   * @throws GatewayError what `sight`, `chooseStream` and `Live.push` throw
   */
  async publish(order: PublishOrder, sight: () => Promise<CameraSight>, signal: AbortSignal): Promise<void> {
    if (this.#push?.order.streamId === order.streamId) return this.#push.task.ready;
    await this.#push?.task.stop();
    const chosen = chooseStream((await sight()).streams, { ...this.#parts.wish, ...order });
    const task = this.#start(order, chosen, (push, report, life) => this.#parts.live.push(push, report, life));
    const giveUp = (): void => void task.stop();
    signal.addEventListener('abort', giveUp, { once: true });
    try {
      await task.ready;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Stopping a stream that is not there is a success: the OVC gets what it asked for. */
  async stop(streamId: string): Promise<void> {
    if (this.#push?.order.streamId === streamId) await this.#push.task.stop();
  }

  /** The camera was seen: where its stream has another address now, the push begins anew from there. */
  async see(sight: CameraSight): Promise<void> {
    const { live, wish, clock, log } = this.#parts;
    const push = this.#push;
    if (!push) return;
    const chosen = chooseStream(sight.streams, { ...wish, ...push.order });
    if (chosen.stream.url.href === push.chosen.stream.url.href) return;
    await push.task.stop();
    if (this.#push !== push && this.#push !== undefined) return;
    this.#start(push.order, chosen, (order, report, signal) =>
      supervise((life) => live.push(order, report, life), { signal, clock, log, pauses: MOVED_PAUSES }),
    );
  }

  #start({ streamId, url, maxBitsPerSecond, ...rest }: PublishOrder, chosen: ChosenStream, push: Live['push']): Task {
    const { wish, log, tell } = this.#parts;
    const task = new Task(async (signal, ready) => {
      const order: PushOrder = { streamId, url, maxBitsPerSecond, audio: wish.audio, ...chosen };
      const report = (news: PushReport): void => {
        if (this.#push?.task !== task) return;
        tell({ streamId, ...news });
        if (news.live) ready();
      };
      await push(order, report, signal);
    }, this.#life);
    this.#push = { order: { streamId, url, maxBitsPerSecond, ...rest }, chosen, task };
    log.info({ stream_id: streamId, profile: chosen.stream.profile, video: chosen.video }, 'publish ordered');
    void task.done
      // Whoever ordered the push hears why it failed, and says so.
      .catch(() => undefined)
      .then(() => this.#forget(task, streamId));
    return task;
  }

  /** A successor may have taken the place; only the push that is in place may clear it. */
  #forget(task: Task, streamId: string): void {
    if (this.#push?.task !== task) return;
    this.#push = undefined;
    this.#parts.tell(undefined);
    this.#parts.log.info({ stream_id: streamId }, 'publish ended');
  }
}
