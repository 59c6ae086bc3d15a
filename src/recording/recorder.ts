import { createHash } from 'node:crypto';
import PQueue from 'p-queue';
import type { Logger } from 'pino';
import type { Footage, Recorder, RecordOrder, RecordReport, RecordSettings } from '../channel/ports.ts';
import type { RememberedRecording } from '../channel/remembered-recording.ts';
import type { Clock } from '../runtime/clock.ts';
import { GatewayError } from '../runtime/errors.ts';
import { Scope } from '../runtime/scope.ts';
import { plainStamps, type Stamps } from '../runtime/stamps.ts';
import type { Pauses, Runnable } from '../runtime/supervise.ts';
import type { CertificateTime } from '../runtime/tls-in-time.ts';
import type { PlatformWord } from '../runtime/trusted-time.ts';
import { CallbackDialogue } from './callback-dialogue.ts';
import { CloudSession, type SessionBook, type SessionStatus } from './cloud-session.ts';
import { Delivery } from './delivery.ts';
import { PlatformHttp, webUrl } from './http.ts';
import { MemoryBudget } from './memory-budget.ts';
import type { Spool } from './spool.ts';
import type { SegmentEvents } from './tally.ts';
import { UploadLines } from './upload-lines.ts';

/** Cloud recording: the sessions of all channels, those that record and those that only have something left to deliver. */

/** How many sessions upload at a time; more would only share the same uplink. */
const LINES = 4;

/** How often it is looked whether the disk is well. */
const CHECK_MS = 5_000;

export interface RecorderParts {
  readonly footage: Footage;
  readonly spool: Spool;
  readonly book: SessionBook;
  readonly clock: Clock;
  /** Who knows the time of day; the clock where nobody else is asked. */
  readonly stamps?: Stamps;
  readonly log: Logger;
  readonly pauses?: Pauses;
  /** Hears what becomes of the segments of each channel. */
  readonly events?: (channel: number) => SegmentEvents;
  /** What segments may take of the memory; without it, as much as is ordered. */
  readonly memoryBytes?: number;
  /** By what time certificates are judged; without it, by the clock of the box. */
  readonly time?: CertificateTime;
  /** Hears of the time that the platform tells. */
  readonly heard?: (at: Date, how: PlatformWord) => void;
  /** PEM of an authority that the platform's certificate may be signed by. */
  readonly ca?: string | undefined;
}

export interface RecorderStatus {
  /** The disk does not take segments that the network does not take: an outage now costs footage. */
  readonly degraded: boolean;
  readonly spoolBytes: number;
  readonly sessions: readonly SessionStatus[];
}

export class CloudRecorder implements Recorder, Runnable {
  readonly #parts: RecorderParts;
  readonly #stamps: Stamps;
  readonly #http: PlatformHttp;
  readonly #memory: MemoryBudget;
  readonly #lines = new UploadLines(new PQueue({ concurrency: LINES }));
  readonly #sessions = new Map<string, CloudSession>();
  readonly #recordings = new Set<Promise<void>>();
  readonly #deliveries = new Set<Promise<void>>();
  /** Deliveries outlive recordings, whose last segments they take. */
  readonly #delivering = new Scope();

