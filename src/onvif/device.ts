import type { DeviceInformation } from '../channel/ports.ts';
import { GatewayError, isKind } from '../runtime/errors.ts';
import { serviceAddress } from './addresses.ts';
import { element, elements, text } from './reply.ts';
import type { OnvifSession } from './session.ts';
import { type Operation, SERVICES, type Service } from './soap.ts';
import { xml } from './xml.ts';

/** Where each service of a camera is, as far as it has it. */
export type ServiceAddresses = ReadonlyMap<Service, URL>;

const getDeviceInformation: Operation<DeviceInformation> = {
  service: 'device',
  name: 'GetDeviceInformation',
  reply: element({ Manufacturer: text, Model: text, FirmwareVersion: text, SerialNumber: text }).transform((said) => ({
    manufacturer: said.Manufacturer ?? '',
    model: said.Model ?? '',
    firmware: said.FirmwareVersion ?? '',
    serial: said.SerialNumber ?? '',
  })),
};

interface Told {
  readonly service: Service;
  readonly address: string;
}

const NAMESPACES: ReadonlyMap<string, Service> = new Map(
  (Object.keys(SERVICES) as Service[]) // `keys` of a const table are its keys.
    .map((service) => [SERVICES[service].namespace.toLowerCase(), service]),
);

const getServices: Operation<Told[]> = {
  service: 'device',
  name: 'GetServices',
  arguments: xml`<tds:IncludeCapability>false</tds:IncludeCapability>`,
  reply: element({ Service: elements({ Namespace: text, XAddr: text }) }).transform(({ Service }) =>
    Service.flatMap(({ Namespace = '', XAddr = '' }) => {
      const service = NAMESPACES.get(Namespace.toLowerCase().replace(/\/$/, ''));
      return service ? [{ service, address: XAddr }] : [];
    }),
  ),
};

const place = element({ XAddr: text });

const getCapabilities: Operation<Told[]> = {
  service: 'device',
  name: 'GetCapabilities',
  arguments: xml`<tds:Category>All</tds:Category>`,
  reply: element({
    Capabilities: element({ Media: place, PTZ: place, Events: place, Imaging: place, Analytics: place }),
  }).transform(({ Capabilities: { Media, PTZ, Events, Imaging, Analytics } }) => {
    const said: readonly (readonly [Service, string | undefined])[] = [
      ['media', Media.XAddr],
      ['ptz', PTZ.XAddr],
      ['events', Events.XAddr],
      ['imaging', Imaging.XAddr],
      ['analytics', Analytics.XAddr],
    ];
    return said.flatMap(([service, address]) => (address === undefined ? [] : [{ service, address }]));
  }),
};

/** Who made the camera. Undefined when it won't say; a refused login throws. */
export async function deviceInformation(
  session: OnvifSession,
  signal: AbortSignal,
): Promise<DeviceInformation | undefined> {
  const said = await attempt(() => session.call(getDeviceInformation, {}, signal));
  return said instanceof GatewayError ? undefined : said;
}

/**
 * The services that GetServices or GetCapabilities tell of: each of the two is missing some on some camera.
 * @throws GatewayError as `call` does, when neither is answered
 */
export async function serviceAddresses(session: OnvifSession, signal: AbortSignal): Promise<ServiceAddresses> {
  const services = await attempt(() => session.call(getServices, {}, signal));
  const capabilities = await attempt(() => session.call(getCapabilities, {}, signal));
  if (services instanceof GatewayError && capabilities instanceof GatewayError) throw services;
  const told = [capabilities, services].flatMap((said) => (said instanceof GatewayError ? [] : said));
  const addresses = new Map<Service, URL>([['device', session.device]]);
  for (const { service, address } of told) {
    if (service !== 'device') addresses.set(service, serviceAddress(service, address, session.device));
  }
  return addresses;
}

/** Runs a call whose failure the camera can be used without; what concerns the whole camera still throws. */
export async function attempt<T>(call: () => Promise<T>): Promise<T | GatewayError> {
  try {
    return await call();
  } catch (err) {
    if (isKind(err, 'camera-fault', 'not-onvif')) return err;
    throw err;
  }
}
