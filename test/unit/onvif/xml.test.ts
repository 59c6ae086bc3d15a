import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseXml, xml } from '../../../src/onvif/xml.ts';
import { isKind } from '../../../src/runtime/errors.ts';

test('escapes every text put into markup, and no markup twice', () => {
  const name = xml`<n a="${`<&>"'`}">${'</n><x/>'}${undefined}${7}</n>`;
  assert.equal(
    xml`<l>${[name, name]}</l>`.toString(),
    `<l>${'<n a="&lt;&amp;&gt;&quot;&apos;">&lt;/n&gt;&lt;x/&gt;7</n>'.repeat(2)}</l>`,
  );
});

test('leaves out the control characters that XML cannot write', () => {
  assert.equal(xml`${'a\0b\x1b\tc\n中😀'}`.toString(), 'ab\tc\n中😀');
});

test('keeps every digit and every character of what a camera writes', () => {
  const tree = parseXml(
    '\uFEFF<?xml version="1.0"?><x:a xmlns:x="u" x:token="001"><y:b>00123</y:b><b>1.10</b><c><![CDATA[x<y]]></c><d>&#x4e2d;&amp;amp;</d></x:a>\0\0',
  );
  assert.deepEqual(tree, { a: { b: ['00123', '1.10'], c: 'x<y', d: '中&amp;', '@token': '001' } });
});

const HOSTILE: readonly (readonly [string, string])[] = [
  ['an entity bomb', '<!DOCTYPE a [<!ENTITY x "yyyy"><!ENTITY z "&x;&x;">]><a>&z;</a>'],
  ['an outside entity', '<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'],
  ['a hundred thousand levels', '<a>'.repeat(100_000)],
  ['a tag without end', '<a '.repeat(300_000)],
  ['the name of a constructor', '<a><constructor>1</constructor></a>'],
];
for (const [name, text] of HOSTILE) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => parseXml(text),
      (err) => isKind(err, 'camera-fault'),
    );
  });
}

const DULL: readonly (readonly [string, string])[] = [
  ['a million entities', `<a>${'&amp;'.repeat(200_000)}</a>`],
  ['a million blanks', `<a x="${' '.repeat(500_000)}">${' '.repeat(500_000)}</a>`],
  ['very many elements', `<a>${'<b/>'.repeat(250_000)}</a>`],
  ['very many attributes', `<a ${Array.from({ length: 80_000 }, (_, at) => `x${at}="1"`).join(' ')}/>`],
];
for (const [name, text] of DULL) {
  test(`reads ${name} in little time`, () => {
    const since = performance.now();
    parseXml(text);
    assert.ok(performance.now() - since < 5000);
  });
}
