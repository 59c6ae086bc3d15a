import { GatewayError, isKind } from '../runtime/errors.ts';
import { attempt, type ServiceAddresses } from './device.ts';
import { getProfiles, getStreamUri, type MediaProfile } from './media.ts';
import { getProfiles2, getStreamUri2 } from './media2.ts';
import type { OnvifSession } from './session.ts';
import type { Operation } from './soap.ts';

/** What the two media services know together: each is missing something on some camera (ONVIF field guide 4.3). */

interface MediaRow {
  readonly profiles: Operation<MediaProfile[]>;
  readonly streamUri: (token: string) => Operation<string | undefined>;
}

const MEDIA: Readonly<Record<MediaProfile['service'], MediaRow>> = {
  media: { profiles: getProfiles, streamUri: getStreamUri },
  media2: { profiles: getProfiles2, streamUri: getStreamUri2 },
};

/**
 * The camera's profiles: Media1's, and Media2's where Media1 has none or shows no encoder (it has no word for H.265).
 * @throws GatewayError `no-usable-profile`, and as `call` does
 */
export async function mediaProfiles(
  session: OnvifSession,
  services: ServiceAddresses,
  signal: AbortSignal,
): Promise<MediaProfile[]> {
  const first = await profilesOf('media', session, services, signal);
  const old = first instanceof GatewayError ? [] : first;
  const complete = old.length > 0 && old.every(({ video }) => video !== undefined);
  const second = complete ? [] : await profilesOf('media2', session, services, signal);
  const fresh = second instanceof GatewayError ? [] : second;
  const merged = new Map(
    [...fresh, ...old.filter(({ video }) => video !== undefined)].map((each) => [each.token, each]),
  );
  for (const profile of old) if (!merged.has(profile.token)) merged.set(profile.token, profile);
  if (merged.size > 0) return [...merged.values()];
  if (first instanceof GatewayError) throw first;
  if (second instanceof GatewayError) throw second;
  throw new GatewayError('no-usable-profile', 'camera has no usable stream', { reason: 'it has no media profiles' });
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
export async function streamUri(
  session: OnvifSession,
  services: ServiceAddresses,
  profile: MediaProfile,
  signal: AbortSignal,
): Promise<string | undefined> {
  const order = profile.service === 'media' ? (['media', 'media2'] as const) : (['media2', 'media'] as const);
  for (const service of order) {
    const at = services.get(service);
    if (!at) continue;
    const uri = await attempt(() => session.call(MEDIA[service].streamUri(profile.token), { at }, signal));
    if (typeof uri === 'string') return uri;
  }
  return undefined;
}
