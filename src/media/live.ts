import type { Logger } from 'pino';
import type { CameraStream, Live, PushOrder, PushReport } from '../channel/ports.ts';
import { type Clock, systemClock } from '../runtime/clock.ts';
import { aborted } from '../runtime/scope.ts';
import { together } from '../runtime/supervise.ts';
import type { CertificateTime } from '../runtime/tls-in-time.ts';
import type { Feeds } from './feed/feeds.ts';
import { givesFlv } from './ffmpeg/arguments.ts';
import { Push } from './push.ts';
import type { PushStatus } from './push-status.ts';

export interface LiveParts {
  readonly feeds: Feeds;
  readonly log: Logger;
  readonly clock?: Clock;
  /** PEM; trusted for rtmps beside the public authorities. */
  readonly ca?: string | undefined;
  /** By what time its certificate is judged; without it, by the clock of the box. */
  readonly time?: CertificateTime | undefined;
}

/** Live views: a Feed on one side, an RTMP server on the other, both opened at once because each takes its time. */
export class LiveMedia implements Live {
  readonly #parts: LiveParts;
  readonly #pushes = new Map<string, Push>();

  constructor(parts: LiveParts) {
    this.#parts = parts;
  }

  /** Of the push with that stream id; undefined where there is none. */
  statusOf(streamId: string): PushStatus | undefined {
    return this.#pushes.get(streamId)?.status;
  }

  async push(order: PushOrder, report: (report: PushReport) => void, signal: AbortSignal): Promise<void> {
    const { feeds, log, clock = systemClock, ca, time } = this.#parts;
    const push = new Push({ order, report, clock, ca, time, log: log.child({ stream_id: order.streamId }) });
    const { stream, video, maxBitsPerSecond } = order;
    const source = { name: stream.name, stream, video, maxBitsPerSecond };
    this.#pushes.set(order.streamId, push);
    try {
      await together(signal, [{ run: (scope) => feeds.open(source, push, scope) }, push]);
    } finally {
      if (this.#pushes.get(order.streamId) === push) this.#pushes.delete(order.streamId);
    }
  }

  async standby(stream: CameraStream, signal: AbortSignal): Promise<void> {
    // Encoding for nobody would cost what standby is to save, and a copy without FLV helps no push.
    if (!givesFlv(stream.video, 'copy')) return aborted(signal);
    const source = { name: stream.name, stream, video: 'copy' as const, maxBitsPerSecond: 0 };
    await this.#parts.feeds.open(source, {}, signal);
  }
}
