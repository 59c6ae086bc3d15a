import type { Logger } from 'pino';
import type { Clock } from '../runtime/clock.ts';
import { aborted } from '../runtime/scope.ts';
import { type Pauses, type Runnable, supervise } from '../runtime/supervise.ts';
import { Task } from '../runtime/task.ts';
import { type ChosenStream, chooseStream, isSameStream, type StreamWish } from './choose-stream.ts';
import type { CameraSight, Live, PushReport } from './ports.ts';
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
  /** Whoever ordered it knows that it is live, or that it will be once the camera is there. */
  answered: boolean;
}

/** The one push of a channel: started, replaced and stopped by orders; it follows the camera to another address. */
export class Publishing implements Runnable {
  readonly #parts: PublishingParts;
  #life = AbortSignal.abort();
  #push: Push | undefined;
  /** What the OVC wants: until it stops it, replaces it, or is told that it came to nothing. */
  #wanted: PublishOrder | undefined;
  #turns: Promise<unknown> = Promise.resolve();

  constructor(parts: PublishingParts) {
    this.#parts = parts;
  }

  /** The order that is in force, also after the end of `run`: for whoever takes the channel over. */
  get wanted(): PublishOrder | undefined {
    return this.#wanted;
  }

  /** Takes an order over, before `run`: it is carried out once the camera has been seen. */
  resume(order: PublishOrder): void {
    this.#wanted = order;
    this.#parts.tell({ streamId: order.streamId, live: false, why: 'the configuration of the channel has changed' });
  }

  /** Owns the push; when it resolves, after the abort, the RTMP server has seen its end. */
  async run(signal: AbortSignal): Promise<void> {
    this.#life = signal;
    await aborted(signal);
    await this.#inTurn(() => this.#end());
  }

  /**
   * Resolves when the first key frame is on its way, or at once when this very stream is being published already.
   * Another running push is stopped first. When `signal` aborts before success, the attempt is given up.
   * @throws GatewayError what `sight`, `chooseStream` and `Live.push` throw
   */
  async publish(order: PublishOrder, sight: () => Promise<CameraSight>, signal: AbortSignal): Promise<void> {
    const { task, begun } = await this.#inTurn(async () => {
      if (this.#push?.order.streamId === order.streamId) return { task: this.#push.task, begun: false };
      await this.#end();
      this.#forgo();
      const chosen = chooseStream((await sight()).streams, { ...this.#parts.wish, ...order });
      // Whoever ordered it has been told that it came to nothing.
      signal.throwIfAborted();
      const { task } = this.#start(order, chosen, (...push) => this.#parts.live.push(...push));
      return { task, begun: true };
    });
    const giveUp = (): void => void this.#inTurn(() => this.#end(task));
    if (begun) signal.addEventListener('abort', giveUp, { once: true });
    try {
      await task.ready;
    } catch (err) {
      if (this.#wanted === order) this.#forgo();
      throw err;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  /** Stopping a stream that is not there is a success: the OVC gets what it asked for. */
  stop(streamId: string): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#push?.order.streamId === streamId) await this.#end();
      if (this.#wanted?.streamId === streamId) this.#forgo();
    });
  }

  /** The camera was seen: where its stream is another now, or somewhere else, the push begins anew with that. */
  see(sight: CameraSight): Promise<void> {
    const { live, wish, clock, log, tell } = this.#parts;
    return this.#inTurn(async () => {
      const order = this.#wanted;
      if (!order) return;
      const chosen = chooseStream(sight.streams, { ...wish, ...order });
      const push = this.#push;
      // An attempt that is given up fails its order, and what has failed must not begin again behind the OVC's back.
      if (push && (!push.answered || isSameStream(chosen.stream, push.chosen.stream))) return;
      await push?.task.stop();
      this.#start(order, chosen, (again, report, signal) =>
        supervise((life) => live.push(again, report, life), { signal, clock, log, pauses: MOVED_PAUSES }),
      ).answered = true;
      tell({ streamId: order.streamId, live: false, why: 'the stream of the camera has changed' });
    });
  }

  /** Changes of the push one after another: each finds what the one before has made of it. */
  #inTurn<T>(change: () => Promise<T>): Promise<T> {
    const turn = this.#turns.then(change);
    // Whoever asked for the change hears how it failed.
    this.#turns = turn.catch(() => undefined);
    return turn;
  }

  /** Lets go of an order that has no push yet, or none any more. */
  #forgo(): void {
    if (!this.#wanted) return;
    this.#wanted = undefined;
    this.#parts.tell(undefined);
  }

  /** Ends the push that there is; with `task`, only if it is that one. */
  async #end(task = this.#push?.task): Promise<void> {
    const push = this.#push;
    if (!push || push.task !== task) return;
    await task.stop();
    this.#forget(push);
  }

  #start(order: PublishOrder, chosen: ChosenStream, live: Live['push']): Push {
    const { wish, log, tell } = this.#parts;
    const { streamId, url, maxBitsPerSecond } = order;
    const task = new Task(async (signal, ready) => {
      const report = (news: PushReport): void => {
        if (this.#push?.task !== task) return;
        tell({ streamId, ...news });
        if (news.live) {
          push.answered = true;
          ready();
        }
      };
      await live({ streamId, url, maxBitsPerSecond, audio: wish.audio, ...chosen }, report, signal);
    }, this.#life);
    const push: Push = { order, chosen, task, answered: false };
    this.#push = push;
    this.#wanted = order;
    log.info({ stream_id: streamId, profile: chosen.stream.profile, video: chosen.video }, 'publish ordered');
    void task.done
      // Whoever ordered the push hears why it failed, and says so.
      .catch(() => undefined)
      .then(() => this.#forget(push));
    return push;
  }

  /** A successor may have taken the place; only the push that is in place may clear it. */
  #forget(push: Push): void {
    if (this.#push !== push) return;
    this.#push = undefined;
    if (!this.#life.aborted) this.#wanted = undefined;
    this.#parts.tell(undefined);
    this.#parts.log.info({ stream_id: push.order.streamId }, 'publish ended');
  }
}
