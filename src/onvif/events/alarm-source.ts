import type { Logger } from 'pino';
import type { Alarm, AlarmReport } from '../../channel/alarm.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Scope } from '../../runtime/scope.ts';
import type { Notification } from './notification.ts';
import type { EventSink } from './pull-point.ts';
import { type AlarmEdge, AlarmTracker, type TrackerOptions } from './tracker.ts';

export interface AlarmSourceParts {
  readonly options?: TrackerOptions;
  readonly clock: Clock;
  readonly log: Logger;
}

const IDLE_MS = 3_600_000;
const everything = (): boolean => true;

/** The alarms of one channel, from the camera's events and from the passing of time. Outlives every subscription. */
export class AlarmSource {
  readonly #parts: AlarmSourceParts;
  readonly #tracker: AlarmTracker;
  readonly #said = new Set<string>();
  #report: (report: AlarmReport) => void = () => undefined;
  #wake: () => void = () => undefined;
  #heardAt: Date | undefined;

  constructor(parts: AlarmSourceParts) {
    this.#parts = parts;
    this.#tracker = new AlarmTracker(parts.options);
  }

  /** When the camera last sent a message; a camera that used to talk and is silent for long is worth a word. */
  get heardAt(): Date | undefined {
    return this.#heardAt;
  }

  get alarms(): ReadonlySet<Alarm> {
    return this.#tracker.alarms;
  }

  /** What hears the camera; `belongs` says which messages are about this channel, as a recorder tells of all. */
  sink(belongs: (notification: Notification) => boolean = everything): EventSink {
    return {
      subscribed: () => this.#tracker.subscribed(this.#parts.clock.now()),
      heard: (batch) => this.#hear(batch.filter(belongs)),
    };
  }

  /** Reports edges until the signal aborts, among them those that time alone brings: it ends what nobody ends. */
  async run(report: (report: AlarmReport) => void, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    this.#report = report;
    while (!signal.aborted) {
      this.#tell(this.#tracker.tick(clock.now()));
      const scope = new Scope(signal);
      this.#wake = () => scope.end();
      const dueMs = this.#tracker.dueMs();
      await clock.sleep(dueMs === undefined ? IDLE_MS : Math.max(0, dueMs - clock.now()), scope.signal);
      scope.end();
    }
  }

  /** The camera is out of reach. */
  offline(): void {
    this.#tracker.offline(this.#parts.clock.now());
    this.#wake();
  }

  /** The camera has been told to reboot, and does. */
  rebooted(): void {
    this.#tell(this.#tracker.rebooted(this.#parts.clock.now()));
  }

  #hear(batch: readonly Notification[]): void {
    const { clock, log } = this.#parts;
    if (batch.length > 0) this.#heardAt = clock.wall();
    this.#tell(this.#tracker.apply(batch, clock.now()));
    for (const topic of this.#tracker.unknownTopics) {
      if (this.#said.has(topic)) continue;
      this.#said.add(topic);
      log.info({ topic }, 'camera sends events of a topic we do not know');
    }
    this.#wake();
  }

  #tell(edges: readonly AlarmEdge[]): void {
    const { clock } = this.#parts;
    for (const { atMs, ...edge } of edges) {
      this.#report({ ...edge, at: new Date(clock.wall().getTime() - (clock.now() - atMs)) });
    }
  }
}
