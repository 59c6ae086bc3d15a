import { createHash } from 'node:crypto';
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { aborted } from '../../runtime/scope.ts';
import type { Runnable } from '../../runtime/supervise.ts';
import { scopesOf } from './device-service.ts';
import type { Habits } from './habits.ts';
import type { CameraIdentity, CameraView } from './soap-service.ts';
import { childOf, parseXml, textsOf, type Xml, xml } from './xml.ts';

/** What a probe finds out about one camera. */
export interface Discoverable {
  readonly identity: CameraIdentity;
  readonly endpoint: string;
  readonly xaddr: string;
  readonly habits: Habits;
}

export interface ResponderParts {
  readonly host: string;
  /** 0 lets the system choose; cameras have 3702. */
  readonly port: number;
  /** Heard besides what is sent to the host alone. */
  readonly group?: string | undefined;
  /** Those that answer now; several in one packet, as recorders do. */
  readonly cameras: () => readonly Discoverable[];
}

const HEADERS = `xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery" xmlns:dn="http://www.onvif.org/ver10/network/wsdl"`;
const MOST_PER_PACKET = 8;
const SHARED_ENDPOINT = 'urn:uuid:00000000-0000-0000-0000-000000000000';

/** The endpoint of a camera that makes it of its MAC address, as many do, or of what nobody knows. */
function endpointOf({ serial, mac }: CameraIdentity, habits: Habits): string {
  const secret = createHash('sha256').update(serial).digest('hex').slice(0, 12);
  const tail = habits.has('endpoint-random') ? secret : mac.replaceAll(':', '').toLowerCase();
  return `urn:uuid:5f5a69c2-e0ae-504f-829b-${tail}`;
}

/** Answers WS-Discovery probes until the signal aborts; `ready` hears the port. */
export async function runDiscoveryResponder(
  parts: ResponderParts,
  signal: AbortSignal,
  ready: (port: number) => void = () => undefined,
): Promise<void> {
  const socket = createSocket({ type: 'udp4', reuseAddr: true });
  const other = createSocket('udp4');
  // A socket of its own, because one that hears group and host alike would hear its neighbours' mail on one machine.
  const meeting = parts.group === undefined ? undefined : createSocket({ type: 'udp4', reuseAddr: true });
  const lost = new Set<string>();
  const all = [socket, other, ...(meeting ? [meeting] : [])];
  try {
    for (const each of all) each.on('error', () => undefined);
    for (const each of [socket, meeting]) {
      const desk = { parts, socket, other, lost, isGroup: each === meeting };
      each?.on('message', (packet, from) => answer(packet, from, desk));
    }
    socket.bind(parts.port, parts.host);
    other.bind(0, parts.host);
    await Promise.all([once(socket, 'listening'), once(other, 'listening')]);
    const { port } = socket.address();
    if (meeting && parts.group !== undefined) await joined(meeting, { ...parts, group: parts.group, port });
    ready(port);
    await aborted(signal);
  } finally {
    for (const each of all) each.close();
  }
}

/** The responder of one camera, under its own address. */
export function cameraResponder(
  { camera, ...at }: { readonly camera: CameraView; readonly port: number; readonly group?: string },
  ready: (port: number) => void = () => undefined,
): Runnable {
  const { identity, habits, host } = camera;
  const cameras = (): Discoverable[] =>
    camera
      .services()
      .slice(0, 1)
      .map(({ xaddr }) => ({ identity, habits, endpoint: endpointOf(identity, habits), xaddr }));
  return { run: (signal) => runDiscoveryResponder({ ...at, host, cameras }, signal, ready) };
}

async function joined(socket: Socket, { group, host, port }: { group: string; host: string; port: number }) {
  socket.bind(port, group);
  await once(socket, 'listening');
  socket.addMembership(group, host);
}

interface Desk {
  readonly parts: ResponderParts;
  readonly socket: Socket;
  readonly other: Socket;
  /** Probes that were lost once already. */
  readonly lost: Set<string>;
  /** Of what came to the group, not to the host alone. */
  readonly isGroup: boolean;
}

