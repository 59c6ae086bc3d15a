import type { Alarm } from '../../channel/alarm.ts';
import { Scope } from '../../runtime/scope.ts';
import { together } from '../../runtime/supervise.ts';
import { type EventWatchParts, watchEvents } from './event-watch.ts';
import type { Notification } from './notification.ts';
import { type AlarmEdge, AlarmTracker, type TrackerOptions } from './tracker.ts';

/** An edge as the channel hears it. */
export interface AlarmReport extends Omit<AlarmEdge, 'atMs'> {
  readonly at: Date;
}

export interface AlarmSourceParts extends EventWatchParts {
  readonly options?: TrackerOptions;
  /** Whether a message is about this channel; a recorder tells of all its cameras. */
  readonly belongs?: (notification: Notification) => boolean;
}

const IDLE_MS = 3_600_000;

/** The alarms of one channel, from the camera's events and from the passing of time. */
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

  /** Reports edges until the signal aborts; never rejects because of the camera. States survive from run to run. */
  async run(report: (report: AlarmReport) => void, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    this.#report = report;
    const sink = {
      subscribed: () => this.#tracker.subscribed(clock.now()),
      heard: (batch: readonly Notification[]) => this.#hear(batch),
    };
    await together(signal, [
      { run: (life) => watchEvents(this.#parts, sink, life) },
      { run: (life) => this.#watchTime(life) },
    ]);
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
    const { clock, log, belongs = () => true } = this.#parts;
    if (batch.length > 0) this.#heardAt = clock.wall();
    this.#tell(this.#tracker.apply(batch.filter(belongs), clock.now()));
    for (const topic of this.#tracker.unknownTopics) {
      if (this.#said.has(topic)) continue;
      this.#said.add(topic);
      log.info({ topic }, 'camera sends events of a topic we do not know');
    }
    this.#wake();
  }

  async #watchTime(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    while (!signal.aborted) {
      const scope = new Scope(signal);
      this.#wake = () => scope.end();
      const dueMs = this.#tracker.dueMs();
      await clock.sleep(dueMs === undefined ? IDLE_MS : Math.max(0, dueMs - clock.now()), scope.signal);
      scope.end();
      if (!signal.aborted) this.#tell(this.#tracker.tick(clock.now()));
    }
  }

  #tell(edges: readonly AlarmEdge[]): void {
    const { clock } = this.#parts;
    for (const { atMs, ...edge } of edges) {
      this.#report({ ...edge, at: new Date(clock.wall().getTime() - (clock.now() - atMs)) });
    }
  }
}
