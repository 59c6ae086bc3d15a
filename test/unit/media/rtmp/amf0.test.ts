import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type AmfValue, amfObject, decodeAmf, EcmaArray, encodeAmf } from '../../../../src/media/rtmp/amf0.ts';
import { isKind } from '../../../../src/runtime/errors.ts';
import { seeded } from './seeded.ts';

/** Each value beside its bytes as the specification gives them. */
const VECTORS: ReadonlyArray<readonly [string, AmfValue, string]> = [
  ['a number', 1, '003ff0000000000000'],
  ['true', true, '0101'],
  ['a string', 'é', '020002c3a9'],
  ['null', null, '05'],
  ['undefined', undefined, '06'],
  ['an object', amfObject({ a: false }), '03000161' + '0100' + '000009'],
  ['an ECMA array', new EcmaArray([['a', null]]), '0800000001' + '00016105' + '000009'],
  ['a strict array', [null, true], '0a00000002' + '050101'],
  ['a date', new Date(0), '0b0000000000000000' + '0000'],
  ['a long string', 'x'.repeat(70_000), `0c00011170${'78'.repeat(70_000)}`],
];

for (const [name, value, hex] of VECTORS) {
  test(`${name} is written and read as the specification says`, () => {
    assert.equal(encodeAmf(value).toString('hex'), hex);
    assert.deepEqual(decodeAmf(Buffer.from(hex, 'hex')), [value]);
  });
}

/** Bytes that only ever come from outside. */
const FOREIGN: ReadonlyArray<readonly [string, string, AmfValue]> = [
  ['a typed object loses its class', '10000141' + '00016105' + '000009', new Map([['a', null]])],
  ['the unsupported mark is undefined', '0d', undefined],
  ['a field called __proto__ is a field', '0300095f5f70726f746f5f5f05000009', new Map([['__proto__', null]])],
  ['an ECMA array may lie about its count', '0800000000' + '00016105' + '000009', new EcmaArray([['a', null]])],
];

for (const [name, hex, value] of FOREIGN) {
  test(name, () => assert.deepEqual(decodeAmf(Buffer.from(hex, 'hex')), [value]));
}

const HOSTILE: ReadonlyArray<readonly [string, Buffer]> = [
  ['a number cut short', Buffer.from('003ff0', 'hex')],
  ['a string longer than the message', Buffer.from('02ffff41', 'hex')],
  ['an object without an end', Buffer.from('0300016105', 'hex')],
  ['an array of four thousand million', Buffer.from('0affffffff05', 'hex')],
  ['an unknown kind', Buffer.of(0x42)],
  ['a thousand nested objects', Buffer.concat(Array.from({ length: 1000 }, () => Buffer.from('03000161', 'hex')))],
  ['a million nulls', Buffer.alloc(1_000_000, 5)],
];

for (const [name, bytes] of HOSTILE) {
  test(`${name} is refused`, () => assert.throws(() => decodeAmf(bytes), { kind: 'protocol-broken' }));
}

test('no bytes whatever make it fail in another way', () => {
  const random = seeded(1);
  const kinds = [0, 1, 2, 3, 5, 6, 8, 9, 10, 11, 12, 13, 15, 16];
  for (let round = 0; round < 5000; round++) {
    const bytes = Buffer.from(
      Array.from({ length: random(60) }, () => (random(3) ? random(4) : (kinds[random(14)] ?? 0))),
    );
    try {
      decodeAmf(bytes);
    } catch (err) {
      assert.ok(isKind(err, 'protocol-broken'), `${bytes.toString('hex')}: ${err}`);
    }
  }
});
