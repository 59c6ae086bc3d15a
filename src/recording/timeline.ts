import type { Clock } from '../runtime/clock.ts';
import { microsecondsOf, TICKS_PER_SECOND } from '../runtime/ts-packet.ts';

/**
 * One session's time. Maps the DTS of a source, which starts anew after each gap and may jump, onto DTS that run on
 * without a jump, and says when each picture was taken.
 *
 * Over a gap the DTS run on as if there were none, and only the time of day moves by what really passed. So a list
 * plays from end to end with the picture and sound next to each other: a hole in the stamps would halt players for as
 * long as the camera was away, or make them skip. The dialogue is made this way too: `next_dts` lets a session
 * continue one of yesterday without a jump. The time of day is in each segment's `start`.
 */

export interface TimelineParts {
  /** The DTS that the first picture shall have; undefined leaves it as the source has it. */
  readonly firstDts: number | undefined;
  /** The time of day of the first picture in microseconds; asked once. Later steps of the clock change nothing. */
  readonly startUs: () => number;
  readonly clock: Clock;
}

export interface Moment {
  readonly dts: number;
  readonly us: number;
}

/** A longer step forward, or any step back, is no pause between pictures but another count. */
const MAX_STEP = 5 * TICKS_PER_SECOND;
/**
 * A picture that comes that much before its time, and by some pictures more, is no pause either: ffmpeg moves the time
 * stamps of a source by seconds when a camera's first RTCP report tells how its tracks lie to each other.
 */
const MAX_EARLY = TICKS_PER_SECOND / 2;
const MAX_EARLY_PICTURES = 3;
/** What one picture lasts until two have been seen: 25 a second. */
const FIRST_INTERVAL = TICKS_PER_SECOND / 25;

interface Last {
  readonly sourceDts: number;
  readonly dts: number;
  readonly us: number;
  readonly arrivedMs: number;
}

export class Timeline {
  readonly #parts: TimelineParts;
  #last: Last | undefined;
  #interval = FIRST_INTERVAL;
  /** The moment from which the time of day is counted in DTS. */
  #origin: Moment = { dts: 0, us: 0 };
  #shift = 0;
  #broken = false;

  constructor(parts: TimelineParts) {
    this.#parts = parts;
  }

  /** What is added to every time stamp of the source at present, in ticks. */
  get shift(): number {
    return this.#shift;
  }

  /** The source starts anew. */
  restart(): void {
    this.#broken = true;
  }

  /** The moment of the next picture, by its DTS at the source and when it came. */
  place(sourceDts: number, arrivedMs = this.#parts.clock.now()): Moment {
    const last = this.#last;
    if (!last) this.#begin(sourceDts);
    else if (this.#runsOn(sourceDts, last, arrivedMs)) this.#interval = sourceDts - last.sourceDts;
    else this.#bridge(sourceDts, last, arrivedMs);
    this.#broken = false;
    const dts = sourceDts + this.#shift;
    const us = this.#origin.us + microsecondsOf(dts - this.#origin.dts);
    this.#last = { sourceDts, dts, us, arrivedMs };
    return { dts, us };
  }

  /** Where the last picture ends: it is taken to last as long as the one before it. */
  get end(): Moment {
    const { dts = 0, us = 0 } = this.#last ?? {};
    return { dts: dts + this.#interval, us: us + microsecondsOf(this.#interval) };
  }

  #runsOn(sourceDts: number, last: Last, arrivedMs: number): boolean {
    const step = sourceDts - last.sourceDts;
    if (this.#broken || step <= 0 || step > MAX_STEP) return false;
    const early = step - ((arrivedMs - last.arrivedMs) * TICKS_PER_SECOND) / 1000;
    return early <= MAX_EARLY + MAX_EARLY_PICTURES * this.#interval;
  }

  #begin(sourceDts: number): void {
    const { firstDts, startUs } = this.#parts;
    this.#shift = firstDts === undefined ? 0 : firstDts - sourceDts;
    this.#origin = { dts: sourceDts + this.#shift, us: startUs() };
  }

  #bridge(sourceDts: number, last: Last, arrivedMs: number): void {
    const { dts, us } = this.end;
    this.#shift = dts - sourceDts;
    this.#origin = { dts, us: Math.max(us, last.us + Math.round((arrivedMs - last.arrivedMs) * 1000)) };
  }
}
