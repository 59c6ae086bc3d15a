import { type Signal, signal } from '@preact/signals';
import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { AlarmEntry } from '../../simulator/ovc/alarm-log.ts';
import type { TourReport } from '../../simulator/ovc/conformance/tour-report.ts';
import type { DeviceReport } from '../../simulator/ovc/device.ts';
import type { RecordingSummary } from '../../simulator/ovc/recording-summary.ts';
import type { StreamReport } from '../../simulator/ovc/rtmp-stream.ts';
import type { Wire, WireEntry } from '../../simulator/ovc/wire.ts';
import { type Client, createClient } from '../kit/net/client.ts';
import { EventStream } from '../kit/net/event-stream.ts';
import { type Addresses, addressesOf } from './addresses.ts';

export type Device = Wire<DeviceReport>;
export type Stream = Wire<StreamReport>;
export type Recording = Wire<RecordingSummary>;
export type Alarm = Wire<AlarmEntry>;
export type Tour = Wire<TourReport>;
export type Outcome = Tour['rules'][number];

const MOST_PACKETS = 2_000;
/** A record of thousands comes as thousands of events; they are shown together. */
const GATHER_MS = 100;

/** What the simulator knows, as it changes. One a page. */
export class Site {
  readonly addresses: Addresses;
  readonly client: Client = createClient();
  readonly devices: Signal<readonly Device[] | undefined> = signal(undefined);
  readonly streams: Signal<readonly Stream[]> = signal([]);
  readonly recordings: Signal<readonly Recording[]> = signal([]);
  readonly alarms: Signal<readonly Alarm[]> = signal([]);
  readonly tours: Signal<readonly Tour[]> = signal([]);
  /** The switches that were moved, by device. */
  readonly moved: Signal<Readonly<Record<string, readonly string[]>>> = signal({});
  /** What came of each rule when it was last tried, in this tour or one before. */
  readonly outcomes: Signal<ReadonlyMap<string, Outcome>> = signal(new Map());
  /** Of the device that the page shows, the oldest first. */
  readonly packets: Signal<readonly WireEntry[]> = signal([]);
  readonly events: EventStream;
  readonly #packetEvents: EventStream;
  #gathered: WireEntry[] = [];
  #last = 0;

  constructor(search: string) {
    this.addresses = addressesOf(search);
    // The types of both ends come from one file, so what is told is what is expected.
    this.events = new EventStream({
      url: this.addresses.to('api/events'),
      on: {
        devices: (news) => (this.devices.value = news as Device[]),
        streams: (news) => (this.streams.value = news as Stream[]),
        recordings: (news) => (this.recordings.value = news as Recording[]),
        alarms: (news) => (this.alarms.value = news as Alarm[]),
        moved: (news) => (this.moved.value = news as Record<string, string[]>),
        tours: (news) => this.#hearTours(news as Tour[]),
      },
    });
    const packetsUrl = (): string => this.#packetsUrl;
    this.#packetEvents = new EventStream({
      get url() {
        return packetsUrl();
      },
      on: { packet: (news) => this.#gather(news as WireEntry) },
    });
  }

  run(aborted: AbortSignal): void {
    this.events.run(aborted);
    if (this.addresses.code !== undefined) this.#packetEvents.run(aborted);
  }

  /** The device that the page shows; undefined until it is known. */
  get device(): Device | undefined {
    return this.devices.value?.find(({ code }) => code === this.addresses.code);
  }

  get tour(): Tour | undefined {
    return this.tours.value.find(({ device }) => device === this.addresses.code);
  }

  /** What came before is no longer shown; the simulator keeps it. */
  clearPackets(): void {
    this.packets.value = [];
  }

  /** Asks the device, as a form does. */
  ask(req: string, params: object): Promise<unknown> {
    return this.client.send('POST', this.addresses.device('requests'), { req, params });
  }

  /** Parameters to begin with. */
  sample(req: string, channel: number): Promise<Readonly<Record<string, unknown>>> {
    return this.client.send('POST', this.addresses.device('samples'), { req, channel });
  }

  #hearTours(tours: readonly Tour[]): void {
    this.tours.value = tours;
    const { tour } = this;
    const told = tour?.rules.filter(({ outcome }) => tour.running || outcome !== 'waiting') ?? [];
    this.outcomes.value = new Map([...this.outcomes.value, ...told.map((rule) => [rule.id, rule] as const)]);
  }

  get #packetsUrl(): string {
    const base = this.addresses.device('events');
    return `${base}${base.includes('?') ? '&' : '?'}after=${this.#last}`;
  }

  #gather(entry: WireEntry): void {
    if (this.#gathered.length === 0) setTimeout(() => this.#show(), GATHER_MS);
    this.#gathered.push(entry);
    this.#last = entry.number;
  }

  #show(): void {
    this.packets.value = [...this.packets.value, ...this.#gathered].slice(-MOST_PACKETS);
    this.#gathered = [];
  }
}

const SiteContext = createContext<Site | undefined>(undefined);
export const SiteProvider = SiteContext.Provider;

export function useSite(): Site {
  const site = useContext(SiteContext);
  if (!site) throw new Error('a component stands outside the page');
  return site;
}
