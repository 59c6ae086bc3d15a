import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareVersions, isVersion } from '../../../src/release/version.ts';

test('versions stand in the order in which they are released', () => {
  const inOrder = [
    '0.9.9',
    '1.0.0-alpha',
    '1.0.0-rc.1',
    '1.0.0-rc.2',
    '1.0.0-rc.10',
    '1.0.0-rc.x',
    '1.0.0',
    '1.0.1',
    '1.10.0',
    '2.0.0',
  ];
  assert.deepEqual([...inOrder].reverse().sort(compareVersions), inOrder);
  assert.equal(compareVersions('1.0.0-rc.1', '1.0.0-rc.1'), 0);
  assert.ok(compareVersions('no version', '0.0.1') < 0);
});

test('what could lead out of a directory is no version', () => {
  for (const text of [
    '',
    '1.0',
    '..',
    '1.0.0/..',
    '1.0.0 ',
    '1.0.0\n',
    `1.0.0-${'a'.repeat(80)}`,
    '1.0.0-..',
    '1.0.0+b',
  ])
    assert.equal(isVersion(text), false, JSON.stringify(text));
});
