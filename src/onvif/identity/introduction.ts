import type { Logger } from 'pino';
import type { Credentials } from '../../channel/ports.ts';
import type { Clock } from '../../runtime/clock.ts';
import { GatewayError, isKind } from '../../runtime/errors.ts';
import { serviceAddresses } from '../device.ts';
import type { ProbeHost } from '../discovery/probe-host.ts';
import { mediaProfiles } from '../profiles.ts';
import { OnvifSession } from '../session.ts';
import { type CameraIdentity, joined, likeness, NOBODY, sameEndpoint } from './identity.ts';
import { announcedIdentity, saidIdentity } from './questions.ts';

export interface Stranger {
  /** Its device service. */
  readonly device: URL;
  readonly probe: ProbeHost;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Who answers there, without a login: many cameras tell their serial number or MAC address to anybody, and those that
 * don't may tell it in discovery, which is asked where it could still decide whether this is who is sought.
 * @throws GatewayError `camera-unreachable`
 */
export async function whoAnswers(
  stranger: Stranger,
  sought: CameraIdentity,
  signal: AbortSignal,
): Promise<CameraIdentity> {
  const said = await inSession(stranger, NO_LOGIN, (session) => saidOrNobody(session, signal));
  if (likeness(sought, said) !== 'unknown' || signal.aborted) return said;
  const match = await stranger.probe(stranger.device, signal);
  return match ? joined(said, announcedIdentity(match)) : said;
}

const NO_LOGIN = { credentials: undefined, digestOnly: true } as const;

export interface Introduction {
  readonly credentials: Credentials | undefined;
  /** Basic is not answered, for it would give the password away. */
  readonly digestOnly: boolean;
  /** The login is to be tried: a camera that tells anybody who it is takes any login for that. */
  readonly toTheTest?: boolean;
  /** Hears how often the camera has refused these credentials, whatever came of it. */
  readonly refused?: (times: number) => void;
}

/**
 * Logs in and asks the camera who it is.
 * @throws GatewayError `camera-unreachable`, `camera-unauthorized`, `camera-fault`, `not-onvif`; put to the test also
 * `no-usable-profile`
 */
export async function introduced(
  stranger: Stranger,
  introduction: Introduction,
  signal: AbortSignal,
): Promise<CameraIdentity> {
  const said = await inSession(stranger, introduction, async (session) => {
    try {
      await session.greet(signal);
      const identity = await saidIdentity(session, signal);
      if (introduction.toTheTest) await mediaProfiles(session, await serviceAddresses(session, signal), signal);
      return identity;
    } finally {
      introduction.refused?.(session.refusals);
    }
  });
  return joined(said, await announced(stranger, signal));
}

/** What discovery says of it. An endpoint that differs from one answer to the next is none. */
async function announced({ device, probe }: Stranger, signal: AbortSignal): Promise<CameraIdentity> {
  const first = await probe(device, signal);
  const second = first && (await probe(device, signal));
  if (!first || !second) return NOBODY;
  const known = announcedIdentity(first);
  return sameEndpoint(first.endpoint, second.endpoint) ? known : { ...known, endpoint: '' };
}

async function saidOrNobody(session: OnvifSession, signal: AbortSignal): Promise<CameraIdentity> {
  try {
    return await saidIdentity(session, signal);
  } catch (err) {
    if (!(err instanceof GatewayError) || isKind(err, 'camera-unreachable')) throw err;
    return NOBODY;
  }
}

async function inSession<T>(
  { device, clock, log }: Stranger,
  { credentials, digestOnly }: Pick<Introduction, 'credentials' | 'digestOnly'>,
  work: (session: OnvifSession) => Promise<T>,
): Promise<T> {
  const session = new OnvifSession({ device, credentials, digestOnly, clock, log });
  try {
    return await work(session);
  } finally {
    session.close();
  }
}
