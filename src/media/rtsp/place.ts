const DEFAULT_PORTS: ReadonlyMap<string, number> = new Map([
  ['rtsp:', 554],
  ['rtsps:', 322],
]);

/** Where the server of an RTSP URL listens; an IPv6 address without its brackets. */
export function placeOf({ hostname, port, protocol }: URL): { host: string; port: number } {
  const host = hostname.replace(/^\[|\]$/g, '');
  return { host, port: port === '' ? (DEFAULT_PORTS.get(protocol) ?? 554) : Number(port) };
}
