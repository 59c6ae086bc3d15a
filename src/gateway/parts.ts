import type { Logger } from 'pino';
import type { AlarmPost } from '../alarms/alarm-post.ts';
import type { Channels } from '../channel/channels.ts';
import type { AlarmDesk } from '../channel/ports.ts';
import type { Config } from '../config/schema.ts';
import type { BoxHealth } from '../device/box-health.ts';
import type { Restart } from '../device/reboot.ts';
import type { SelfCheck } from '../device/self-check.ts';
import type { Installation } from '../device/upgrade/installation.ts';
import type { StandingOrder, Upgrader } from '../device/upgrade/upgrader.ts';
import type { Feeds } from '../media/feed/feeds.ts';
import type { LiveMedia } from '../media/live.ts';
import type { PacketSight } from '../ovc/link.ts';
import type { Login } from '../ovc/login.ts';
import type { OvcLink } from '../ovc/ovc-link.ts';
import type { CloudRecorder } from '../recording/recorder.ts';
import type { SegmentEvents } from '../recording/tally.ts';
import type { Clock } from '../runtime/clock.ts';
import type { TrustedTime } from '../runtime/trusted-time.ts';
import type { Store } from '../store/store.ts';
import type { Discovery } from './discovery.ts';

/** What a gateway is made of, as types. */

export interface GatewayParts {
  readonly config: Config;
  readonly login: Login;
  readonly stateDirectory: string;
  /** Where releases stand, when this one was installed as one. */
  readonly installation?: Installation | undefined;
  /** Of an upgrade; the gateway of another configuration goes on with it. */
  readonly standing?: StandingOrder;
  /** The live views that the gateway of the configuration before was ordered to give, by channel number. */
  readonly wanted?: Channels['wanted'] | undefined;
  readonly onlookers?: Onlookers;
  /** Ends the process in good order, to be started again. */
  readonly restart: Restart;
  /** Whether a time server keeps the clock; another's word for tests. */
  readonly underNtp?: (signal: AbortSignal) => Promise<boolean>;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who looks on, for people: nothing here changes what the gateway does. */
export interface Onlookers {
  /** Something may be different from before. */
  changed(): void;
  readonly packet: PacketSight;
  readonly alarm: AlarmDesk['raise'];
  readonly segments: (channel: number) => SegmentEvents;
}

/** What a person may look at, and act on, from the local page. */
export interface Rooms {
  readonly alarms: AlarmPost;
  readonly channels: Channels;
  readonly discovery: Discovery;
  readonly feeds: Feeds;
  readonly health: BoxHealth;
  readonly link: OvcLink;
  readonly live: LiveMedia;
  readonly recorder: CloudRecorder;
  readonly selfCheck: SelfCheck;
  readonly store: Store;
  readonly time: TrustedTime;
  readonly upgrader: Upgrader;
}

/** What begins with what earlier runs have left. */
export interface Kept {
  readonly feeds: Feeds;
  readonly recorder: CloudRecorder;
  readonly store: Store;
  readonly time: TrustedTime;
}
