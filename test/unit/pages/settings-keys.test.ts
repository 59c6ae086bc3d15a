import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { jsonSchema } from '../../../src/config/schema.ts';
import { leavesOf, read, type SchemaNode, valueAt } from '../../../src/pages/admin/settings/schema.ts';

const FOLDER = join(import.meta.dirname, '../../../src/pages/admin/settings');
const tables = ['key-texts.ts', 'channel-key-texts.ts'].map((name) => readFileSync(join(FOLDER, name), 'utf8')).join();
const schema = jsonSchema() as SchemaNode;

test('every key of the configuration that the page offers has a name in both languages', () => {
  const { channels, ...parts } = schema.properties ?? {};
  assert.ok(channels?.items);
  const leaves = [
    ...leavesOf({ properties: parts }, { path: '', key: '' }),
    ...leavesOf(channels.items, { path: 'channels.0', key: 'channels' }),
  ];
  assert.ok(leaves.length > 50);
  for (const { key } of leaves) assert.ok(new RegExp(`^  '?${key}'?: \\[`, 'm').test(tables), `${key} has no name`);
});

test('what is typed is read as the schema wants it, and refused in kind', () => {
  const { discovery = {} } = schema.properties ?? {};
  const leaves = new Map(leavesOf(discovery, { path: '', key: '' }).map((leaf) => [leaf.path, leaf]));
  const typed = (path: string, text: string) => {
    const leaf = leaves.get(path);
    assert.ok(leaf);
    const reading = read(leaf, text);
    return reading.ok ? reading.value : reading.fault;
  };
  assert.equal(typed('interval', ' 90 '), 90);
  assert.equal(typed('interval', ''), undefined);
  assert.equal(typed('interval', 'often'), 'not-a-number');
  assert.equal(typed('interval', '1'), 'too-small');
  assert.equal(typed('port', '70000'), 'too-large');
  assert.equal(typed('port', '80.5'), 'not-a-number');
  assert.deepEqual(typed('interfaces', 'eth0\n wlan0 \n'), ['eth0', 'wlan0']);
});

test('a value is found by its path, and only among what is there', () => {
  const values = { channels: [{ channel: 3, live: { video: 'auto' } }] };
  assert.equal(valueAt(values, 'channels.0.live.video'), 'auto');
  assert.equal(valueAt(values, 'channels.1.live'), undefined);
  assert.equal(valueAt(values, 'channels.0.constructor'), undefined);
});
