/** The platform's address as an installer has it on paper: a name, a port, encrypted or not. */
export interface Address {
  readonly host: string;
  readonly port: string;
  readonly encrypted: boolean;
  /** Rarely anything, and shown only then. */
  readonly path: string;
}

export const NO_ADDRESS: Address = { host: '', port: '', encrypted: false, path: '' };

/** Reads `wss://ovc.example.com:8443/ovc`; undefined for what is no such address. */
export function parseAddress(url: string): Address | undefined {
  const found = /^(wss?):\/\/(\[[\da-f:.]+\]|[^:/\s]+)(?::(\d+))?(\/\S*)?$/i.exec(url.trim());
  if (!found) return undefined;
  const [, scheme = '', host = '', port = '', path = ''] = found;
  return { host, port, encrypted: scheme.toLowerCase() === 'wss', path: path === '/' ? '' : path };
}

export function addressText({ host, port, encrypted, path }: Address): string {
  const from = path === '' || path.startsWith('/') ? path : `/${path}`;
  return `${encrypted ? 'wss' : 'ws'}://${host}${port === '' ? '' : `:${port}`}${from}`;
}

/** What was typed or pasted as the name; a whole address fills the other fields too. */
export function withHost(address: Address, typed: string): Address {
  const host = typed.trim();
  const whole = parseAddress(host);
  if (whole) return whole;
  const withPort = /^([^:/\s]+):(\d+)$/.exec(host);
  if (withPort) return { ...address, host: withPort[1] ?? '', port: withPort[2] ?? '' };
  return { ...address, host };
}

export type AddressFault = 'host-missing' | 'host-wrong' | 'port-wrong';

export function addressFault({ host, port }: Address): AddressFault | undefined {
  if (host === '') return 'host-missing';
  if (!/^(\[[\da-f:.]+\]|[\w.-]+)$/i.test(host)) return 'host-wrong';
  if (port !== '' && !(/^\d{1,5}$/.test(port) && Number(port) >= 1 && Number(port) <= 65_535)) return 'port-wrong';
  return undefined;
}

/** The box sends a password that it has only to the host it was given for, and never less safely. */
export function keepsPassword(before: Address, after: Address): boolean {
  return before.host.toLowerCase() === after.host.toLowerCase() && (after.encrypted || !before.encrypted);
}