  private constructor(parts: RecorderParts) {
    this.#parts = parts;
    this.#stamps = parts.stamps ?? plainStamps(parts.clock);
    this.#memory = new MemoryBudget(parts.memoryBytes ?? Number.POSITIVE_INFINITY, parts.log);
    this.#http = new PlatformHttp(parts.ca, {
      onDate: (at, secure) => parts.heard?.(at, secure ? 'secure_date' : 'date'),
      time: parts.time,
    });
  }

  /** Takes stock of what earlier processes left on disk. `run` has to follow. */
  static async open(parts: RecorderParts): Promise<CloudRecorder> {
    await parts.spool.recover();
    const recorder = new CloudRecorder(parts);
    for (const [key, remembered] of Object.entries(parts.book.recordings)) {
      recorder.#open(key, { remembered, begun: true });
    }
    return recorder;
  }

  get status(): RecorderStatus {
    const { degraded, bytes: spoolBytes } = this.#parts.spool;
    const sessions = [...this.#sessions.values()].map((session) => session.status);
    return { degraded, spoolBytes, sessions };
  }

  /** Delivers until the signal aborts; then waits for the recordings to end and puts on disk what is not delivered. */
  async run(signal: AbortSignal): Promise<void> {
    const { spool, clock } = this.#parts;
    while (!signal.aborted) {
      await spool.check();
      await clock.sleep(CHECK_MS, signal);
    }
    await Promise.allSettled(this.#recordings);
    this.#delivering.end();
    await Promise.allSettled(this.#deliveries);
    for (const session of this.#sessions.values()) session.remember();
    this.#http.close();
  }

  /** @throws GatewayError `bad-parameter` when the callback address is no web address */
  async record(order: RecordOrder, report: (report: RecordReport) => void, signal: AbortSignal): Promise<void> {
    const session = this.#sessionFor(order);
    const recording = session.record(order, report, signal);
    this.#recordings.add(recording);
    await recording.finally(() => this.#recordings.delete(recording));
  }

  finish({ channel, sessionId }: { readonly channel: number; readonly sessionId: string }): void {
    this.#sessions.get(keyOf(channel, sessionId))?.finish(this.#parts.spool.expiry.now());
  }

  /** Only these channels are there: nobody could go on with a session of another, or stop it. */
  keepOnly(channels: ReadonlySet<number>): void {
    for (const { remembered, log } of this.#sessions.values()) {
      const { channel, finished, settings } = remembered;
      if (finished || channels.has(channel)) continue;
      log.info('recording ends: there is no such channel any more');
      this.finish({ channel, sessionId: settings.sessionId });
    }
  }

  unfinished(channel: number): RecordSettings | undefined {
    const own = [...this.#sessions.values()].map(({ remembered }) => remembered);
    return own.findLast((remembered) => remembered.channel === channel && !remembered.finished)?.settings;
  }

  #sessionFor({ channel, settings }: RecordOrder): CloudSession {
    const key = keyOf(channel, settings.sessionId);
    const known = this.#sessions.get(key);
    if (known) {
      known.goOn();
      return known;
    }
    const { startTs } = settings;
    const clockOffsetMs = startTs > 0 ? startTs * 1000 - this.#stamps.now().getTime() : 0;
    const { era: offsetEra } = this.#stamps;
    const remembered = { channel, settings, clockOffsetMs, offsetEra, finished: false };
    const session = this.#open(key, { remembered, begun: false });
    session.remember();
    if (startTs > 0) this.#parts.heard?.(new Date(startTs * 1000), 'start_ts');
    return session;
  }

  /** Takes a session up and begins to deliver what it has. */
  #open(key: string, past: { readonly remembered: RememberedRecording; readonly begun: boolean }): CloudSession {
    const { spool, clock, pauses, footage, book } = this.#parts;
    const { channel, settings, lastName } = past.remembered;
    const log = this.#parts.log.child({ channel, session_id: settings.sessionId });
    const callbackUrl = webUrl(settings.callbackUrl);
    if (!callbackUrl) throw new GatewayError('bad-parameter', 'callback is no web address');
    const dialogue = new CallbackDialogue({ callbackUrl, http: this.#http, clock, log, lastName });
    const events = this.#parts.events?.(channel);
    const shared = { dialogue, memory: this.#memory, clock, stamps: this.#stamps, log };
    const known = { ...shared, session: key, limits: settings, spool, lines: this.#lines };
    const parts = { ...known, ...(events && { events }), ...(pauses && { pauses }) };
    const delivery = new Delivery(parts);
    const session = new CloudSession({ ...shared, key, delivery, footage, book }, past);
    this.#sessions.set(key, session);
    this.#deliver(session);
    return session;
  }

  #deliver(session: CloudSession): void {
    const { key } = session;
    const delivered = session.deliver(this.#delivering.signal).then(async () => {
      if (!this.#delivering.signal.aborted) {
        this.#sessions.delete(key);
        session.forget();
        await this.#parts.spool.forget(key);
      }
      this.#deliveries.delete(delivered);
    });
    this.#deliveries.add(delivered);
  }
}

/** Names a session in the file system and in the book; its id may be any text. */
function keyOf(channel: number, sessionId: string): string {
  return `${channel}-${createHash('sha256').update(sessionId).digest('hex').slice(0, 16)}`;
}
