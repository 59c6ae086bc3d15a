import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceAddress, streamAddress } from '../../../src/onvif/addresses.ts';

const DEVICE = new URL('http://192.168.1.10:8080/onvif/device_service');

const SERVICES: readonly (readonly [string, string, string])[] = [
  ['another host', 'http://10.0.0.1/onvif/media', 'http://192.168.1.10:8080/onvif/media'],
  ['no host at all', 'http://0.0.0.0:80/onvif/media', 'http://192.168.1.10:8080/onvif/media'],
  ['a doubled port', 'http://10.0.0.1:8106:8106/onvif/media', 'http://192.168.1.10:8080/onvif/media'],
  ['another scheme', 'https://192.168.1.10/onvif/media', 'http://192.168.1.10:8080/onvif/media'],
  ['a link-local IPv6 host', 'http://[fe80::1%eth0]/onvif/media', 'http://192.168.1.10:8080/onvif/media'],
  ['a path only', '/onvif/media', 'http://192.168.1.10:8080/onvif/media'],
  ['a path without its slash', 'onvif/media', 'http://192.168.1.10:8080/onvif/media'],
  ['a path with two slashes', 'http://10.0.0.1//onvif/media', 'http://192.168.1.10:8080//onvif/media'],
  ['blanks and newlines around', '\n http://10.0.0.1/m?x=1 \n', 'http://192.168.1.10:8080/m?x=1'],
  ['nothing', '', 'http://192.168.1.10:8080/onvif/media_service'],
  ['no path', 'http://10.0.0.1', 'http://192.168.1.10:8080/onvif/media_service'],
];
for (const [name, told, reachable] of SERVICES) {
  test(`finds a service whose address has ${name}`, () => {
    assert.equal(serviceAddress('media', told, DEVICE).href, reachable);
  });
}

test('stays with the one path of a camera that has no other', () => {
  const device = new URL('http://192.168.1.10:2020/onvif/service');
  assert.equal(serviceAddress('media', '', device).href, device.href);
});

const STREAMS: readonly (readonly [string, string, string | undefined])[] = [
  ['its own port', 'rtsp://10.0.0.1:8554/live', 'rtsp://192.168.1.10:8554/live'],
  ['no port', 'rtsp://10.0.0.1/live', 'rtsp://192.168.1.10/live'],
  ['user info', 'rtsp://admin:p@ss@10.0.0.1:554/live', 'rtsp://192.168.1.10:554/live'],
  ['ampersands escaped twice', 'rtsp://h/live?a=1&amp;b=2', 'rtsp://192.168.1.10/live?a=1&b=2'],
  ['capitals in the scheme', 'RTSP://h/Live', 'rtsp://192.168.1.10/Live'],
  ['blanks around', ' rtsp://h/live\n', 'rtsp://192.168.1.10/live'],
  ['an IPv6 host', 'rtsp://[fe80::1]:554/live', 'rtsp://192.168.1.10:554/live'],
  ['a port beyond all ports', 'rtsp://h:99999/live', undefined],
  ['another protocol', 'http://h/live', undefined],
  ['nothing', '', undefined],
];
for (const [name, told, reachable] of STREAMS) {
  test(`finds a stream whose address has ${name}`, () => {
    assert.equal(streamAddress(told, DEVICE)?.href, reachable);
  });
}
