/**
 * A device that has answered a probe. Its endpoint is no identity by itself: there are cameras that share one, make a
 * new one for each answer, or have all zeros. Until a login has shown the serial number or the MAC address, a device is
 * its endpoint, or its service's address, together with the address it answered from (ONVIF field guide 4.5).
 */
export interface DiscoveredDevice {
  /** EndpointReference, as the device wrote it; empty where it has none. */
  readonly endpoint: string;
  /** Where its answer came from. */
  readonly address: string;
  /** The device service, as well as the answer tells; to be tried before it is stored. */
  readonly xaddr: URL;
  /** All that it gave, in its order. */
  readonly xaddrs: readonly URL[];
  readonly name: string;
  readonly hardware: string;
  readonly location: string;
  /** Lower case with colons; only from a scope, so no proof of anything. */
  readonly mac: string | undefined;
  /** Local names, such as `NetworkVideoTransmitter`. */
  readonly types: readonly string[];
}

/** Two answers with a key in common are of one device, as far as can be told before a login. */
export function keysOf({ endpoint, address, xaddr }: DiscoveredDevice): string[] {
  return [`${address} ${xaddr.href}`, ...(endpoint === '' ? [] : [`${address} ${endpoint}`])];
}

/** Printers and computers answer probes, too. */
export function isOnvif({ types, xaddrs, name, hardware }: DiscoveredDevice): boolean {
  const says = types.some((type) => /^NetworkVideo/i.test(type)) || name !== '' || hardware !== '';
  return says || xaddrs.some(({ pathname }) => /onvif/i.test(pathname));
}
