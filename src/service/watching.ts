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
import { metricsText } from './status/metrics.ts';
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
    return this.#since.round((ask) => siteStatus(site, ask));
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
    const uploads = this.#parts.rooms()?.recorder.status.uploads;
    return metricsText(this.status(), { alarms: this.#alarms.started, uploads });
  }

  readiness() {
    const { rooms, clock } = this.#parts;
    const now = clock.now();
    return readiness(this.status(), now - (rooms()?.link.status.aliveMs ?? now));
  }
}

const NOTHING: SiteStatus['backlog'] = { segments: 0, bytes: 0, alarms: 0 };
