import type { Clock } from '../../runtime/clock.ts';
import type { Bell } from './bell.ts';
import type { Packet } from './packet.ts';

/** What a device's record holds: packets both ways, and notes about the link between them. Entries never change. */
export interface Entry {
  /** Counts from 1 and goes on when old entries are forgotten. */
  readonly number: number;
  /** ISO 8601. */
  readonly at: string;
  /** The same moment on the platform's own clock, in milliseconds; for the time between two entries. */
  readonly clockMs: number;
  /** `up` from the device, `down` to it; a `note` is the platform's own remark. */
  readonly direction: 'up' | 'down' | 'note';
  /** As it went over the wire; a note in words. */
  readonly text: string;
  /** What the text says; undefined for a note. */
  readonly packet: Packet | undefined;
  /** For an answer: the entry it answers, and how long that took. */
  readonly answers: number | undefined;
  readonly ms: number | undefined;
  /** What the sender did against the contract with this packet, in words. */
  readonly faults: readonly string[];
}

export type NewEntry = Pick<Entry, 'direction' | 'text'> & Partial<Pick<Entry, 'packet' | 'answers' | 'ms' | 'faults'>>;

/** How much of a device's past is kept; what is older is forgotten first. */
export interface BookLimits {
  readonly packets: number;
  readonly bytes: number;
}

export class PacketBook {
  readonly #limits: BookLimits;
  readonly #clock: Clock;
  readonly #bell: Bell;
  #entries: Entry[] = [];
  #bytes = 0;
  #count = 0;
  #faults = 0;

  constructor(limits: BookLimits, clock: Clock, bell: Bell) {
    this.#limits = limits;
    this.#clock = clock;
    this.#bell = bell;
  }

  /** The oldest first. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /** How many faults were noted so far, those of forgotten entries included. */
  get faults(): number {
    return this.#faults;
  }

  /** What came after the entry of that number; all when no entry had it yet (a watcher from before a restart). */
  after(number: number): readonly Entry[] {
    const first = this.#entries[0]?.number ?? 0;
    return number > this.#count ? this.#entries : this.#entries.slice(Math.max(0, number + 1 - first));
  }

  add({ packet, answers, ms, faults = [], ...rest }: NewEntry): Entry {
    const at = this.#clock.wall().toISOString();
    const clockMs = this.#clock.now();
    const entry = { number: ++this.#count, at, clockMs, ...rest, packet, answers, ms, faults };
    this.#entries.push(entry);
    this.#bytes += sizeOf(entry);
    this.#faults += faults.length;
    this.#forget();
    this.#bell.ring();
    return entry;
  }

  #forget(): void {
    let gone = 0;
    for (const old of this.#entries) {
      const fits = this.#entries.length - gone <= this.#limits.packets && this.#bytes <= this.#limits.bytes;
      if (fits) break;
      this.#bytes -= sizeOf(old);
      gone++;
    }
    if (gone > 0) this.#entries = this.#entries.slice(gone);
  }
}

/** In memory a text takes up to two bytes a character; close enough for a bound. */
function sizeOf({ text }: Entry): number {
  return text.length * 2;
}
