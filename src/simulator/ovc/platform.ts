import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import type { Secret } from '../../runtime/secret.ts';
import type { AlarmLog } from './alarm-log.ts';
import type { Bell } from './bell.ts';
import type { Devices } from './devices.ts';
import type { Faults } from './faults.ts';
import type { Listener } from './listener.ts';
import type { Pictures } from './pictures.ts';
import type { Recordings } from './recordings.ts';
import type { RtmpIngest } from './rtmp-ingest.ts';

/** Everything a platform is made of, and how it hangs together. */
export interface Platform {
  readonly faults: Faults;
  readonly devices: Devices;
  readonly recordings: Recordings;
  readonly pictures: Pictures;
  readonly alarms: AlarmLog;
  readonly listener: Listener;
  /** Undefined where no RTMP is wanted. */
  readonly ingest: RtmpIngest | undefined;
  /** Rings at every change of anything. */
  readonly bell: Bell;
  readonly clock: Clock;
  readonly token: Secret | undefined;
  readonly log: Logger;
  /** Ends with the platform. */
  readonly signal: AbortSignal;
  /**
   * Where a device is told to publish.
   * @throws GatewayError `config-invalid` when there is no RTMP listener
   */
  rtmpUrl(app: string, key: string): string;
  /** Ends every connection and both listeners; resolves when they are gone. */
  close(): Promise<void>;
}
