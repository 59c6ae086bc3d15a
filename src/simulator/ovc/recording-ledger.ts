import type { Clock } from '../../runtime/clock.ts';
import type { CreateCall } from './callback-form.ts';

/** What a recorder has brought to one session, kept in order and judged. Knows the dialogue, and neither HTTP nor files. */

/** A segment that is in the store. Times in seconds, `start` and `storedAt` of Unix time. */
export interface StoredSegment {
  readonly name: string;
  readonly start: number;
  readonly duration: number;
  readonly bytes: number;
  /** The 90 kHz DTS right after it. */
  readonly nextDts: number;
  readonly storedAt: number;
  /** The recorder has said by `last_file_name` or `save` that it knows of the success. */
  readonly confirmed: boolean;
}

/** Where one segment does not begin when the one before it ended. Negative: they overlap. */
export interface Gap {
  readonly after: string;
  readonly before: string;
  readonly seconds: number;
}

export interface RecordingReport {
  readonly session: string;
  /** Uploads are wanted; closed means pause. */
  readonly open: boolean;
  /** The recorder has ended the session. */
  readonly saved: boolean;
  /** In the order in which they were stored. */
  readonly segments: readonly StoredSegment[];
  /** How many the list has lost to the bounds of list and store; they were its first. */
  readonly forgotten: number;
  readonly gaps: readonly Gap[];
  /** Every segment begins later than the one stored before it. */
  readonly inOrder: boolean;
  /** Unconfirmed segments that were sent again, as after a power cut; the later one counts. */
  readonly repeated: number;
  /** How often the recorder was told: not now. */
  readonly postponed: number;
  /** Uploads that the recorder gave up. */
  readonly failed: number;
  /** What is being uploaded now, in bytes received so far. */
  readonly uploadingBytes: number | undefined;
  readonly calls: number;
  readonly faultCount: number;
  /** What the recorder did against the dialogue, the latest in words. */
  readonly faults: readonly string[];
}

const MAX_SEGMENTS = 20_000;
const MAX_OFFERS = 64;
const MAX_FAULTS = 100;
const LONGEST_FAULT = 300;
/** Less is a matter of how long the last picture lasts. */
const GAP_SECONDS = 0.05;

export class RecordingLedger {
  open = true;
  uploadingBytes: number | undefined;
  readonly #session: string;
  readonly #clock: Clock;
  /** Segments that may be uploaded, by name. */
  readonly #offers = new Map<string, CreateCall>();
  #segments: readonly StoredSegment[] = [];
  #forgotten = 0;
  #created = 0;
  #saved = false;
  #repeated = 0;
  #postponed = 0;
  #failed = 0;
  #calls = 0;
  #faultCount = 0;
  #faults: readonly string[] = [];

  constructor(session: string, clock: Clock) {
    this.#session = session;
    this.#clock = clock;
  }

  called(): void {
    this.#calls++;
  }

  /** Where the session's time stamps are to go on; 0 when it has none yet. */
  get nextDts(): number {
    return this.#segments.at(-1)?.nextDts ?? 0;
  }

  /** The name under which the segment may be uploaded; undefined while the gate is closed. */
  create(call: CreateCall): string | undefined {
    this.#saved = false;
    if (call.last_file_name !== undefined) this.#confirm(call.last_file_name, 'last_file_name');
    if (!this.open) {
      this.#postponed++;
      return undefined;
    }
    const name = `${this.#session}-${String(++this.#created).padStart(6, '0')}.ts`;
    this.#offers.set(name, call);
    for (const oldest of [...this.#offers.keys()].slice(0, -MAX_OFFERS)) this.#offers.delete(oldest);
    return name;
  }

  /** What was announced under that name. */
  offer(name: string): CreateCall | undefined {
    return this.#offers.get(name);
  }

  /** The upload is complete. Gives the names whose files nobody wants any more: it may have been given up meanwhile. */
  stored(name: string, bytes: number): readonly string[] {
    const offer = this.#offers.get(name);
    if (!offer) return [name];
    if (bytes !== offer.size) this.note(`size=${offer.size} was announced and ${bytes} bytes were sent`);
    const { start, duration, next_dts: nextDts } = offer;
    const storedAt = this.#clock.wall().getTime() / 1000;
    const same = this.#segments.filter((other) => other.start === start && other.name !== name);
    const repeated = same.filter(({ confirmed }) => !confirmed).map((other) => other.name);
    if (same.length > repeated.length) this.note(`the segment of start=${start} was stored and confirmed before`);
    this.#repeated += repeated.length;
    const kept = this.#segments.filter((other) => other.name !== name && !repeated.includes(other.name));
    const segment = { name, start, duration, bytes, nextDts, storedAt, confirmed: false };
    this.#segments = [...kept, segment].slice(-MAX_SEGMENTS);
    this.#forgotten += kept.length + 1 - this.#segments.length;
    return repeated;
  }

  /** The recorder gave an upload up, whatever came of it here. */
  fail(name: string): void {
    if (!this.#offers.delete(name)) this.note(`op=fail names ${name}, which was not offered`);
    this.#failed++;
    this.#segments = this.#segments.filter((segment) => segment.name !== name);
  }

  save(name: string): void {
    this.#confirm(name, 'op=save');
    this.#saved = true;
  }

  /** The store has no room for that one any more. */
  forget(name: string): void {
    const before = this.#segments.length;
    this.#segments = this.#segments.filter((segment) => segment.name !== name);
    this.#forgotten += before - this.#segments.length;
  }

  /** Notes a fault of the recorder. */
  note(fault: string): void {
    this.#faultCount++;
    this.#faults = [...this.#faults, fault.slice(0, LONGEST_FAULT)].slice(-MAX_FAULTS);
  }

  report(): RecordingReport {
    const segments = this.#segments;
    const pairs = segments.slice(1).map((segment, index) => ({ segment, before: segments[index] ?? segment }));
    const gaps = pairs
      .map(({ before, segment }) => ({
        after: before.name,
        before: segment.name,
        seconds: round(segment.start - before.start - before.duration),
      }))
      .filter(({ seconds }) => Math.abs(seconds) > GAP_SECONDS);
    return {
      session: this.#session,
      open: this.open,
      saved: this.#saved,
      segments,
      forgotten: this.#forgotten,
      gaps,
      inOrder: pairs.every(({ before, segment }) => segment.start > before.start),
      repeated: this.#repeated,
      postponed: this.#postponed,
      failed: this.#failed,
      uploadingBytes: this.uploadingBytes,
      calls: this.#calls,
      faultCount: this.#faultCount,
      faults: this.#faults,
    };
  }

  #confirm(name: string, where: string): void {
    if (!this.#segments.some((segment) => segment.name === name)) {
      this.note(`${where} names ${name}, which is not stored`);
      return;
    }
    this.#offers.delete(name);
    this.#segments = this.#segments.map((each) => (each.name === name ? { ...each, confirmed: true } : each));
  }
}

function round(seconds: number): number {
  return Math.round(seconds * 1e6) / 1e6;
}
