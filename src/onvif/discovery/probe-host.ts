import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { Scope } from '../../runtime/scope.ts';
import type { DiscoveredDevice } from './device.ts';
import { probe } from './probe.ts';
import { DISCOVERY_PORT, type ScanParts, scan } from './scan.ts';

/** Asks one host who it is, by WS-Discovery; undefined when it says nothing. Never rejects. */
export type ProbeHost = (device: URL, signal: AbortSignal) => Promise<DiscoveredDevice | undefined>;

/** Long enough for the first two of a scan's repeats. */
const LISTEN_MS = 700;

/** A probe to the host alone, which works through routers too. Of several devices there, it takes the one asked for. */
export function hostProber(parts: ScanParts, port = DISCOVERY_PORT): ProbeHost {
  return async (device, signal) => {
    const host = device.hostname.replace(/^\[|\]$/g, '');
    // Sockets of IPv4 only; a name is the system's to look up.
    if (isIP(host) === 6) return undefined;
    const scope = new Scope(signal);
    const found: DiscoveredDevice[] = [];
    const meant = (): DiscoveredDevice | undefined => found.find(({ xaddr }) => portOf(xaddr) === portOf(device));
    const hear = (each: DiscoveredDevice): void => {
      found.push(each);
      if (meant()) scope.end();
    };
    const door = createSocket('udp4');
    // Where nothing listens, the system says so to a connected socket, and the wait is over.
    door.on('error', () => scope.end());
    door.connect(port, host, (err?: Error) => (err ? scope.end() : knock(door)));
    try {
      await scan({ from: ['0.0.0.0'], to: { host, port }, listenMs: LISTEN_MS, found: hear }, parts, scope.signal);
    } finally {
      scope.end();
      door.close();
    }
    // Never another one on that host: behind a router, its answer would be a neighbour's.
    return meant();
  };
}

function knock(door: Socket): void {
  door.send(probe('NetworkVideoTransmitter', randomUUID()), () => undefined);
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}
