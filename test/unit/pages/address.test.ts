import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  addressFault,
  addressText,
  keepsPassword,
  NO_ADDRESS,
  parseAddress,
  withHost,
} from '../../../src/pages/admin/platform/address.ts';

test('an address is taken apart and put together again as it was', () => {
  for (const url of [
    'ws://10.0.0.1:8090',
    'wss://ovc.example.com',
    'wss://ovc.example.com:8443/ovc',
    'ws://[fe80::1]:80',
  ]) {
    assert.equal(addressText(parseAddress(url) ?? NO_ADDRESS), url);
  }
  assert.equal(parseAddress('http://ovc.example.com'), undefined);
});

test('a whole address pasted as the name fills the other fields', () => {
  assert.deepEqual(withHost(NO_ADDRESS, ' wss://ovc.example.com:8443/ '), {
    host: 'ovc.example.com',
    port: '8443',
    encrypted: true,
    path: '',
  });
  assert.deepEqual(withHost({ ...NO_ADDRESS, encrypted: true }, '10.0.0.1:8090'), {
    ...NO_ADDRESS,
    host: '10.0.0.1',
    port: '8090',
    encrypted: true,
  });
});

test('what cannot be an address is told by kind', () => {
  const fault = (host: string, port = '') => addressFault({ ...NO_ADDRESS, host, port });
  assert.equal(fault(''), 'host-missing');
  assert.equal(fault('two words'), 'host-wrong');
  assert.equal(fault('10.0.0.1', '70000'), 'port-wrong');
  assert.equal(fault('10.0.0.1', '8090'), undefined);
});

test('a password is kept for its own host, and for no weaker way there', () => {
  const old = { ...NO_ADDRESS, host: 'ovc.example.com', encrypted: true };
  assert.ok(keepsPassword(old, { ...old, host: 'OVC.example.com', port: '8443', path: '/ovc' }));
  assert.ok(keepsPassword({ ...old, encrypted: false }, old));
  assert.ok(!keepsPassword(old, { ...old, encrypted: false }));
  assert.ok(!keepsPassword(old, { ...old, host: 'elsewhere.example.com' }));
});
