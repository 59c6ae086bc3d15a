import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { isIP } from 'node:net';
import { Scope } from '../../runtime/scope.ts';
import type { DiscoveredDevice } from './device.ts';
import { probe } from './probe.ts';
import { DISCOVERY_GROUP, DISCOVERY_PORT, ownAddresses, type ScanParts, type ScanWish, scan } from './scan.ts';

/** Asks one host who it is, by WS-Discovery; undefined when it says nothing. Never rejects. */
export type ProbeHost = (device: URL, signal: AbortSignal) => Promise<DiscoveredDevice | undefined>;

/** Long enough for the first two of a scan's repeats. */
const LISTEN_MS = 700;

export interface ProberParts extends ScanParts {
  readonly port?: number;
  /** Our own addresses to ask everybody from. */
  readonly from?: () => readonly string[];
  /**
   * True for a host that is known to answer when everybody is asked; all are, if left out. Only such a one is waited for
   * when it says nothing to a probe to itself alone.
   */
  readonly answersAll?: (host: string) => boolean;
}

/**
 * A probe to the host alone, which works through routers too; and to everybody, for devices that listen to the group and
 * to nothing else, of which only what comes from the host itself counts. Of several devices there, it takes the one asked
 * for.
 */
export function hostProber(parts: ProberParts): ProbeHost {
  const { port = DISCOVERY_PORT, from, answersAll = () => true } = parts;
  return async (device, signal) => {
    const host = device.hostname.replace(/^\[|\]$/g, '');
    // Sockets of IPv4 only; a name is the system's to look up.
    if (isIP(host) === 6) return undefined;
    const alone = await asked(device, { from: ['0.0.0.0'], to: { host, port }, knocks: true }, parts, signal);
    if (alone || signal.aborted || isIP(host) === 0 || !answersAll(host)) return alone;
    const own = (from?.() ?? ownAddresses()).filter((address) => isOfThisMachine(address) === isOfThisMachine(host));
    if (own.length === 0) return undefined;
    return asked(device, { from: own, to: { host: DISCOVERY_GROUP, port } }, parts, signal);
  };
}

interface Question extends Pick<ScanWish, 'from' | 'to'> {
  readonly to: { readonly host: string; readonly port: number };
  /** Finds out whether anybody is at home, so as not to wait for nobody. */
  readonly knocks?: boolean;
}

async function asked(
  device: URL,
  { knocks = false, ...question }: Question,
  parts: ScanParts,
  signal: AbortSignal,
): Promise<DiscoveredDevice | undefined> {
  const scope = new Scope(signal);
  const found: DiscoveredDevice[] = [];
  // Never another one on that host: behind a router, its answer would be a neighbour's.
  const meant = (): DiscoveredDevice | undefined =>
    found.find(({ address, xaddr }) => portOf(xaddr) === portOf(device) && (knocks || address === device.hostname));
  const hear = (each: DiscoveredDevice): void => {
    found.push(each);
    if (meant()) scope.end();
  };
  const door = knocks ? knocking(question.to, () => scope.end()) : undefined;
  try {
    await scan({ ...question, listenMs: LISTEN_MS, found: hear }, parts, scope.signal);
  } finally {
    scope.end();
    door?.close();
  }
  return meant();
}

/** Where nothing listens, the system says so to a connected socket, and the wait is over. */
function knocking({ host, port }: { readonly host: string; readonly port: number }, inVain: () => void): Socket {
  const door = createSocket('udp4');
  door.on('error', inVain);
  door.connect(port, host, (err?: Error) => (err ? inVain() : knock(door)));
  return door;
}

function isOfThisMachine(address: string): boolean {
  return address.startsWith('127.');
}

function knock(door: Socket): void {
  door.send(probe('NetworkVideoTransmitter', randomUUID()), () => undefined);
}

function portOf({ port, protocol }: URL): string {
  return port === '' ? (protocol === 'https:' ? '443' : '80') : port;
}
