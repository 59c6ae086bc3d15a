import type { AlarmEntry, History, LogLine, Packet, SiteStatus } from '../admin/api.ts';
import type { Happening, Watching } from '../admin/house.ts';
import type { Config } from '../config/schema.ts';
import type { Onlookers, Rooms } from '../gateway/gateway.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Runnable } from '../runtime/supervise.ts';
import type { Configuration } from './configuration.ts';
import { AlarmHistory } from './memory/alarm-history.ts';
import type { LogLines } from './memory/log-lines.ts';
import { PacketLog } from './memory/packet-log.ts';
import { Ring } from './memory/ring.ts';
import { Series } from './memory/series.ts';
import { roomFacts } from './status/facts.ts';
import { type Counted, metricsText } from './status/metrics/metrics.ts';
import { RunningTotals } from './status/metrics/running-totals.ts';
import { SegmentCounts } from './status/metrics/segment-counts.ts';
import { readiness } from './status/readiness.ts';
import { Since } from './status/since.ts';
import { siteStatus } from './status/site-status.ts';

export interface SiteWatchParts {
  readonly configuration: Configuration;
  readonly config: () => Config | undefined;
  readonly rooms: () => Rooms | undefined;
  /** Why there are none although there is a configuration. */
  readonly lateFor: () => string | undefined;
  readonly undo: () => { readonly canUndo: boolean; readonly offerUndo: boolean };
  readonly lines: LogLines;
  readonly version: string;
  readonly clock: Clock;
}

/** What people see of the site, now and in the last hours. Changes nothing. */
export class SiteWatch implements Watching, Runnable {
  /** For the gateway to tell what goes on in it. */
  readonly onlookers: Onlookers;
  readonly #parts: SiteWatchParts;
  readonly #startedAt: Date;
  readonly #packets: PacketLog;
  readonly #alarms = new AlarmHistory();
  readonly #segments = new SegmentCounts();
  readonly #totals = new RunningTotals();
  readonly #changes = new Ring<undefined>(1);
  readonly #series: Series;
  readonly #since: Since;

  constructor(parts: SiteWatchParts) {
    const { clock, configuration } = parts;
    this.#parts = parts;
    this.#startedAt = clock.wall();
    this.#packets = new PacketLog({ clock, scrub: configuration.scrub });
    this.#series = new Series({ status: () => this.status(), clock });
    this.#since = new Since(clock);
    this.onlookers = {
      changed: () => this.#changes.add(undefined),
      packet: this.#packets.note,
      alarm: this.#alarms.note,
      segments: this.#segments.eventsOf,
    };
  }

  run(signal: AbortSignal): Promise<void> {
    return this.#series.run(signal);
  }

  status(): SiteStatus {
    const { configuration, config, rooms, lateFor, undo, version, clock } = this.#parts;
    const [now, gateway, late] = [config(), rooms(), lateFor()];
    const time = gateway?.time.status;
    const none = {
      link: undefined,
      channels: [],
      box: undefined,
      backlog: NOTHING,
      prerecord: NOTHING,
      needs: new Map(late === undefined ? [] : [['state', late]]),
      diskFails: false,
    };
    const facts = now && gateway ? roomFacts(gateway, now) : none;
    const site = {
      ...{ version, startedAt: this.#startedAt, ...facts },
      state: !now ? ('set-up' as const) : gateway ? ('running' as const) : ('starting' as const),
      time: time ?? { now: clock.wall(), trusted: true, by: 'nobody' as const },
      configuration: { file: configuration.file, faults: configuration.faults, ...undo() },
    };
    const status = this.#since.round((ask) => siteStatus(site, ask));
    this.#counted(status);
    return status;
  }

  history(): History {
    return this.#series.history;
  }

  follow(tell: (event: Happening) => void): () => void {
    const leave = [
      this.#changes.listen(() => tell({ name: 'changed' })),
      this.#parts.lines.listen((data) => tell({ name: 'log', data })),
      this.#packets.listen((data) => tell({ name: 'packet', data })),
      this.#alarms.listen((data) => tell({ name: 'alarm', data })),
    ];
    return () => {
      for (const each of leave) each();
    };
  }

  log(query: { readonly level: LogLine['level']; readonly search: string; readonly limit: number }) {
    return this.#parts.lines.find(query);
  }

  packets(): readonly Packet[] {
    return this.#packets.packets;
  }

  alarms(channel: number | undefined): readonly AlarmEntry[] {
    return this.#alarms.of(channel);
  }

  alarmPicture(id: string): Buffer | undefined {
    return this.#alarms.picture(id);
  }

  metrics(): string {
    const status = this.status();
    return metricsText(status, this.#counted(status));
  }

  /** Also what is looked at by nobody has to be counted before it ends. */
  #counted({ link, channels }: SiteStatus): Counted {
    const sessions = this.#parts.rooms()?.recorder.status.sessions ?? [];
    const streams = new Map(channels.map(({ channel, stream }) => [channel, stream]));
    const all = new Set([...streams.keys(), ...this.#segments.channels]);
    const counted = [...all].map((channel) => {
      const { profile = '', restarts, droppedGops } = streams.get(channel) ?? {};
      const own = sessions.filter((session) => session.channel === channel);
      return [
        channel,
        {
          segments: this.#segments.of(channel),
          spooled: own.reduce((sum, { onDisk }) => sum + onDisk, 0),
          restarts: this.#totals.look(`${channel} restarts`, profile, restarts),
          droppedGops: this.#totals.look(`${channel} dropped`, '', droppedGops),
        },
      ] as const;
    });
    const reconnects = this.#totals.look('reconnects', '', link.reconnects);
    return { reconnects, alarms: this.#alarms.started, channels: new Map(counted) };
  }

  readiness() {
    const { rooms, clock } = this.#parts;
    const now = clock.now();
    return readiness(this.status(), now - (rooms()?.link.status.aliveMs ?? now));
  }
}

const NOTHING: SiteStatus['backlog'] = { segments: 0, bytes: 0, alarms: 0 };
