import { isKind } from '../../runtime/errors.ts';
import { attempt, deviceInformation } from '../device.ts';
import type { DiscoveredDevice } from '../discovery/device.ts';
import { element, elements, text } from '../reply.ts';
import type { OnvifSession } from '../session.ts';
import type { Operation } from '../soap.ts';
import { type CameraIdentity, macOf, NOBODY } from './identity.ts';

/** What a camera is asked so that it says who it is. */

const LONGEST = 128;
const MOST_CARDS = 8;

const getHardwareAddresses: Operation<string[]> = {
  service: 'device',
  name: 'GetNetworkInterfaces',
  reply: element({ NetworkInterfaces: elements({ Info: element({ HwAddress: text }) }) }).transform(
    ({ NetworkInterfaces }) =>
      NetworkInterfaces.slice(0, MOST_CARDS).flatMap(({ Info }) => macOf(Info.HwAddress ?? '') ?? []),
  ),
};

/**
 * Serial number, model and MAC addresses, as far as the camera tells them to this session.
 * @throws GatewayError as the session's `call` does; a refusal of one of the questions is no error when the other was
 * answered
 */
export async function saidIdentity(session: OnvifSession, signal: AbortSignal): Promise<CameraIdentity> {
  const device = await deviceInformation(session, signal);
  const macs = await hardwareAddresses(session, device !== undefined, signal);
  const { manufacturer = '', model = '', serial = '' } = device ?? {};
  return { ...NOBODY, manufacturer: short(manufacturer), model: short(model), serial: short(serial), macs };
}

/** What an answer to a probe adds. */
export function announcedIdentity({ endpoint, mac = '' }: DiscoveredDevice): CameraIdentity {
  const known = macOf(mac);
  return { ...NOBODY, endpoint, macs: known === undefined ? [] : [known] };
}

async function hardwareAddresses(session: OnvifSession, isOpen: boolean, signal: AbortSignal): Promise<string[]> {
  try {
    const said = await attempt(() => session.call(getHardwareAddresses, {}, signal));
    return Array.isArray(said) ? said : [];
  } catch (err) {
    // A user who may look at pictures need not be allowed to look at the network.
    if (isOpen && isKind(err, 'camera-unauthorized')) return [];
    throw err;
  }
}

function short(said: string): string {
  return said.trim().slice(0, LONGEST);
}