function answer(packet: Buffer, from: RemoteInfo, desk: Desk): void {
  const { parts, socket, other, lost } = desk;
  const envelope = childOf(parseXml(packet.toString('utf8')), 'Envelope');
  const probe = childOf(envelope, 'Body', 'Probe');
  const [messageId = ''] = textsOf(childOf(envelope, 'Header'), 'MessageID');
  const [sought] = textsOf(childOf(envelope, 'Body', 'Resolve', 'EndpointReference'), 'Address');
  const awake = parts.cameras().filter(({ habits }) => desk.isGroup || !habits.has('probe-to-group-only'));
  if (sought !== undefined) {
    for (const camera of awake.filter(({ endpoint }) => endpoint === sought)) {
      socket.send(matches([camera], { messageId, relates: true, isResolved: true }), from.port, from.address);
    }
  }
  if (!probe) return;
  const typed = (textsOf(probe, 'Types')[0] ?? '') !== '';
  const heard = awake.filter(({ habits, identity }) => {
    const key = `${identity.serial} ${messageId}`;
    const deaf = habits.has(typed ? 'probe-without-types-only' : 'probe-needs-types');
    if (deaf || !habits.has('probe-once') || lost.has(key)) return !deaf;
    lost.add(key);
    return false;
  });
  for (let at = 0; at < heard.length; at += MOST_PER_PACKET) {
    const some = heard.slice(at, at + MOST_PER_PACKET);
    const has = (name: Parameters<Habits['has']>[0]): boolean => some.some(({ habits }) => habits.has(name));
    const via = has('match-from-other-port') ? other : socket;
    if (has('match-after-garbage')) via.send('<s:Envelope><<<&bad;', from.port, from.address);
    const relates = !has('match-without-relates-to');
    via.send(matches(some, { messageId, relates, isResolved: false }), from.port, from.address);
  }
}

interface Reply {
  readonly messageId: string;
  readonly relates: boolean;
  /** To a Resolve, which asks for the address. */
  readonly isResolved: boolean;
}

function matches(cameras: readonly Discoverable[], reply: Reply): string {
  const related = reply.relates ? xml`<a:RelatesTo>${reply.messageId}</a:RelatesTo>` : undefined;
  const name = reply.isResolved ? 'Resolve' : 'Probe';
  const rows = cameras.map((camera) => xml`<d:${name}Match>${match(camera, reply)}</d:${name}Match>`);
  const inner = xml`<s:Header><a:Action>http://schemas.xmlsoap.org/ws/2005/04/discovery/${name}Matches</a:Action>${related}</s:Header>
<s:Body><d:${name}Matches>${rows}</d:${name}Matches></s:Body>`;
  return `<?xml version="1.0" encoding="UTF-8"?><s:Envelope ${HEADERS}>${inner.text}</s:Envelope>`;
}

function match({ identity, endpoint, xaddr, habits }: Discoverable, { messageId, isResolved }: Reply): Xml {
  const own = habits.has('endpoint-from-message') ? messageId : endpoint;
  const scopes = scopesOf(identity)
    .filter((scope) => !habits.has('no-mac-scope') || !scope.includes('/mac/'))
    .map((scope) => (habits.has('scopes-double-encoded') ? scope.replaceAll('%', '%25') : scope));
  const many = [
    'http://169.254.7.7/onvif/device_service',
    'http://[fe80::1]/onvif/device_service',
    'https://10.99.0.1/x',
  ];
  const all = habits.has('xaddrs-many') ? [...many, xaddr] : [xaddr];
  const pad = habits.has('xaddrs-padded') ? '\n      ' : '';
  const addresses =
    habits.has('match-without-xaddrs') && !isResolved
      ? undefined
      : xml`<d:XAddrs>${pad}${all.join(' ')}${pad}</d:XAddrs>`;
  return xml`<a:EndpointReference><a:Address>${habits.has('endpoint-shared') ? SHARED_ENDPOINT : own}</a:Address></a:EndpointReference>
<d:Types>dn:NetworkVideoTransmitter</d:Types><d:Scopes>${scopes.join(' ')}</d:Scopes>${addresses}<d:MetadataVersion>1</d:MetadataVersion>`;
}
