import type { Logger } from 'pino';
import type { FootageConsumer, RecordSettings } from '../channel/ports.ts';
import { microsecondsOf } from '../runtime/ts-packet.ts';
import type { ArrivedRun } from './intake.ts';
import { Restamper } from './restamper.ts';
import type { Segment } from './segment.ts';
import { SegmentBytes, splitAt } from './segment-bytes.ts';
import type { Moment, Timeline } from './timeline.ts';

/** Cuts footage into segments by the rules of the upload dialogue ("Cutting"). Knows no platform and no disk. */

const LEAST_US = 1_000_000;
/** Footage from before a longer gap makes a segment of its own, however short: its `start` would be wrong otherwise. */
const LONGEST_JOINED_GAP_US = 2_000_000;

export interface SegmenterParts {
  readonly limits: Pick<RecordSettings, 'segmentSeconds' | 'segmentMaxBytes'>;
  readonly timeline: Timeline;
  readonly log: Logger;
  readonly onSegment: (segment: Segment) => void;
}

/** A run's place in the session, and in the segment that grows. */
interface Take extends Moment {
  readonly bytes: number;
  readonly keyFrame: boolean;
}

export class Segmenter implements FootageConsumer {
  readonly #parts: SegmenterParts;
  readonly #restamper = new Restamper();
  #tables: Buffer | undefined;
  /** The segment that grows, with its tables in front, and its takes; none before the first key frame. */
  readonly #content = new SegmentBytes();
  #takes: Take[] = [];
  #awaitsKeyFrame = true;
  #afterGap = false;

  constructor(parts: SegmenterParts) {
    this.#parts = parts;
  }

  onSetup(tables: Buffer): void {
    if (this.#tables && !this.#tables.equals(tables)) this.#close();
    this.#tables = tables;
  }

  onRun(run: ArrivedRun): void {
    if (this.#awaitsKeyFrame && !run.keyFrame) return;
    this.#awaitsKeyFrame = false;
    const { timeline } = this.#parts;
    const end = timeline.end;
    const moment = timeline.place(run.dts, run.arrivedMs);
    if (this.#afterGap && moment.us - end.us > LONGEST_JOINED_GAP_US) this.#close(end);
    this.#afterGap = false;
    const take: Take = { ...moment, bytes: run.packets.length, keyFrame: run.keyFrame };
    for (let count = this.#due(take, run.setupChanged); count > 0; count = this.#due(take, false)) {
      this.#cut(count, this.#takes[count] ?? take);
    }
    if (this.#takes.length === 0) this.#begin();
    this.#takes.push(take);
    this.#content.append(run.packets, (packets) => this.#restamper.restamp(packets, timeline.shift));
  }

  onGap(): void {
    const { timeline } = this.#parts;
    if (this.#lengthUs(timeline.end) >= LEAST_US) this.#close();
    timeline.restart();
    this.#restamper.restart();
    this.#awaitsKeyFrame = true;
    this.#afterGap = true;
  }

  /** The session ends: what there is becomes the last segment, however short. */
  finish(): void {
    this.#close();
  }

  /** How many takes of the open segment make a segment, now that `next` comes after them; 0 while it grows on. */
  #due(next: Take, setupChanged: boolean): number {
    if (this.#takes.length === 0) return 0;
    const { segmentSeconds, segmentMaxBytes } = this.#parts.limits;
    if (this.#content.length + next.bytes > segmentMaxBytes) return this.#takesThatFit(next);
    if (!next.keyFrame) return 0;
    const leastUs = setupChanged ? LEAST_US : Math.max(segmentSeconds * 1_000_000, LEAST_US);
    return this.#lengthUs(next) >= leastUs ? this.#takes.length : 0;
  }

  #takesThatFit(next: Take): number {
    if (next.keyFrame) return this.#takes.length;
    const inside = this.#takes.findLastIndex(({ keyFrame }) => keyFrame);
    if (inside > 0) return inside;
    const { log, limits } = this.#parts;
    log.warn({ max_bytes: limits.segmentMaxBytes }, 'group of pictures is larger than a segment may be');
    return this.#takes.length;
  }

  #lengthUs(end: Moment): number {
    const first = this.#takes[0];
    return first ? end.us - first.us : 0;
  }

  #close(end = this.#parts.timeline.end): void {
    if (this.#takes.length > 0) this.#cut(this.#takes.length, end);
  }

  /** Makes a segment of the first `count` takes, which ends where `end` begins; the others begin the next one. */
  #cut(count: number, end: Moment): void {
    const takes = this.#takes.slice(0, count);
    const { us: startUs = end.us, dts: startDts = end.dts } = takes[0] ?? {};
    this.#takes = this.#takes.slice(count);
    const restBytes = this.#takes.reduce((sum, take) => sum + take.bytes, 0);
    const bytes = this.#content.length - restBytes;
    const { head: parts, tail: rest } = splitAt(this.#content.take(), bytes);
    this.#tellOversize(takes);
    if (this.#takes.length > 0) this.#begin();
    for (const packets of rest) this.#content.append(packets, () => undefined);
    // In ticks, not by the time of day: over a joined gap the two differ, and players count ticks.
    const durationUs = microsecondsOf(end.dts - startDts);
    this.#parts.onSegment({ startUs, durationUs, nextDts: end.dts, bytes, parts });
  }

  /** To cut inside a picture would spoil it on both sides. */
  #tellOversize(takes: readonly Take[]): void {
    const { log, limits } = this.#parts;
    const [take] = takes;
    if (takes.length > 1 || !take || take.bytes <= limits.segmentMaxBytes) return;
    log.warn({ max_bytes: limits.segmentMaxBytes, bytes: take.bytes }, 'picture is larger than a segment may be');
  }

  /** Begins a segment with its tables. */
  #begin(): void {
    if (!this.#tables) return;
    this.#content.append(this.#restamper.tables(this.#tables), () => undefined);
  }
}
