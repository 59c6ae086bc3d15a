import { GatewayError, isKind } from '../runtime/errors.ts';
import { attempt, type ServiceAddresses } from './device.ts';
import { getProfiles, getSnapshotUri, getStreamUri, type MediaProfile } from './media.ts';
import { getProfiles2, getSnapshotUri2, getStreamUri2 } from './media2.ts';
import type { OnvifSession } from './session.ts';
import type { Operation } from './soap.ts';

/** What the two media services know together: each is missing something on some camera (ONVIF field guide 4.3). */

interface MediaRow {
  readonly profiles: Operation<MediaProfile[]>;
  readonly streamUri: (token: string) => Operation<string | undefined>;
  readonly snapshotUri: (token: string) => Operation<string | undefined>;
}

const MEDIA: Readonly<Record<MediaProfile['service'], MediaRow>> = {
  media: { profiles: getProfiles, streamUri: getStreamUri, snapshotUri: getSnapshotUri },
  media2: { profiles: getProfiles2, streamUri: getStreamUri2, snapshotUri: getSnapshotUri2 },
};

/**
 * The camera's profiles: Media1's, and Media2's where Media1 has none, shows no encoder (it has no word for H.265), or
 * leaves open how a camera with a PTZ service is moved.
 * @throws GatewayError `no-usable-profile`, and as `call` does
 */
export async function mediaProfiles(
  session: OnvifSession,
  services: ServiceAddresses,
  signal: AbortSignal,
): Promise<MediaProfile[]> {
  const first = await profilesOf('media', session, services, signal);
  const old = first instanceof GatewayError ? [] : first;
  const moves = !services.has('ptz') || old.some(({ ptzToken }) => ptzToken !== undefined);
  const complete = moves && old.length > 0 && old.every(({ video }) => video !== undefined);
  const second = complete ? [] : await profilesOf('media2', session, services, signal);
  const fresh = second instanceof GatewayError ? [] : second;
  const merged = new Map(fresh.map((each) => [each.token, each]));
  for (const profile of old) merged.set(profile.token, joined(profile, merged.get(profile.token)));
  if (merged.size > 0) return [...merged.values()];
  if (first instanceof GatewayError) throw first;
  if (second instanceof GatewayError) throw second;
  throw new GatewayError('no-usable-profile', 'camera has no usable stream', { reason: 'it has no media profiles' });
}

/** One profile as the two services know it; Media1's word counts for more, if it has one for the video. */
function joined(old: MediaProfile, fresh: MediaProfile | undefined): MediaProfile {
  if (!fresh) return old;
  const { ptzToken = fresh.ptzToken, sourceToken = fresh.sourceToken } = old;
  return { ...(old.video ? old : fresh), ptzToken, sourceToken };
}

async function profilesOf(
  service: MediaProfile['service'],
  session: OnvifSession,
  services: ServiceAddresses,
  signal: AbortSignal,
): Promise<MediaProfile[] | GatewayError> {
  const at = services.get(service);
  if (!at) return [];
  try {
    return await attempt(() => session.call(MEDIA[service].profiles, { at }, signal));
  } catch (err) {
    // A Media2 that announces itself and then takes its handler down must not cost us the camera.
    if (service === 'media2' && isKind(err, 'camera-unreachable')) return err;
    throw err;
  }
}

/** The stream address that the camera tells for a profile, as it tells it; undefined when it has none. */
export function streamUri(
  session: OnvifSession,
  services: ServiceAddresses,
  profile: MediaProfile,
  signal: AbortSignal,
): Promise<string | undefined> {
  return uriOf('streamUri', { session, services, profile }, signal);
}

/** The address of a profile's JPEG, likewise. */
export function snapshotUri(
  session: OnvifSession,
  services: ServiceAddresses,
  profile: MediaProfile,
  signal: AbortSignal,
): Promise<string | undefined> {
  return uriOf('snapshotUri', { session, services, profile }, signal);
}

async function uriOf(
  what: 'streamUri' | 'snapshotUri',
  { session, services, profile }: { session: OnvifSession; services: ServiceAddresses; profile: MediaProfile },
  signal: AbortSignal,
): Promise<string | undefined> {
  const order = profile.service === 'media' ? (['media', 'media2'] as const) : (['media2', 'media'] as const);
  for (const service of order) {
    const at = services.get(service);
    if (!at) continue;
    const uri = await attempt(() => session.call(MEDIA[service][what](profile.token), { at }, signal));
    if (typeof uri === 'string') return uri;
  }
  return undefined;
}
