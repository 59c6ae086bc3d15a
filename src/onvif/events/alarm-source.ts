import type { Logger } from 'pino';
import type { Alarm } from '../../channel/alarm.ts';
import type { CameraListener, HearingState } from '../../channel/ports.ts';
import type { Clock } from '../../runtime/clock.ts';
import { Scope } from '../../runtime/scope.ts';
import { Hearing, type HearingMemory } from './hearing.ts';
import type { Notification } from './notification.ts';
import type { EventSink } from './pull-point.ts';
import { type AlarmEdge, AlarmTracker, type TrackerOptions } from './tracker.ts';

export interface AlarmSourceParts {
  readonly options?: TrackerOptions;
  /** Without it, what is known of how much the camera talks ends with the process. */
  readonly memory?: HearingMemory | undefined;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who hears of alarms, and of how the events come. */
export type AlarmListener = Pick<CameraListener, 'alarm' | 'hearing'>;

const IDLE_MS = 3_600_000;
/** A camera that talks all the time is news once a minute. */
const HEARD_AT_MS = 60_000;
const NOBODY: AlarmListener = { alarm: () => undefined, hearing: () => undefined };
const everything = (): boolean => true;

/** The alarms of one channel, from the camera's events and from the passing of time. Outlives every subscription. */
export class AlarmSource {
  readonly #parts: AlarmSourceParts;
  readonly #tracker: AlarmTracker;
  readonly #hearing: Hearing;
  readonly #said = new Set<string>();
  #listener: AlarmListener = NOBODY;
  #told: HearingState | undefined;
  #wake: () => void = () => undefined;

  constructor(parts: AlarmSourceParts) {
    this.#parts = parts;
    this.#tracker = new AlarmTracker(parts.options);
    this.#hearing = new Hearing(parts.memory);
  }

  get alarms(): ReadonlySet<Alarm> {
    return this.#tracker.alarms;
  }

  /**
   * What hears the camera, which is there now; `belongs` says which messages are about this channel, as a recorder tells
   * of all.
   */
  sink(belongs: (notification: Notification) => boolean = everything): EventSink {
    const { clock } = this.#parts;
    this.#hearing.began(clock.now());
    return {
      subscribed: (mode) => {
        this.#tracker.subscribed(clock.now());
        this.#hearing.subscribed(mode, clock.now());
        this.#wake();
      },
      lost: () => {
        this.#hearing.lost(clock.now());
        this.#wake();
      },
      heard: (batch) => this.#hear(batch.filter(belongs)),
    };
  }

  /** Reports edges until the signal aborts, among them those that time alone brings: it ends what nobody ends. */
  async run(listener: AlarmListener, signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    this.#listener = listener;
    while (!signal.aborted) {
      this.#tell(this.#tracker.tick(clock.now()));
      this.#tellHearing();
      const scope = new Scope(signal);
      this.#wake = () => scope.end();
      const due = [this.#tracker.dueMs(), this.#hearing.dueMs(clock.now())].filter((ms) => ms !== undefined);
      await clock.sleep(Math.max(0, Math.min(IDLE_MS, ...due.map((ms) => ms - clock.now()))), scope.signal);
      scope.end();
    }
  }

  /** Writes down what is to be known after a restart; nobody listens any more. */
  remember(): void {
    this.#hearing.end(this.#parts.clock.now());
  }

  /** The camera is out of reach. */
  offline(): void {
    this.#tracker.offline(this.#parts.clock.now());
    this.#hearing.offline(this.#parts.clock.now());
    this.#tellHearing();
    this.#wake();
  }

  /** The camera has been told to reboot, and does. */
  rebooted(): void {
    this.#tell(this.#tracker.rebooted(this.#parts.clock.now()));
  }

  #hear(batch: readonly Notification[]): void {
    const { clock, log } = this.#parts;
    this.#hearing.answered();
    const changed = batch.some(({ operation }) => operation !== 'Initialized');
    if (batch.length > 0) this.#hearing.heard(changed, clock.now(), clock.wall());
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
      this.#listener.alarm({ ...edge, at: new Date(clock.wall().getTime() - (clock.now() - atMs)) });
    }
  }

  /** Tells how the events come, where that has changed. */
  #tellHearing(): void {
    const { clock, log } = this.#parts;
    const { upsideDown } = this.#tracker;
    this.#hearing.tick(clock.now());
    const now = this.#hearing.state(clock.now(), clock.wall());
    upsideDown.tick(clock.now(), now.mode !== 'none');
    const state: HearingState = { ...now, maybeInverted: [...upsideDown.suspects] };
    const before = this.#told;
    if (before && isNoNews(before, state)) return;
    this.#told = state;
    const { silentSince, heardAt, maybeInverted } = state;
    if (silentSince && !before?.silentSince) {
      log.warn({ silent_since: silentSince, heard_at: heardAt }, 'camera used to send events and is silent');
    } else if (before?.silentSince && !silentSince) log.info('camera sends events again');
    const suspects = maybeInverted.filter((alarm) => !before?.maybeInverted.includes(alarm));
    if (suspects.length > 0) log.info({ alarms: suspects }, 'an alarm is on nearly all day; it may be inverted');
    this.#listener.hearing(state);
  }
}

function isNoNews(before: HearingState, now: HearingState): boolean {
  const heardMs = (state: HearingState): number => state.heardAt?.getTime() ?? Number.NEGATIVE_INFINITY;
  return (
    before.mode === now.mode &&
    (before.silentSince === undefined) === (now.silentSince === undefined) &&
    String(before.maybeInverted) === String(now.maybeInverted) &&
    !(heardMs(now) - heardMs(before) >= HEARD_AT_MS)
  );
}
