import { content, element, elements, text } from '../reply.ts';
import { parseXml } from '../xml.ts';
import type { DiscoveredDevice } from './device.ts';
import { scopeFacts } from './scopes.ts';
import { chooseXaddr, parseXaddrs } from './xaddrs.ts';

/** UDP carries no more. */
const MOST_PACKET_BYTES = 65_536;
const MOST_MATCHES = 32;
const LONGEST_ENDPOINT = 256;

const match = {
  EndpointReference: element({ Address: text }),
  Types: text,
  Scopes: text,
  XAddrs: text,
};

/** ProbeMatches and ResolveMatches, and Hello, which devices send unasked when they start. */
const body = element({
  ProbeMatches: element({ ProbeMatch: elements(match) }),
  ResolveMatches: element({ ResolveMatch: elements(match) }),
  Hello: elements(match),
});

/**
 * The devices that a packet tells of: usually one, sometimes several, none for whatever else comes to the port. Never
 * throws: one malformed packet must not cost us the others.
 */
export function devicesIn(packet: Buffer, address: string): DiscoveredDevice[] {
  if (packet.length > MOST_PACKET_BYTES) return [];
  try {
    const envelope = content.parse(content.parse(parseXml(packet.toString('utf8'))).get('Envelope'));
    const { ProbeMatches, ResolveMatches, Hello } = body.parse(envelope.get('Body'));
    return [...ProbeMatches.ProbeMatch, ...ResolveMatches.ResolveMatch, ...Hello].slice(0, MOST_MATCHES).map((each) => {
      const xaddrs = parseXaddrs(each.XAddrs ?? '');
      return {
        endpoint: (each.EndpointReference.Address ?? '').trim().slice(0, LONGEST_ENDPOINT),
        address,
        xaddr: chooseXaddr(xaddrs, address),
        xaddrs,
        ...scopeFacts(each.Scopes ?? ''),
        types: (each.Types ?? '')
          .split(/\s+/, 16)
          .map(localName)
          .filter((name) => name !== ''),
      };
    });
  } catch {
    // Anybody on the network can send anything here; what cannot be read is not for us.
    return [];
  }
}

function localName(name: string): string {
  return (name.split(':').at(-1) ?? '').slice(0, 64);
}
