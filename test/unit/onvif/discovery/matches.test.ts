import assert from 'node:assert/strict';
import { test } from 'node:test';
import { keysOf } from '../../../../src/onvif/discovery/device.ts';
import { devicesIn } from '../../../../src/onvif/discovery/matches.ts';
import { PROBE_KINDS, probe } from '../../../../src/onvif/discovery/probe.ts';
import { scopeFacts } from '../../../../src/onvif/discovery/scopes.ts';
import { chooseXaddr, parseXaddrs } from '../../../../src/onvif/discovery/xaddrs.ts';

function packet(...matches: readonly string[]): Buffer {
  const rows = matches.map((inner) => `<d:ProbeMatch>${inner}</d:ProbeMatch>`).join('');
  return Buffer.from(`<s:Envelope><s:Body><d:ProbeMatches>${rows}</d:ProbeMatches></s:Body></s:Envelope>`);
}
const endpoint = (id: string): string => `<w:EndpointReference><w:Address>${id}</w:Address></w:EndpointReference>`;

test('repeats of a probe are the same to the byte, and each kind asks for its own types', () => {
  for (const kind of PROBE_KINDS) assert.deepEqual(probe(kind, 'a-b'), probe(kind, 'a-b'));
  assert.deepEqual(
    PROBE_KINDS.map((kind) => /<d:Types>(.*)<\/d:Types>/.exec(probe(kind, 'x').toString())?.[1]),
    ['dn:NetworkVideoTransmitter', 'tds:Device', undefined],
  );
});

test('two cameras that share an endpoint are two, because they answer from two addresses', () => {
  const one = devicesIn(packet(endpoint('urn:uuid:1')), '10.0.0.1')[0];
  const two = devicesIn(packet(endpoint('urn:uuid:1')), '10.0.0.2')[0];
  assert.ok(one && two && !keysOf(one).some((key) => keysOf(two).includes(key)));
});

test('several matches in one packet are several devices', () => {
  const ids = devicesIn(packet(endpoint('a'), endpoint('b'), endpoint('c')), '10.0.0.1').map((each) => each.endpoint);
  assert.deepEqual(ids, ['a', 'b', 'c']);
});

test('a Hello tells of a device too, a Probe of ours that comes back does not', () => {
  const hello = Buffer.from(`<Envelope><Body><Hello>${endpoint('h')}</Hello></Body></Envelope>`);
  assert.equal(devicesIn(hello, '10.0.0.1')[0]?.endpoint, 'h');
  assert.deepEqual(devicesIn(probe('any', 'x'), '10.0.0.1'), []);
});

test('packets that make no sense tell of nothing', () => {
  const hostile = [
    '',
    '\0\0\0',
    '<<<<&;',
    '<Envelope/>',
    '<Envelope><Body><ProbeMatches/></Body></Envelope>',
    '<!DOCTYPE a [<!ENTITY b "c">]><Envelope/>',
    '<a>'.repeat(20_000),
    'x'.repeat(70_000),
  ];
  for (const text of hostile) assert.deepEqual(devicesIn(Buffer.from(text), '10.0.0.1'), [], text.slice(0, 40));
});

/** The XAddrs of a match from 192.168.1.9, and the one to be taken. */
const XADDRS: ReadonlyArray<readonly [string, string]> = [
  ['http://192.168.1.9/onvif/device_service', 'http://192.168.1.9/onvif/device_service'],
  ['http://169.254.1.1/a http://10.0.0.1/b http://192.168.1.9:8000/c', 'http://192.168.1.9:8000/c'],
  ['http://10.0.0.1/b http://192.168.1.200/c', 'http://192.168.1.200/c'],
  ['http://[fe80::1]/a http://10.0.0.1/b', 'http://10.0.0.1/b'],
  ['https://192.168.1.9/a http://192.168.1.9/b', 'http://192.168.1.9/b'],
  ['http://169.254.1.1/a', 'http://169.254.1.1/a'],
  ['\n   http://192.168.1.9/a\n   ', 'http://192.168.1.9/a'],
  ['http://0.0.0.0/a http://10.1.1.1/b', 'http://10.1.1.1/b'],
  ['http://0.0.0.0:8080/a', 'http://192.168.1.9:8080/a'],
  ['http://127.0.0.1/a http://[::]:81/b', 'http://192.168.1.9/a'],
  ['', 'http://192.168.1.9/onvif/device_service'],
  ['javascript:alert(1) file:///etc/passwd http:// ???', 'http://192.168.1.9/onvif/device_service'],
];

for (const [written, chosen] of XADDRS) {
  test(`of ${JSON.stringify(written)} the address ${chosen} is chosen`, () => {
    assert.equal(chooseXaddr(parseXaddrs(written), '192.168.1.9').href, chosen);
  });
}

/** Scopes as cameras write them, and the name or MAC that a person reads. */
const SCOPES: ReadonlyArray<readonly [string, Partial<ReturnType<typeof scopeFacts>>]> = [
  [
    'onvif://www.onvif.org/name/Front%20door onvif://www.onvif.org/hardware/DS-2CD',
    { name: 'Front door', hardware: 'DS-2CD' },
  ],
  ['onvif://www.onvif.org/name/Front%2520door', { name: 'Front door' }],
  ['onvif://www.onvif.org/name/Front+door', { name: 'Front door' }],
  ['onvif://www.onvif.org/name/%C0%FF', { name: '%C0%FF' }],
  ['onvif://www.onvif.org/MAC/AA-BB-CC-00-11-22', { mac: 'aa:bb:cc:00:11:22' }],
  ['onvif://www.onvif.org/MAC/aabbcc001122', { mac: 'aa:bb:cc:00:11:22' }],
  ['onvif://www.onvif.org/MAC/unknown', { mac: undefined }],
  [
    'onvif://www.onvif.org/location/country/china onvif://www.onvif.org/location/city/x',
    { location: 'country/china, city/x' },
  ],
  ['odm:x:y onvif://www.onvif.org/ \n\t', { name: '', hardware: '', mac: undefined }],
];

for (const [written, facts] of SCOPES) {
  test(`the scopes ${JSON.stringify(written)} say ${JSON.stringify(facts)}`, () => {
    const read = new Map(Object.entries(scopeFacts(written)));
    for (const [key, value] of Object.entries(facts)) assert.equal(read.get(key), value);
  });
}
