import type { CameraStream, DeviceInformation } from '../../channel/ports.ts';
import type { ServiceAddresses } from '../device.ts';
import type { CameraIdentity } from '../identity/identity.ts';
import type { MediaProfile } from '../media.ts';
import type { EventsSeen } from './events-seen.ts';
import type { Moves } from './moves.ts';

/** All that we know of one camera, after one look; what could not be learnt is missing, and `faults` says why. */
export interface Survey {
  /** The device service. */
  readonly address: string;
  /** What it tells anybody. */
  readonly openly: CameraIdentity;
  readonly identity: CameraIdentity;
  readonly device?: DeviceInformation;
  readonly clockOffsetMs?: number;
  /** Where its services are, as we reach them. */
  readonly services: Readonly<Record<string, string>>;
  readonly profiles: readonly MediaProfile[];
  readonly streams: readonly Omit<CameraStream, 'credentials' | 'confirm'>[];
  readonly moves?: Moves;
  readonly events?: EventsSeen;
  readonly snapshotBytes?: number;
  /** What is out of the ordinary, in words for a person. */
  readonly quirks: readonly string[];
  /** By the part that failed, in words for a person. */
  readonly faults: Readonly<Record<string, string>>;
}

/** The same before it is judged. */
export type Learnt = Omit<Survey, 'quirks' | 'faults' | 'services'> & { readonly services: ServiceAddresses };
