import type { networkInterfaces } from 'node:os';

/** What a browser can be told to open for a listener on that address, as it stands in a URL. */
export function addressesOf(listening: string, cards: ReturnType<typeof networkInterfaces>): string[] {
  if (listening !== '0.0.0.0' && listening !== '::') return [inUrl(listening)];
  const all = Object.values(cards).flatMap((card) => card ?? []);
  const own = all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
  return [...own, '127.0.0.1'];
}

const inUrl = (address: string): string => (address.includes(':') ? `[${address}]` : address);
