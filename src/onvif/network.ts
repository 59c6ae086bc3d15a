import type { NetworkInterface } from '../channel/ports.ts';
import { GatewayError } from '../runtime/errors.ts';
import { attempt } from './device.ts';
import { macOf } from './identity/identity.ts';
import { element, elements, flag, number, text } from './reply.ts';
import type { OnvifSession } from './session.ts';
import type { Operation } from './soap.ts';

/** A camera's network cards, with the gateway and the name servers that they share. */

const MOST_CARDS = 16;
const LONGEST = 64;
const address = element({ Address: text, PrefixLength: number });
const told = text.transform((written = '') => written.trim().slice(0, LONGEST));

type Card = Pick<NetworkInterface, 'name' | 'ip' | 'netmask' | 'mac' | 'dhcp'> & { readonly enabled: boolean };

const getNetworkInterfaces: Operation<Card[]> = {
  service: 'device',
  name: 'GetNetworkInterfaces',
  reply: element({
    NetworkInterfaces: elements({
      '@token': told,
      Enabled: flag,
      Info: element({ Name: told, HwAddress: told }),
      IPv4: element({
        Config: element({ Manual: address, LinkLocal: address, FromDHCP: address, DHCP: flag }),
      }),
    }),
  }).transform(({ NetworkInterfaces }) =>
    NetworkInterfaces.slice(0, MOST_CARDS).map(({ '@token': token, Enabled: enabled, Info, IPv4 }) => {
      const { DHCP: dhcp, FromDHCP, Manual, LinkLocal } = IPv4.Config;
      const order = dhcp ? [FromDHCP, Manual, LinkLocal] : [Manual, FromDHCP, LinkLocal];
      const { Address = '', PrefixLength } = order.find(({ Address }) => Address !== undefined) ?? {};
      const mac = macOf(Info.HwAddress) ?? '';
      return {
        name: Info.Name || token,
        ip: Address.slice(0, LONGEST),
        netmask: netmask(PrefixLength),
        mac,
        dhcp,
        enabled,
      };
    }),
  ),
};

const getNetworkDefaultGateway: Operation<string> = {
  service: 'device',
  name: 'GetNetworkDefaultGateway',
  reply: element({ NetworkGateway: element({ IPv4Address: told }) }).transform(
    (said) => said.NetworkGateway.IPv4Address,
  ),
};

const servers = elements({ IPv4Address: told });

const getDns: Operation<string[]> = {
  service: 'device',
  name: 'GetDNS',
  reply: element({ DNSInformation: element({ FromDHCP: flag, DNSFromDHCP: servers, DNSManual: servers }) }).transform(
    ({ DNSInformation: { FromDHCP, DNSFromDHCP, DNSManual } }) =>
      (FromDHCP ? [...DNSFromDHCP, ...DNSManual] : [...DNSManual, ...DNSFromDHCP])
        .map(({ IPv4Address }) => IPv4Address)
        .filter((server) => server !== ''),
  ),
};

/**
 * The cards that are switched on, or all where none says so. Gateway and name servers are empty where the camera does
 * not tell them.
 * @throws GatewayError as the session's `call` does, when it does not tell its cards
 */
export async function networkInterfaces(session: OnvifSession, signal: AbortSignal): Promise<NetworkInterface[]> {
  const cards = await session.call(getNetworkInterfaces, {}, signal);
  const router = await attempt(() => session.call(getNetworkDefaultGateway, {}, signal));
  const names = await attempt(() => session.call(getDns, {}, signal));
  const gateway = router instanceof GatewayError ? '' : router;
  const [dns1 = '', dns2 = ''] = names instanceof GatewayError ? [] : names;
  const enabled = cards.filter((card) => card.enabled);
  return (enabled.length > 0 ? enabled : cards).map(({ enabled: _, ...card }) => ({ ...card, gateway, dns1, dns2 }));
}

/** Dotted, of a prefix; empty for one that is none. */
function netmask(prefix: number | undefined): string {
  if (prefix === undefined || !Number.isInteger(prefix) || prefix < 0 || prefix > 32) return '';
  const bits = '1'.repeat(prefix).padEnd(32, '0');
  return (bits.match(/.{8}/g) ?? []).map((part) => Number.parseInt(part, 2)).join('.');
}
