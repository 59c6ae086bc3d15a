import { isProof, isSerial, likeness } from '../identity/identity.ts';
import { quirksFor } from '../ptz/quirks.ts';
import type { Learnt } from './report.ts';

const CLOCK_TOLERATED_MS = 5000;

interface Oddity {
  readonly says: string;
  readonly shows: (looked: Learnt, httpLogin: boolean) => boolean;
}

/** What is worth a line in a bug report, each with how it shows. A new one is one row. */
const ODDITIES: readonly Oddity[] = [
  {
    says: 'its clock is off; the login takes that into account, recordings on the camera do not',
    shows: ({ clockOffsetMs = 0 }) => Math.abs(clockOffsetMs) > CLOCK_TOLERATED_MS,
  },
  { says: 'it shows no clock that can be read', shows: ({ clockOffsetMs }) => clockOffsetMs === undefined },
  { says: 'it wants its login in HTTP, not in SOAP', shows: (_, httpLogin) => httpLogin },
  {
    says: 'it has no serial number of its own',
    shows: ({ device, identity }) => device !== undefined && !isSerial(identity.serial),
  },
  {
    says: 'without a login it does not say who it is: an address it has lost cannot be told from its own',
    shows: ({ identity, openly }) => !isProof(likeness(identity, openly)),
  },
  { says: 'it does not answer discovery', shows: ({ openly }) => openly.endpoint === '' },
  { says: 'it has Media2 only', shows: ({ services }) => services.has('media2') && !services.has('media') },
  {
    says: 'a profile says nothing of its video encoder',
    shows: ({ profiles }) => profiles.some(({ video }) => video === undefined),
  },
  {
    says: 'none of its streams is H.264: live has to transcode',
    shows: ({ streams }) => streams.length > 0 && streams.every(({ video }) => video !== 'H264'),
  },
  {
    says: 'it announces PTZ, but no profile has a PTZ configuration',
    shows: ({ services, profiles }) => services.has('ptz') && profiles.every(({ ptzToken }) => ptzToken === undefined),
  },
  {
    says: 'it does not say how it moves; continuous moves are assumed',
    shows: ({ moves }) => moves?.isAssumed === true,
  },
  {
    says: 'some of its presets call functions instead of places',
    shows: ({ identity, moves }) => moves !== undefined && quirksFor(identity.manufacturer).functionPresets.length > 0,
  },
  {
    says: 'it sends events of topics that we do not know',
    shows: ({ events }) => events?.topics.some(({ isKnown }) => !isKnown) === true,
  },
  {
    says: 'it has no event service: no alarms',
    shows: ({ services, device }) => device !== undefined && !services.has('events'),
  },
];

/** What is out of the ordinary about a camera, in words for a person. */
export function oddities(looked: Learnt, httpLogin: boolean): string[] {
  return ODDITIES.filter(({ shows }) => shows(looked, httpLogin)).map(({ says }) => says);
}
