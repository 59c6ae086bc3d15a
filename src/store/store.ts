import { join } from 'node:path';
import { Low } from 'lowdb';
import type { Logger } from 'pino';
import { z } from 'zod';
import { ALARMS } from '../channel/alarm.ts';
import type { RememberedAlarm } from '../channel/ports.ts';
import type { RememberedRecording } from '../channel/remembered-recording.ts';
import { Bell } from '../runtime/bell.ts';
import type { Clock } from '../runtime/clock.ts';
import { ensureDirectory } from '../runtime/directory.ts';
import { GatewayError } from '../runtime/errors.ts';
import type { Runnable } from '../runtime/supervise.ts';
import type { KnownTime } from '../runtime/trusted-time.ts';
import { type CameraSections, cameraSections } from './camera-sections.ts';
import { StateFile } from './state-file.ts';

/** What must survive a restart, in one small file. Changes count at once; they are written together, a moment later. */

export const STATE_FILE = 'state.json';
const DEBOUNCE_MS = 200;
/** After a failed write the disk is tried again at this pace. */
const RETRY_MS = 30_000;

const era = z.object({ boot: z.string(), bootedMs: z.number() });

const recording = z.object({
  channel: z.number().int().nonnegative(),
  settings: z.object({
    sessionId: z.string(),
    maxBitsPerSecond: z.number(),
    segmentSeconds: z.number().positive(),
    segmentMaxBytes: z.number().positive(),
    segmentMaxCount: z.number().int().positive(),
    prerecordSeconds: z.number().nonnegative(),
    startTs: z.number(),
    callbackUrl: z.url({ protocol: /^https?$/ }),
    quality: z.enum(['main', 'sub']).optional(),
  }),
  clockOffsetMs: z.number(),
  offsetEra: era.optional(),
  finished: z.boolean(),
  finishedAt: z.object({ ms: z.number(), era: era.optional() }).optional(),
  lastName: z.string().optional(),
}) satisfies z.ZodType<RememberedRecording>;

const alarm = z.object({
  channel: z.number().int().nonnegative(),
  alarm: z.enum(ALARMS),
  state: z.enum(['start', 'end']),
  at: z.iso.datetime(),
  era: era.optional(),
  desc: z.string(),
}) satisfies z.ZodType<RememberedAlarm>;

const preset = z.object({ token: z.string(), name: z.string(), createdByUs: z.boolean(), lastSeen: z.string() });
type RememberedPreset = z.infer<typeof preset>;

const knownTime = z
  .object({ latestMs: z.number(), earlierMs: z.number(), boots: z.record(z.string(), z.number()) })
  .default({ latestMs: 0, earlierMs: 0, boots: {} }) satisfies z.ZodType<KnownTime>;

/** Each section has a default, so that a file of an older version is complete too. */
export const stateSchema = z.object({
  recordings: z.record(z.string(), recording).default({}),
  alarms: z.array(alarm).default([]),
  ...cameraSections,
  /** What was known of the time of day (`runtime/trusted-time.ts`). */
  time: knownTime,
  /** By camera, then by preset id. */
  presets: z.record(z.string(), z.record(z.string().regex(/^\d{1,3}$/), preset)).default({}),
});

export type State = z.infer<typeof stateSchema>;

export interface StoreParts {
  readonly directory: string;
  readonly clock: Clock;
  readonly log: Logger;
}

export class Store implements Runnable {
  readonly #parts: StoreParts;
  readonly #file: Low<State>;
  #dirty = false;
  #writable = true;
  readonly #changes = new Bell();
  #writing = Promise.resolve();

  private constructor(parts: StoreParts, file: Low<State>) {
    this.#parts = parts;
    this.#file = file;
  }

  /**
   * Reads the file; begins empty where there is none that makes sense. `run` has to follow.
   * @throws GatewayError `state-unreadable` when there may be one: whoever began without it would write over it
   */
  static async open(parts: StoreParts): Promise<Store> {
    const { directory, log } = parts;
    // Where it cannot be made, writing tells.
    await ensureDirectory(directory).catch(() => undefined);
    const adapter = new StateFile(join(directory, STATE_FILE), (content) => stateSchema.parse(content), log);
    const file = new Low<State>(adapter, stateSchema.parse({}));
    await file.read();
    return new Store(parts, file);
  }

  /** The last write succeeded. */
  get writable(): boolean {
    return this.#writable;
  }

  get recordings(): Readonly<Record<string, RememberedRecording>> {
    return this.#file.data.recordings;
  }

  remember(key: string, remembered: RememberedRecording): void {
    this.#file.data.recordings[key] = remembered;
    this.#changed();
  }

  forget(key: string): void {
    delete this.#file.data.recordings[key];
    this.#changed();
  }

  /** Edges that the OVC has not been told of, the oldest first. */
  get alarms(): readonly RememberedAlarm[] {
    return this.#file.data.alarms;
  }

  keepAlarms(alarms: readonly RememberedAlarm[]): void {
    this.#file.data.alarms = [...alarms];
    this.#changed();
  }

  /** What was known of the time of day. */
  get time() {
    return {
      read: (): KnownTime => this.#file.data.time,
      write: (known: KnownTime): void => {
        this.#file.data.time = { ...known, boots: { ...known.boots } };
        this.#changed();
      },
    };
  }

  /** The presets of one camera, by id. */
  presetsOf(camera: string) {
    const { presets } = this.#file.data;
    // A camera may call itself anything, `__proto__` too.
    const key = `camera ${camera}`;
    return {
      load: (): ReadonlyMap<number, RememberedPreset> =>
        new Map(Object.entries(presets[key] ?? {}).map(([id, each]) => [Number(id), each])),
      save: (next: ReadonlyMap<number, RememberedPreset>): void => {
        presets[key] = Object.fromEntries(next);
        this.#changed();
      },
    };
  }

  /** How much the camera of one channel talks. */
  hearingOf(channel: number) {
    const section = this.section('hearing');
    return {
      recall: () => section.read()[channel],
      keep: (heard: CameraSections['hearing'][string]): void => {
        section.write({ ...section.read(), [channel]: { ...heard } });
      },
    };
  }

  /** One section of what is remembered of cameras: to be read, and to be replaced as a whole. */
  section<Name extends keyof CameraSections>(name: Name) {
    const { data } = this.#file;
    return {
      read: (): Readonly<CameraSections[Name]> => data[name],
      write: (content: CameraSections[Name]): void => {
        if (JSON.stringify(content) === JSON.stringify(data[name])) return;
        const sections: CameraSections = data;
        sections[name] = content;
        this.#changed();
      },
    };
  }

  /** Writes what changes until the signal aborts, and once more then. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      if (!this.#dirty) await this.#changes.heard(signal);
      await clock.sleep(this.#writable ? DEBOUNCE_MS : RETRY_MS, signal);
      await this.flush();
    }
    await this.flush();
  }

  /**
   * Writes now what has changed; resolves when it is on the medium, or could not be put there. To be called once more
   * when everything that remembers something here has ended.
   */
  flush(): Promise<void> {
    this.#writing = this.#writing.then(() => this.#write());
    return this.#writing;
  }

  async #write(): Promise<void> {
    if (!this.#dirty) return;
    this.#dirty = false;
    try {
      await this.#file.write();
      this.#writable = true;
    } catch (cause) {
      this.#dirty = true;
      const err = new GatewayError('state-unwritable', 'the state cannot be written', { cause });
      if (this.#writable) this.#parts.log.error({ err }, err.message);
      this.#writable = false;
    }
  }

  #changed(): void {
    this.#dirty = true;
    this.#changes.ring();
  }
}
