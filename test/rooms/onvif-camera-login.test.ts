import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { parseXml } from '../../src/onvif/xml.ts';
import { GatewayError } from '../../src/runtime/errors.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { ADMIN, failureOf, visitor } from '../peers/onvif-visit.ts';
import { enveloped, fault, RawSoapServer, type SoapQuestion, type SoapReply } from '../peers/raw-soap-server.ts';
import { dateReply, rightBut, rightReply } from '../peers/soap-replies.ts';

const YEAR_MS = 365 * 86_400_000;
const NOT_AUTHORIZED: SoapReply = { status: 400, body: fault('ter:NotAuthorized', 'Sender not Authorized') };

/** The parts of the UsernameToken, read by the very characters of the message. */
function tokenOf({
  text,
}: SoapQuestion): Readonly<Record<'Username' | 'Password' | 'Nonce' | 'Created', string>> | undefined {
  const part = (name: string): string => new RegExp(`${name}[^>]*>([^<]*)<`).exec(text)?.[1] ?? '';
  if (!text.includes('UsernameToken')) return undefined;
  return { Username: part('Username'), Password: part('Password'), Nonce: part('Nonce'), Created: part('Created') };
}

/** A camera whose clock is `skewMs` ahead of ours and that minds the age of a token. It counts what it refuses. */
class StrictCamera {
  skewMs = 0;
  refused = 0;
  shown = 0;
  answer = (question: SoapQuestion): SoapReply => {
    const now = new Date(Date.now() + this.skewMs);
    if (question.operation === 'GetSystemDateAndTime') {
      return { body: dateReply(new Date(now.getTime() + this.shown)), headers: { Date: now.toUTCString() } };
    }
    const token = tokenOf(question);
    const sha = createHash('sha1')
      .update(Buffer.from(token?.Nonce ?? '', 'base64'))
      .update(token?.Created ?? '');
    const right = sha.update(ADMIN.password.reveal(), 'utf8').digest('base64') === token?.Password;
    if (right && Math.abs(Date.parse(token?.Created ?? '') - now.getTime()) < 20_000) return rightReply(question);
    if (token) this.refused++;
    return NOT_AUTHORIZED;
  };
}

for (const [name, skewMs] of [
  ['a year ahead', YEAR_MS],
  ['a year behind', -YEAR_MS],
  ['at 1970', -Date.now() + 300_000],
] as const) {
  test(`logs in at the first try to a camera whose clock is ${name}`, async (t) => {
    const camera = new StrictCamera();
    camera.skewMs = skewMs;
    const server = await RawSoapServer.listen(t, camera.answer);
    const { clockOffsetMs } = await visitor(t, server.port).info();
    assert.ok(Math.abs((clockOffsetMs ?? 0) - skewMs) < 5000);
    assert.equal(camera.refused, 0);
  });
}

test('mends the clock when the camera’s was set in the middle of a login', async (t) => {
  const camera = new StrictCamera();
  const server = await RawSoapServer.listen(t, (question) => {
    if (question.operation === 'GetProfiles' && camera.skewMs === 0) camera.skewMs = YEAR_MS;
    return camera.answer(question);
  });
  const { streams } = await visitor(t, server.port).info();
  assert.equal(streams.length, 2);
  assert.equal(camera.refused, 1);
});

test('logs in to a camera that shows another clock than the one it uses', async (t) => {
  const camera = new StrictCamera();
  camera.shown = 8 * 3_600_000;
  const server = await RawSoapServer.listen(t, camera.answer);
  await visitor(t, server.port).info();
  assert.equal(camera.refused, 1);
});

for (const [name, skewMs, most] of [
  ['a right clock', 0, 1],
  ['a clock a year off', YEAR_MS, 2],
] as const) {
  test(`gives up a wrong password on a camera with ${name} after ${most}`, async (t) => {
    const camera = new StrictCamera();
    camera.skewMs = skewMs;
    const server = await RawSoapServer.listen(t, camera.answer);
    const wrong = { username: 'admin', password: new Secret('wr0ng!!') };
    const err = await failureOf(visitor(t, server.port, { credentials: wrong }).watch());
    assert.equal(err.kind, 'camera-unauthorized');
    assert.equal(err.sentence, 'camera refuses the login: wrong user name or password');
    assert.ok(camera.refused <= most, `${camera.refused} refused`);
  });
}

for (const [name, challenges] of [
  ['Digest', ['Digest realm="c", nonce="n", qop="auth"']],
  ['Basic', ['Basic realm="c"']],
] as const) {
  test(`gives up a wrong password after two tries where ${name} is asked for`, async (t) => {
    const server = await RawSoapServer.listen(t, ({ operation }) => {
      if (operation === 'GetSystemDateAndTime') return { body: dateReply(new Date()) };
      return { status: 401, headers: { 'WWW-Authenticate': [...challenges] }, body: '' };
    });
    const err = await failureOf(visitor(t, server.port).info());
    assert.equal(err.kind, 'camera-unauthorized');
    const [first, second, ...more] = server.asked.filter(({ operation }) => operation !== 'GetSystemDateAndTime');
    assert.ok(first && second && more.length === 0);
    assert.ok(tokenOf(first) && !first.headers.authorization, 'the token first');
    assert.ok(!tokenOf(second) && second.headers.authorization?.startsWith(name), 'then HTTP, not both');
  });
}

