import type { CameraSight, DeviceInformation } from '../channel/ports.ts';
import { deviceInformation, type ServiceAddresses, serviceAddresses } from './device.ts';
import type { MediaProfile } from './media.ts';
import { mediaProfiles } from './profiles.ts';
import { cameraStreams, type StreamsParts } from './streams.ts';

/** A camera that has let us in: where its services are, and all it has to say. */
export interface OnvifLogin {
  readonly services: ServiceAddresses;
  readonly profiles: readonly MediaProfile[];
  readonly sight: CameraSight;
}

export type LoginParts = Omit<StreamsParts, 'services'>;

/**
 * Logs in to a camera and looks at it once, one request after another.
 * @throws GatewayError `camera-unreachable`, `camera-unauthorized`, `not-onvif`, `no-usable-profile`, `camera-fault`
 */
export async function logIn(parts: LoginParts, signal: AbortSignal): Promise<OnvifLogin> {
  await parts.session.greet(signal);
  const device = await deviceInformation(parts.session, signal);
  return lookAround(parts, device, signal);
}

/** The same look again, in a session that is logged in. */
export async function lookAround(
  parts: LoginParts,
  device: DeviceInformation | undefined,
  signal: AbortSignal,
): Promise<OnvifLogin> {
  const { session } = parts;
  const services = await serviceAddresses(session, signal);
  const profiles = await mediaProfiles(session, services, signal);
  const streams = await cameraStreams({ ...parts, services }, profiles, signal);
  return { services, profiles, sight: { streams, device, clockOffsetMs: session.clockOffsetMs } };
}
