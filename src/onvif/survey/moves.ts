import type { ServiceAddresses } from '../device.ts';
import type { MediaProfile } from '../media.ts';
import { ASSUMED, type PtzAbilities, readAbilities } from '../ptz/options.ts';
import { getPresets } from '../ptz/requests.ts';
import type { OnvifSession } from '../session.ts';
import { movedProfile, videoSourceIn } from '../video-source.ts';

/** How a camera can be moved, and the places it knows. */
export interface Moves {
  /** Token of the profile that is moved. */
  readonly profile: string;
  readonly abilities: PtzAbilities;
  /** The camera does not say how it moves, so that is assumed. */
  readonly isAssumed: boolean;
  readonly presets: readonly { readonly token: string; readonly name: string }[];
}

interface Moved {
  readonly session: OnvifSession;
  readonly services: ServiceAddresses;
  readonly profiles: readonly MediaProfile[];
}

/**
 * Undefined for a camera that cannot be moved.
 * @throws GatewayError as the session's `call` does, when it does not list its presets
 */
export async function movesOf({ session, services, profiles }: Moved, signal: AbortSignal): Promise<Moves | undefined> {
  const ptz = services.get('ptz');
  const profile = movedProfile(videoSourceIn(profiles, undefined), profiles);
  if (!ptz || !profile) return undefined;
  const { token, ptzToken: configuration } = profile;
  const abilities =
    configuration === undefined ? ASSUMED : await readAbilities({ calls: session, ptz, configuration }, signal);
  const presets = await session.call(getPresets(token), { at: ptz }, signal);
  return {
    profile: token,
    abilities,
    isAssumed: abilities === ASSUMED,
    presets: presets.map(({ token, name }) => ({ token, name })),
  };
}
