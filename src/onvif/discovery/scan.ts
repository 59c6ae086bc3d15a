import { randomUUID } from 'node:crypto';
import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv4 } from 'node:net';
import { networkInterfaces } from 'node:os';
import type { Logger } from 'pino';
import type { Clock } from '../../runtime/clock.ts';
import { aborted, Scope } from '../../runtime/scope.ts';
import { type DiscoveredDevice, keysOf } from './device.ts';
import { devicesIn } from './matches.ts';
import { PROBE_KINDS, probe, resolve } from './probe.ts';

export interface ScanParts {
  readonly clock: Clock;
  readonly log: Logger;
  readonly random?: () => number;
}

export interface ScanWish {
  /** Our own IPv4 addresses to send from; all that are not internal if left out. */
  readonly from?: readonly string[];
  /** Where probes go: the multicast group, or one host, which may be behind a router. */
  readonly to?: { readonly host: string; readonly port: number };
  readonly listenMs?: number;
  /** Hears of each device as soon as it is new, and once more when a device has told its address only later. */
  readonly found?: (device: DiscoveredDevice) => void;
}

export const DISCOVERY_PORT = 3702;
export const DISCOVERY_GROUP = '239.255.255.250';
const GROUP = { host: DISCOVERY_GROUP, port: DISCOVERY_PORT };
const LISTEN_MS = 5000;
const REPEATS_MS = [0, 500, 1000];
/** The kinds and the cards must not knock all at once. */
const SPREAD_MS = 50;
const MOST_DEVICES = 512;
/** A hundred cameras answer within the same few milliseconds. */
const RECEIVE_BYTES = 512 * 1024;
const HOPS = 4;

/**
 * Looks for ONVIF devices on every network card (ONVIF field guide 4.5). Resolves when the time is over or the signal
 * aborts, with whatever answered by then. A card that cannot send is left out; never rejects.
 */
export async function scan(wish: ScanWish, parts: ScanParts, signal: AbortSignal): Promise<DiscoveredDevice[]> {
  const { clock, log } = parts;
  const devices: DiscoveredDevice[] = [];
  const known = new Set<string>();
  const hear = (device: DiscoveredDevice): 'new' | 'known' => {
    const keys = keysOf(device);
    const nowhere = devices.findIndex((each) => each.xaddrs.length === 0 && isOf(keys, each));
    const better = nowhere >= 0 && device.xaddrs.length > 0;
    if (!better && (keys.some((key) => known.has(key)) || devices.length >= MOST_DEVICES)) return 'known';
    for (const key of keys) known.add(key);
    devices.splice(better ? nowhere : devices.length, better ? 1 : 0, device);
    wish.found?.(device);
    return 'new';
  };
  const scope = new Scope(signal);
  const messages = PROBE_KINDS.map((kind) => probe(kind, randomUUID()));
  const cards = (wish.from ?? ownAddresses()).map(async (address) => {
    try {
      await onCard({ address, to: wish.to ?? GROUP, messages, hear }, parts, scope.signal);
    } catch (err) {
      log.debug({ err, address }, 'network card cannot be searched');
    }
  });
  await clock.sleep(wish.listenMs ?? LISTEN_MS, scope.signal);
  scope.end();
  await Promise.all(cards);
  return devices;
}

/** Our IPv4 addresses on the named cards, which may be given by their address too. */
export function addressesOf(cards: readonly string[]): string[] {
  const all = networkInterfaces();
  return cards.flatMap((card) => {
    if (isIPv4(card)) return [card];
    return (all[card] ?? []).filter(({ family }) => family === 'IPv4').map(({ address }) => address);
  });
}

/** Our IPv4 addresses that lead anywhere; containers' bridges and the like lead to no camera. */
export function ownAddresses(): string[] {
  const inner = /^(?:docker|br-|veth|virbr|cni|flannel)/;
  return Object.entries(networkInterfaces()).flatMap(([name, addresses = []]) =>
    addresses
      .filter(({ family, internal }) => family === 'IPv4' && !internal && !inner.test(name))
      .map(({ address }) => address),
  );
}

interface Card {
  readonly address: string;
  readonly to: { readonly host: string; readonly port: number };
  readonly messages: readonly Buffer[];
  readonly hear: (device: DiscoveredDevice) => 'new' | 'known';
}

async function onCard(card: Card, { clock, random = Math.random }: ScanParts, signal: AbortSignal): Promise<void> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  // Errors of single packets, such as "nobody listens there", are no reason to stop listening.
  socket.on('error', () => undefined);
  socket.on('message', (packet, { address }) => {
    for (const device of devicesIn(packet, address)) {
      const { endpoint, xaddrs } = device;
      const isNowhere = card.hear(device) === 'new' && xaddrs.length === 0 && endpoint !== '';
      // Of its own accord it only says who it is; asked alone, it says where.
      if (isNowhere) socket.send(resolve(endpoint, randomUUID()), card.to.port, address, () => undefined);
    }
  });
  try {
    await bound(socket, card);
    for (const pauseMs of REPEATS_MS) {
      await clock.sleep(pauseMs + random() * SPREAD_MS, signal);
      if (signal.aborted) return;
      for (const message of card.messages) socket.send(message, card.to.port, card.to.host, () => undefined);
    }
    await aborted(signal);
  } finally {
    socket.close();
  }
}

function isOf(keys: readonly string[], device: DiscoveredDevice): boolean {
  return keysOf(device).some((key) => keys.includes(key));
}

async function bound(socket: Socket, { address, to }: Card): Promise<void> {
  socket.bind(0, address);
  await once(socket, 'listening');
  if (/^(?:22[4-9]|23\d)\./.test(to.host)) {
    socket.setMulticastInterface(address);
    socket.setMulticastTTL(HOPS);
  }
  try {
    socket.setRecvBufferSize(RECEIVE_BYTES);
  } catch {
    // The system's limit is lower; it stays at what it was.
  }
}
