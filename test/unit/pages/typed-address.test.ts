import assert from 'node:assert/strict';
import { test } from 'node:test';
import { whereIs, withAddress } from '../../../src/pages/admin/cameras/typed-address.ts';

const NOTHING = { address: '', username: 'admin', password: '' };

const PASTED: ReadonlyArray<readonly [string, string, string, string]> = [
  ['rtsp://admin:C4m@192.168.1.9:554/live?channel=1', 'rtsp://192.168.1.9:554/live?channel=1', 'admin', 'C4m'],
  ['rtsp://me:p%40ss%2F@cam/live', 'rtsp://cam/live', 'me', 'p@ss/'],
  ['rtsp://me:a@b@cam/live', 'rtsp://cam/live', 'me', 'a@b'],
  ['rtsp://me:100%@cam/live', 'rtsp://cam/live', 'me', '100%'],
  ['http://me:pw@cam:8000', 'http://cam:8000', 'me', 'pw'],
  ['rtsp://cam/user=admin_password=x', 'rtsp://cam/user=admin_password=x', 'admin', ''],
  ['192.168.1.9', '192.168.1.9', 'admin', ''],
];
for (const [text, address, username, password] of PASTED) {
  test(`of ${text} the login goes to where logins are`, () => {
    assert.deepEqual(withAddress(NOTHING, text), { address, username, password });
  });
}

test('an address is a host, with its port, or a stream', () => {
  assert.deepEqual(whereIs(' cam '), { host: 'cam' });
  assert.deepEqual(whereIs('http://cam:8000/onvif'), { host: 'cam', port: 8000 });
  assert.deepEqual(whereIs('rtsp://cam/live'), { rtsp: 'rtsp://cam/live' });
});