test('sends the token along as well to a camera that wants both', async (t) => {
  const server = await RawSoapServer.listen(t, (question) => {
    if (!question.headers.authorization) {
      return { status: 401, headers: { 'WWW-Authenticate': 'Digest realm="c", nonce="n"' }, body: '' };
    }
    return tokenOf(question) ? rightReply(question) : NOT_AUTHORIZED;
  });
  assert.equal((await visitor(t, server.port).info()).streams.length, 2);
});

test('asks once a camera that wants a login when there is none', async (t) => {
  const camera = new StrictCamera();
  const server = await RawSoapServer.listen(t, camera.answer);
  const err = await failureOf(visitor(t, server.port, { credentials: undefined }).info());
  assert.equal(err.sentence, 'camera refuses the login: it wants a user name and a password');
  assert.equal(server.count('GetDeviceInformation'), 1);
});

test('says that the account is locked when the camera says so', async (t) => {
  const locked = { status: 400, body: fault('ter:NotAuthorized', 'Device is locked') };
  const server = await RawSoapServer.listen(t, rightBut({ GetDeviceInformation: () => locked }));
  const err = await failureOf(visitor(t, server.port).info());
  assert.equal(err.sentence, 'camera refuses the login: the account is locked');
});

test('sends any user name whole and nothing beside it', async (t) => {
  const credentials = { username: `</wsse:Username><x/>&<'"ü中`, password: new Secret(`"]]>&amp;'ñ中`) };
  const server = await RawSoapServer.listen(t, rightReply);
  await visitor(t, server.port, { credentials }).info();
  const asked = server.asked.find(({ operation }) => operation === 'GetDeviceInformation');
  const text = asked?.text ?? '';
  const { Envelope } = parseXml(text) as {
    Envelope: { Header: { Security: { UsernameToken: Record<string, string> } } };
  };
  assert.equal(Envelope.Header.Security.UsernameToken['Username'], credentials.username);
  assert.deepEqual(Object.keys(Envelope.Header.Security.UsernameToken), ['Username', 'Password', 'Nonce', 'Created']);
  const token = asked && tokenOf(asked);
  const sha = createHash('sha1')
    .update(Buffer.from(token?.Nonce ?? '', 'base64'))
    .update(token?.Created ?? '');
  assert.equal(token?.Password, sha.update(credentials.password.reveal(), 'utf8').digest('base64'));
});

test('lets no secret into a log line or an error, though the camera says it aloud', async (t) => {
  const secret = ADMIN.password.reveal();
  const aloud = secret.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const server = await RawSoapServer.listen(t, (question) => {
    const said = { status: 500, body: fault('ter:InvalidArgVal', `no ${aloud} at rtsp://admin:${aloud}@h/`) };
    return rightBut({ GetServices: () => said, GetCapabilities: () => said })(question);
  });
  const visit = visitor(t, server.port);
  const err = await failureOf(visit.info());
  assert.ok(err instanceof GatewayError && err.kind === 'camera-fault');
  for (const text of [JSON.stringify(err.fields), err.sentence, visit.text()]) {
    assert.ok(!text.includes(secret) && !text.includes(JSON.stringify(secret).slice(1, -1)), text);
  }
  assert.match(err.sentence, /no \*\*\* at/);
});

test('takes user info out of stream addresses and keeps the credentials beside them', async (t) => {
  const server = await RawSoapServer.listen(t, rightReply);
  const { streams, device } = await visitor(t, server.port).info();
  assert.deepEqual(
    streams.map(({ url }) => url.href),
    ['rtsp://127.0.0.1:554/live?p=001&x=1', 'rtsp://127.0.0.1:554/live?p=002&x=1'],
  );
  assert.equal(JSON.stringify(streams).includes('leak'), false);
  assert.deepEqual(
    streams.map(({ credentials }) => credentials),
    [ADMIN, ADMIN],
  );
  assert.equal(device?.serial, '00012345678901234567890');
  assert.equal(device?.manufacturer, 'Acme & Söhne');
});

test('joins what GetServices and GetCapabilities tell', async (t) => {
  const server = await RawSoapServer.listen(t, rightReply);
  assert.deepEqual((await visitor(t, server.port).info()).services, ['device', 'media', 'ptz', 'events']);
});

test('tries the other paths where the usual one is no device service', async (t) => {
  const server = await RawSoapServer.listen(t, (question) => {
    return question.path === '/onvif/services' || question.path === '/onvif/media'
      ? rightReply(question)
      : { status: 404, body: '<html>no</html>' };
  });
  assert.ok((await visitor(t, server.port).info()).streams.length > 0);
  assert.ok(server.asked.some(({ path, operation }) => path === '/onvif/services' && operation !== ''));
});

test('logs in to a camera that does not tell the time', async (t) => {
  const server = await RawSoapServer.listen(
    t,
    rightBut({ GetSystemDateAndTime: () => ({ body: enveloped('<tds:GetSystemDateAndTimeResponse/>') }) }),
  );
  assert.equal((await visitor(t, server.port).info()).clockOffsetMs, undefined);
});
