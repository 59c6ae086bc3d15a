import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { after, before, test } from 'node:test';
import type { VirtualCamera } from '../../../src/simulator/camera/camera.ts';
import { call, cameraForTests, digestFor, wsse } from './camera-calls.ts';

let camera: VirtualCamera;
let close: () => Promise<void>;

before(async () => {
  ({ camera, close } = await cameraForTests());
});
after(() => close());

const ANSWERS = [
  { operation: 'GetSystemDateAndTime', service: 'device', says: [/<tt:UTCDateTime>/, /<tt:TZ>CST-8<\/tt:TZ>/] },
  {
    operation: 'GetServices',
    service: 'device',
    says: [/ver10\/device\/wsdl<.*ver10\/media\/wsdl<.*ver20\/media\/wsdl</s],
  },
  {
    operation: 'GetCapabilities',
    service: 'device',
    says: [/<tt:Media><tt:XAddr>http:\/\/127.0.0.1:\d+\/onvif\/media_service</],
  },
  { operation: 'GetDeviceInformation', service: 'device', says: [/<tds:SerialNumber>VC-0001</] },
  { operation: 'GetScopes', service: 'device', says: [/name\/Front%20%26%20%3Cdoor%3E</] },
  { operation: 'GetNetworkInterfaces', service: 'device', says: [/<tt:HwAddress>02:00:00:00:00:01</] },
  { operation: 'GetVideoSources', service: 'media', says: [/VideoSources token="vs0"/] },
  {
    operation: 'GetProfiles',
    service: 'media',
    says: [/token="main".*<tt:Encoding>H264<.*<tt:Encoding>G711<.*token="sub"/s],
  },
  {
    operation: '<GetProfile><ProfileToken>sub</ProfileToken></GetProfile>',
    service: 'media',
    says: [/<trt:Profile token="sub"/],
  },
  {
    operation: '<GetStreamUri><ProfileToken>sub</ProfileToken></GetStreamUri>',
    service: 'media',
    says: [/rtsp:\/\/127.0.0.1:\d+\/cam\/live\?channel=1&amp;stream=sub</],
  },
  {
    operation: '<GetSnapshotUri><ProfileToken>main</ProfileToken></GetSnapshotUri>',
    service: 'media',
    says: [/http:\/\/127.0.0.1:\d+\/snapshot/],
  },
  {
    operation: '<GetProfiles><Type>All</Type></GetProfiles>',
    service: 'media2',
    says: [/<tt:Encoding>H264<.*<tt:Encoding>H265<.*<tt:Encoding>MP4A-LATM</s],
  },
  {
    operation: '<GetStreamUri><ProfileToken>main</ProfileToken></GetStreamUri>',
    service: 'media2',
    says: [/<tr2:Uri>rtsp:/],
  },
] as const;

for (const { operation, service, says } of ANSWERS) {
  test(`${service} answers ${operation}`, async () => {
    const { status, text } = await call(camera, operation, { service });
    assert.equal(status, 200, text);
    for (const word of says) assert.match(text, word);
  });
}

const REFUSALS = [
  { what: 'an unknown operation', operation: 'MakeCoffee', fault: 'ter:ActionNotSupported' },
  {
    what: 'an unknown profile',
    operation: '<GetStreamUri><ProfileToken>__proto__</ProfileToken></GetStreamUri>',
    fault: 'ter:InvalidArgVal',
  },
] as const;

for (const { what, operation, fault } of REFUSALS) {
  test(`${what} gets ${fault}`, async () => {
    const { status, text } = await call(camera, operation, { service: 'media' });
    assert.equal(status, 400);
    assert.ok(text.includes(fault), text);
  });
}

test('time, services and capabilities need no login, and everything else does', async () => {
  for (const operation of ['GetSystemDateAndTime', 'GetServices', 'GetCapabilities']) {
    assert.equal((await call(camera, operation, { header: '' })).status, 200, operation);
  }
  const { status, text } = await call(camera, 'GetScopes', { header: '' });
  assert.equal(status, 400);
  assert.match(text, /ter:NotAuthorized/);
});

const twice = randomBytes(16);
const WRONG_LOGINS = [
  { what: 'a wrong password', header: () => wsse({ password: 'nearly' }) },
  { what: 'a wrong user', header: () => wsse({ username: 'root' }) },
  { what: 'a token two minutes old', header: () => wsse({ created: new Date(Date.now() - 120_000) }) },
  { what: 'a token from the future', header: () => wsse({ created: new Date(Date.now() + 120_000) }) },
  { what: 'a nonce used before', header: () => wsse({ nonce: twice }) },
] as const;

for (const { what, header } of WRONG_LOGINS) {
  test(`${what} is refused and counted`, async () => {
    await call(camera, 'GetScopes', { header: wsse({ nonce: twice }) });
    const before = camera.counts.soap.authFailures;
    const { status, text } = await call(camera, 'GetScopes', { header: header() });
    assert.equal(status, 400);
    assert.match(text, /ter:NotAuthorized/);
    assert.equal(camera.counts.soap.authFailures, before + 1);
  });
}

test('a camera whose clock is off takes tokens by its own clock only', async (t) => {
  t.after(() => {
    camera.habits.clockSkewMs = 0;
  });
  camera.habits.clockSkewMs = -86_400_000;
  assert.equal((await call(camera, 'GetScopes')).status, 400);
  const yesterday = new Date(Date.now() - 86_400_000);
  assert.equal((await call(camera, 'GetScopes', { header: wsse({ created: yesterday }) })).status, 200);
  const { text } = await call(camera, 'GetSystemDateAndTime');
  assert.match(text, new RegExp(`<tt:Day>${yesterday.getUTCDate()}<`));
});

test('the snapshot is a JPEG for who knows the password', async () => {
  const target = '/snapshot?channel=1&stream=main';
  const url = `http://127.0.0.1:${camera.onvifPort}${target}`;
  const asked = await fetch(url);
  assert.equal(asked.status, 401);
  const challenge = asked.headers.get('www-authenticate') ?? '';
  const fetched = await fetch(url, { headers: { authorization: digestFor({ challenge, method: 'GET', target }) } });
  assert.equal(fetched.status, 200);
  const picture = Buffer.from(await fetched.arrayBuffer());
  assert.equal(picture.subarray(0, 2).toString('hex'), 'ffd8');
  assert.ok(picture.length > 1_000);
  const wrong = digestFor({ challenge, method: 'GET', target, password: 'nearly' });
  assert.equal((await fetch(url, { headers: { authorization: wrong } })).status, 401);
});

test('what is no SOAP and what is too much of it does no harm', async () => {
  const url = `http://127.0.0.1:${camera.onvifPort}/onvif/device_service`;
  for (const body of ['', 'hello', '<a>'.repeat(5_000), '<e:Envelope/>', '<Envelope><Body>text</Body></Envelope>']) {
    assert.equal((await fetch(url, { method: 'POST', body })).status, 400, body.slice(0, 20));
  }
  await assert.rejects(fetch(url, { method: 'POST', body: 'x'.repeat(200_000) }));
  assert.equal((await fetch(`${url}/elsewhere`, { method: 'POST', body: '' })).status, 404);
  assert.equal((await call(camera, 'GetSystemDateAndTime')).status, 200);
});
