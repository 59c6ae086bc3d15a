import type { SegmentEvents } from '../../../recording/tally.ts';
import { type UploadHistogram, UploadTimes } from './upload-times.ts';

/** What became of a channel's segments since the process began. */
export interface SegmentCount {
  readonly sent: number;
  readonly lost: number;
  readonly uploads: UploadHistogram;
}

/** Counts the segments of each channel over all its sessions, those too that only deliver. Outlives every gateway. */
export class SegmentCounts {
  readonly #byChannel = new Map<number, ChannelCount>();

  /** Hears of a channel's segments. */
  readonly eventsOf = (channel: number): SegmentEvents => this.#at(channel);

  /** The channels of which something has been counted. */
  get channels(): readonly number[] {
    return [...this.#byChannel.keys()];
  }

  of(channel: number): SegmentCount {
    return (this.#byChannel.get(channel) ?? new ChannelCount()).count;
  }

  #at(channel: number): ChannelCount {
    const known = this.#byChannel.get(channel) ?? new ChannelCount();
    this.#byChannel.set(channel, known);
    return known;
  }
}

class ChannelCount implements SegmentEvents {
  readonly #times = new UploadTimes();
  #lost = 0;

  get count(): SegmentCount {
    const uploads = this.#times.histogram;
    return { sent: uploads.count, lost: this.#lost, uploads };
  }

  delivered(tookMs: number): void {
    this.#times.note(tookMs);
  }

  lost(segments: number): void {
    this.#lost += segments;
  }
}
