import { BlockList, isIPv4, isIPv6 } from 'node:net';

const MOST_XADDRS = 16;
const LONGEST_XADDR = 512;

/** The addresses in a ProbeMatch that are any, padded with newlines as they may be. */
export function parseXaddrs(written: string): URL[] {
  return written
    .split(/\s+/, MOST_XADDRS)
    .filter((text) => text.length <= LONGEST_XADDR && /^https?:\/\//i.test(text) && URL.canParse(text))
    .map((text) => new URL(text));
}

/** Another network card's or a self-given address: of use only when there is no other. */
const LINK_LOCAL = new BlockList();
LINK_LOCAL.addSubnet('169.254.0.0', 16, 'ipv4');
LINK_LOCAL.addSubnet('fe80::', 10, 'ipv6');

/** What a device gives that nobody told its own address: the one it listens at, which is every one or only itself. */
const NOWHERE = new BlockList();
NOWHERE.addAddress('0.0.0.0', 'ipv4');
NOWHERE.addSubnet('127.0.0.0', 8, 'ipv4');
NOWHERE.addAddress('::', 'ipv6');
NOWHERE.addAddress('::1', 'ipv6');

/** How good an address is for a device that answered from `address`; less is better. */
const RANKS: ReadonlyArray<(host: string, address: string) => boolean> = [
  (host, address) => host === address,
  (host, address) => isIPv4(host) && !isLinkLocal(host) && sameSubnet(host, address),
  (host) => isIPv4(host) && !isLinkLocal(host) && !isNowhere(host),
  (host) => !isLinkLocal(host) && !isNowhere(host),
];

/**
 * The device service's address, by what the device gave and where it answered from; plain HTTP before HTTPS where both
 * are as good. With nothing usable, where such a service is usually found.
 */
export function chooseXaddr(xaddrs: readonly URL[], address: string): URL {
  const rank = (xaddr: URL): number => {
    const found = RANKS.findIndex((fits) => fits(bare(xaddr), address));
    return (found < 0 ? RANKS.length : found) * 2 + (xaddr.protocol === 'https:' ? 1 : 0);
  };
  const [best] = [...xaddrs].sort((a, b) => rank(a) - rank(b));
  if (!best) return new URL(`http://${inUrl(address)}/onvif/device_service`);
  if (!isNowhere(bare(best)) || isNowhere(address)) return best;
  const there = new URL(best);
  there.hostname = inUrl(address);
  return there;
}

function bare({ hostname }: URL): string {
  return hostname.replace(/^\[|\]$/g, '');
}

function inUrl(address: string): string {
  return isIPv6(address) ? `[${address}]` : address;
}

function isLinkLocal(host: string): boolean {
  return isIn(LINK_LOCAL, host);
}

function isNowhere(host: string): boolean {
  return isIn(NOWHERE, host);
}

function isIn(list: BlockList, host: string): boolean {
  if (isIPv4(host)) return list.check(host, 'ipv4');
  return isIPv6(host) && list.check(host, 'ipv6');
}

/** The usual mask of a camera's LAN: the real one is not known here. */
function sameSubnet(a: string, b: string): boolean {
  return a.split('.').slice(0, 3).join('.') === b.split('.').slice(0, 3).join('.');
}
