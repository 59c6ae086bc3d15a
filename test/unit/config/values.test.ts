import assert from 'node:assert/strict';
import { test } from 'node:test';
import { listenAddress } from '../../../src/config/values.ts';

for (const [text, host, port] of [
  ['127.0.0.1:8080', '127.0.0.1', 8080],
  [':8080', '0.0.0.0', 8080],
  ['[::]:0', '::', 0],
  ['[fe80::1]:80', 'fe80::1', 80],
  ['box.lan:80', 'box.lan', 80],
] as const) {
  test(`a listener at ${text} is one on ${host}, port ${port}`, () => {
    assert.deepEqual(listenAddress(text), { host, port });
  });
}
