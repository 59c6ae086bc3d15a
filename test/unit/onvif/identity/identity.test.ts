import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type CameraIdentity,
  isTelling,
  joined,
  likeness,
  macOf,
  NOBODY,
} from '../../../../src/onvif/identity/identity.ts';

const who = (facts: Partial<CameraIdentity>): CameraIdentity => ({ ...NOBODY, ...facts });
const UUID = 'urn:uuid:5f5a69c2-e0ae-504f-829b-aabbccddeeff';
const OTHER_UUID = 'urn:uuid:5f5a69c2-e0ae-504f-829b-112233445566';
const MAC = 'aa:bb:cc:dd:ee:ff';

/** What is known, what is told, and what that means. */
const CASES: ReadonlyArray<readonly [string, Partial<CameraIdentity>, Partial<CameraIdentity>, string]> = [
  ['nothing to compare', {}, { serial: 'A77' }, 'unknown'],
  ['the same serial number', { serial: 'A77', model: 'X' }, { serial: 'a77 ', model: 'x' }, 'same'],
  ['another serial number', { serial: 'A77' }, { serial: 'A78' }, 'other'],
  ['the same number of another model', { serial: 'A77', model: 'X' }, { serial: 'A77', model: 'Y' }, 'other'],
  ['a number without a model', { serial: 'A77' }, { serial: 'A77', model: 'Y' }, 'same'],
  ['no real serial numbers', { serial: '00000000' }, { serial: '00000000' }, 'unknown'],
  ['a factory number for all', { serial: '123456' }, { serial: '123456' }, 'unknown'],
  ['one of several MAC addresses', { macs: [MAC, '00:11:22:33:44:55'] }, { macs: [MAC] }, 'same'],
  ['other MAC addresses', { macs: [MAC] }, { macs: ['00:11:22:33:44:55'] }, 'other'],
  [
    'a shared number and another MAC',
    { serial: 'A77', macs: [MAC] },
    { serial: 'A77', macs: ['00:11:22:33:44:55'] },
    'other',
  ],
  ['an endpoint that ends in the MAC', { macs: [MAC] }, { endpoint: UUID }, 'same'],
  ['an endpoint that ends in something', { macs: [MAC] }, { endpoint: OTHER_UUID }, 'unknown'],
  ['the same endpoint', { endpoint: UUID }, { endpoint: UUID.toUpperCase().replace('URN:', '') }, 'endpoint'],
  ['another endpoint', { endpoint: UUID }, { endpoint: OTHER_UUID }, 'other'],
  ['an endpoint of zeros', { endpoint: 'urn:uuid:0000-00' }, { endpoint: 'urn:uuid:0000-00' }, 'unknown'],
  ['a proof against the endpoint', { serial: 'A77', endpoint: UUID }, { serial: 'A77', endpoint: OTHER_UUID }, 'same'],
];

for (const [name, known, told, meaning] of CASES) {
  test(`cameras are compared: ${name}`, () => assert.equal(likeness(who(known), who(told)), meaning));
}

test('a camera that says nothing of use cannot be known again', () => {
  assert.equal(isTelling(who({ model: 'X', serial: '0000', endpoint: 'urn:uuid:0' })), false);
  assert.equal(isTelling(who({ macs: [MAC] })), true);
});

test('two looks together know more, and keep a real serial number', () => {
  const both = joined(who({ serial: 'A77', macs: [MAC] }), who({ serial: 'unknown', model: 'X', endpoint: UUID }));
  assert.deepEqual(both, who({ serial: 'A77', macs: [MAC], model: 'X', endpoint: UUID }));
});

test('MAC addresses are read however they are written, and zeros are none', () => {
  for (const written of ['AA-BB-CC-DD-EE-FF', 'aabb.ccdd.eeff', ' AA:BB:CC:DD:EE:FF'])
    assert.equal(macOf(written), MAC);
  for (const written of ['', '00:00:00:00:00:00', 'ff:ff:ff:ff:ff:ff', 'eth0 aabbccddee', 'aa:bb']) {
    assert.equal(macOf(written), undefined);
  }
});
