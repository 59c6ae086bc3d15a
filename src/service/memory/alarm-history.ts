import type { AlarmEntry } from '../../admin/api.ts';
import type { RememberedAlarm } from '../../channel/ports.ts';
import { beginning } from './text-bytes.ts';

const MOST_ALARMS = 500;
const MOST_DESC_CHARACTERS = 500;
const MOST_PICTURES = 64;
const MOST_PICTURE_BYTES = 8 * 1024 * 1024;

/** The last alarms with their pictures, for people. Kept in memory: what the platform must not miss is kept elsewhere. */
export class AlarmHistory {
  readonly #listeners = new Set<(entry: AlarmEntry) => void>();
  readonly #pictures = new Map<string, Buffer>();
  /** The newest first. */
  #entries: readonly AlarmEntry[] = [];
  readonly #started = new Map<string, number>();
  #count = 0;

  /** How often each alarm of each channel has begun in this run. */
  get started(): ReadonlyArray<{ readonly channel: number; readonly alarm: string; readonly count: number }> {
    return [...this.#started].map(([key, count]) => {
      const [channel, alarm = ''] = key.split(' ');
      return { channel: Number(channel), alarm, count };
    });
  }

  /** The newest first. */
  of(channel: number | undefined): readonly AlarmEntry[] {
    return channel === undefined ? this.#entries : this.#entries.filter((entry) => entry.channel === channel);
  }

  picture(id: string): Buffer | undefined {
    return this.#pictures.get(id);
  }

  listen(tell: (entry: AlarmEntry) => void): () => void {
    this.#listeners.add(tell);
    return () => void this.#listeners.delete(tell);
  }

  readonly note = (
    { channel, alarm, state, at, desc }: RememberedAlarm,
    picture: Promise<Buffer> | undefined,
  ): void => {
    const open = this.#entries.find((entry) => entry.channel === channel && entry.alarm === alarm && !entry.end);
    if (state === 'end') {
      if (open) this.#put({ ...open, end: at });
      return;
    }
    const key = `${channel} ${alarm}`;
    this.#started.set(key, (this.#started.get(key) ?? 0) + 1);
    const id = `${Date.parse(at)}-${++this.#count}`;
    this.#put({ id, channel, alarm, start: at, desc: beginning(desc, MOST_DESC_CHARACTERS), picture: false });
    picture?.then(
      (jpeg) => this.#keep(id, jpeg),
      () => undefined, // Whoever takes it says why there is none.
    );
  };

  #keep(id: string, jpeg: Buffer): void {
    this.#pictures.set(id, jpeg);
    const bytes = (): number => [...this.#pictures.values()].reduce((sum, { length }) => sum + length, 0);
    for (const oldest of [...this.#pictures.keys()]) {
      if (this.#pictures.size <= MOST_PICTURES && bytes() <= MOST_PICTURE_BYTES) break;
      this.#pictures.delete(oldest);
      this.#change(oldest, { picture: false });
    }
    this.#change(id, { picture: this.#pictures.has(id) });
  }

  #change(id: string, change: Partial<AlarmEntry>): void {
    const entry = this.#entries.find((each) => each.id === id);
    if (entry) this.#put({ ...entry, ...change });
  }

  #put(entry: AlarmEntry): void {
    const known = this.#entries.some(({ id }) => id === entry.id);
    const all = known
      ? this.#entries.map((each) => (each.id === entry.id ? entry : each))
      : [entry, ...this.#entries].slice(0, MOST_ALARMS);
    this.#entries = all;
    for (const tell of this.#listeners) tell(entry);
  }
}
