/** What real cameras get wrong about WS-Discovery; rows for the table of bad habits. */
export const DISCOVERY_HABITS = {
  'probe-needs-types': { does: 'ignores probes without Types', seen: '4.7.5' },
  'probe-without-types-only': { does: 'ignores probes with Types', seen: '4.5.1' },
  'probe-to-group-only': { does: 'ignores probes to itself alone', seen: '4.5.6' },
  'probe-once': { does: 'loses the first probe', seen: '4.5.1' },
  'match-from-other-port': { does: 'answers probes from another UDP port', seen: '4.5.2' },
  'match-without-xaddrs': { does: 'gives no XAddrs', seen: '4.5.2' },
  'match-without-relates-to': { does: 'does not say which probe it answers', seen: '4.5.2' },
  'match-after-garbage': { does: 'sends a broken packet before its answer', seen: '4.5.7' },
  'endpoint-shared': { does: 'has the same endpoint as its sisters', seen: '4.5.3' },
  'endpoint-from-message': { does: 'makes its endpoint of the message id', seen: '4.5.3' },
  'xaddrs-many': { does: 'gives link-local, IPv6, HTTPS and foreign addresses first', seen: '4.5.4' },
  'xaddrs-padded': { does: 'puts newlines around its XAddrs', seen: '4.7.5' },
  'endpoint-random': { does: 'has an endpoint that says nothing of its MAC address', seen: '4.5.3' },
  'no-mac-scope': { does: 'does not tell its MAC address in discovery', seen: '4.5.3' },
  'open-identity': { does: 'tells its serial number and MAC address to anybody', seen: '4.5.3' },
  'scopes-double-encoded': { does: 'encodes its scopes twice', seen: '4.5.5' },
} as const;

export type DiscoveryHabitName = keyof typeof DISCOVERY_HABITS;
