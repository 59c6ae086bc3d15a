import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROUTES } from '../../src/admin/routes.ts';
import { hashPassword } from '../../src/runtime/password.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { adminDesk, FROM_AFAR, houseWith, kindOf, NO_BROWSER, SET_UP_CODE } from '../peers/admin-desk.ts';
import { FakeClock } from '../peers/fake-clock.ts';

const PASSWORD = 'correct horse';
const TLS = join(import.meta.dirname, '..', 'fixtures', 'tls');
const signIn = { method: 'POST', headers: NO_BROWSER, body: { password: PASSWORD } };

test('without a password this box gets in and nobody else', async (t) => {
  const { ask } = await adminDesk(t);
  assert.equal((await ask('/api/status')).status, 200);
  const afar = await ask('/api/status', { headers: FROM_AFAR });
  assert.deepEqual([afar.status, kindOf(afar)], [401, 'signed-out']);
});

for (const header of ['forwarded', 'x-forwarded-for', 'x-forwarded-host', 'x-real-ip', 'via']) {
  test(`who comes through a proxy that sends ${header} is not this box`, async (t) => {
    const { ask } = await adminDesk(t);
    assert.equal((await ask('/api/status', { headers: { [header]: 'any' } })).status, 401);
  });
}

test('a password is asked of everybody, kept as a hash, and answered with a cookie that no script can read', async (t) => {
  const { ask } = await adminDesk(t, { keys: { password: new Secret(await hashPassword(PASSWORD)) } });
  assert.equal((await ask('/api/status')).status, 401);
  const wrong = await ask('/api/session', { ...signIn, body: { password: 'wrong' } });
  assert.deepEqual([wrong.status, kindOf(wrong)], [403, 'wrong-password']);
  const right = await ask('/api/session', signIn);
  const cookie = String(right.headers['set-cookie']);
  assert.match(cookie, /^ovd_session=[\w-]{43}; Path=\/; HttpOnly; SameSite=Strict; Max-Age=604800$/);
  const signed = { headers: { ...NO_BROWSER, cookie: cookie.split(';')[0] ?? '' } };
  assert.equal((await ask('/api/status', signed)).status, 200);
  assert.equal((await ask('/api/session', { ...signed, method: 'DELETE' })).status, 200);
  assert.equal((await ask('/api/status', signed)).status, 401);
});

test('another password ends every session', async (t) => {
  const keys = { password: new Secret(PASSWORD) };
  const { ask } = await adminDesk(t, { keys });
  const cookie = String((await ask('/api/session', signIn)).headers['set-cookie']).split(';')[0] ?? '';
  keys.password = new Secret('another one');
  assert.equal((await ask('/api/status', { headers: { cookie } })).status, 401);
});

test('whoever guesses has to wait, longer each time, and told how long; others do not', async (t) => {
  const clock = new FakeClock();
  const { ask } = await adminDesk(t, { keys: { password: new Secret(PASSWORD) }, clock });
  const guess = { ...signIn, body: { password: 'wrong' } };
  for (let tries = 0; tries < 3; tries++) assert.equal((await ask('/api/session', guess)).status, 403);
  const slowed = await ask('/api/session', guess);
  assert.deepEqual([slowed.status, kindOf(slowed), slowed.headers['retry-after']], [429, 'slow-down', '1']);
  assert.equal((await ask('/api/session', signIn)).status, 429, 'the right one has to wait too');
  await clock.advance(1_001);
  assert.equal((await ask('/api/session', guess)).status, 403);
  assert.equal((await ask('/api/session', guess)).headers['retry-after'], '2');
});

test('guesses made at once are no more than guesses one after the other', async (t) => {
  const password = new Secret(await hashPassword('the right one'));
  const { ask } = await adminDesk(t, { keys: { password } });
  const guess = { method: 'POST', headers: NO_BROWSER, body: { password: 'wrong' } };
  const answers = await Promise.all(Array.from({ length: 8 }, () => ask('/api/session', guess)));
  assert.deepEqual(answers.map(({ status }) => status).sort(), [403, 403, 403, 429, 429, 429, 429, 429]);
});

test('a token lets scripts in, and guessing tokens is slowed too', async (t) => {
  const { ask } = await adminDesk(t, { keys: { password: new Secret(PASSWORD), token: new Secret('for-scripts') } });
  const by = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
  assert.equal((await ask('/api/status', by('for-scripts'))).status, 200);
  assert.equal((await ask('/api/restart', { ...by('for-scripts'), method: 'POST' })).status, 200);
  for (let tries = 0; tries < 3; tries++) assert.equal((await ask('/api/status', by('guess'))).status, 401);
  assert.equal((await ask('/api/status', by('guess'))).status, 429);
});

const CROSS_SITE: ReadonlyArray<readonly [name: string, headers: Readonly<Record<string, string>>]> = [
  ['a foreign origin', { origin: 'http://evil.example' }],
  ['an origin that hides', { origin: 'null' }],
  ['the same host at another port', { origin: 'http://127.0.0.1:1' }],
  ['a foreign page, as the browser says', { 'sec-fetch-site': 'cross-site' }],
  ['a neighbouring page', { 'sec-fetch-site': 'same-site' }],
  ['nothing that tells where it comes from', {}],
];

for (const [name, headers] of CROSS_SITE) {
  test(`a change that comes with ${name} is refused`, async (t) => {
    const { ask } = await adminDesk(t);
    const answer = await ask('/api/restart', { method: 'POST', headers });
    assert.deepEqual([answer.status, kindOf(answer)], [403, 'cross-site']);
  });
}

test('our own page may change things, a foreign one may not even look', async (t) => {
  const { ask, port } = await adminDesk(t);
  const origin = `http://127.0.0.1:${port}`;
  assert.equal((await ask('/api/restart', { method: 'POST', headers: { origin } })).status, 200);
  assert.equal((await ask('/api/status', { headers: { 'sec-fetch-site': 'cross-site' } })).status, 403);
});

test('a body has to be JSON, of the right shape, and of a bounded size', async (t) => {
  const { ask } = await adminDesk(t);
  const send = (body: string, headers: Readonly<Record<string, string>> = {}) =>
    ask('/api/channels/0/ptz', { method: 'POST', headers: { ...NO_BROWSER, ...headers }, body });
  assert.equal((await send('op=up', { 'content-type': 'text/plain' })).status, 400);
  assert.equal((await send('{')).status, 400);
  const shape = await send('{"op":"sideways","value":1,"more":true}');
  assert.equal(shape.status, 400);
  assert.match(shape.text, /"faults":\[\{"path":"op"/);
  assert.equal((await send(`{"op":"${'x'.repeat(300_000)}"}`)).status, 413);
  assert.equal((await send(`{"op":"${'x'.repeat(300_000)}"}`, { 'transfer-encoding': 'chunked' })).status, 413);
  for (const headers of [{}, { 'transfer-encoding': 'chunked' }]) {
    assert.equal((await send('{"op":"up","value":50}', headers)).status, 200);
  }
});

test('a name that is not ours is refused, also with the right password', async (t) => {
  const { ask, port } = await adminDesk(t, { hosts: ['nvr.example'] });
  const as = (host: string) => ask('/api/session', { headers: { host } });
  for (const host of [
    'localhost',
    `localhost:${port}`,
    '192.168.1.9:8080',
    '[fe80::1]:80',
    'nvr.example',
    'NVR.example.:1',
  ]) {
    assert.equal((await as(host)).status, 200, host);
  }
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', 'a@localhost']) {
    const answer = await as(host);
    assert.ok([421, 400].includes(answer.status), `${host}: ${answer.status}`);
  }
});

test('every answer carries the headers that keep other pages out', async (t) => {
  const { ask } = await adminDesk(t);
  for (const path of ['/', '/api/status', '/api/nothing', '/nothing.js', '/healthz']) {
    const { headers } = await ask(path);
    const policy = String(headers['content-security-policy']);
    assert.match(policy, /default-src 'none'/, path);
    assert.doesNotMatch(policy, /unsafe/);
    assert.equal(headers['x-content-type-options'], 'nosniff', path);
    assert.equal(headers['x-frame-options'], 'DENY', path);
    assert.equal(headers['cross-origin-resource-policy'], 'same-origin', path);
    assert.equal(headers['access-control-allow-origin'], undefined, path);
  }
});

test('nothing that is the owner’s is given to a stranger', async (t) => {
  const { ask } = await adminDesk(t, { keys: { password: new Secret(PASSWORD) } });
  const own = ROUTES.filter(({ who }) => who === 'owner' || who === 'set-up-or-owner');
  assert.ok(own.length > 25);
  for (const { method, path } of own) {
    const asked = { method: method.toUpperCase(), headers: { ...NO_BROWSER, ...FROM_AFAR } };
    const answer = await ask(path.replaceAll(/\{\w+\}/g, '0'), { ...asked, ...(method !== 'get' && { body: {} }) });
    assert.equal(answer.status, 401, `${method} ${path}`);
  }
  assert.equal((await ask('/metrics', { headers: FROM_AFAR })).status, 401);
  assert.equal((await ask('/metrics')).status, 200, 'figures are for this box');
});

test('the first configuration is made by who knows the code, and by nobody once there is one', async (t) => {
  const keys = { setUp: true };
  const { ask } = await adminDesk(t, { keys });
  const setUp = {
    method: 'POST',
    body: { password: 'long enough', platform: { url: 'ws://a', login_code: 'A', login_password: 'b' } },
  };
  const headers = { ...NO_BROWSER, ...FROM_AFAR };
  assert.equal((await ask('/api/setup', { ...setUp, headers })).status, 401);
  assert.match((await ask('/api/session', { headers })).text, /"state":"set-up".*"needsCode":true/);
  const wrong = await ask('/api/session', { method: 'POST', headers, body: { code: 'AAAAAAAA' } });
  assert.equal(kindOf(wrong), 'wrong-code');
  const typed = `${SET_UP_CODE.slice(0, 4).toLowerCase()} ${SET_UP_CODE.slice(4)}`;
  const right = await ask('/api/session', { method: 'POST', headers, body: { code: typed } });
  const cookie = String(right.headers['set-cookie']).split(';')[0] ?? '';
  assert.equal(kindOf(await ask('/api/status', { headers: { ...headers, cookie } })), 'set-up-first');
  assert.equal((await ask('/api/setup', { ...setUp, headers: { ...headers, cookie } })).status, 200);
  keys.setUp = false;
  assert.equal(kindOf(await ask('/api/setup', { ...setUp, headers: { ...headers, cookie } })), 'set-up-over');
  assert.equal(
    (await ask('/api/status', { headers: { ...headers, cookie } })).status,
    401,
    'the code’s session is over',
  );
});

test('a bug shows nothing of itself, and is told in the log', async (t) => {
  const status = () => {
    throw new Error('secret place /etc/shadow');
  };
  const { ask, logText } = await adminDesk(t, { house: houseWith({ site: { status } }) });
  const answer = await ask('/api/status');
  assert.deepEqual([answer.status, kindOf(answer)], [500, 'failed']);
  assert.doesNotMatch(answer.text, /shadow|at /);
  assert.match(logText(), /a request of the local page failed/);
});

test('a client that is slow to say what it wants is cut off', async (t) => {
  const { port, ask } = await adminDesk(t, { limits: { headMs: 100, requestMs: 200 } });
  const slow = connect(port, '127.0.0.1').on('error', () => undefined);
  slow.resume().write('GET / HTTP/1.1\r\nHost: loc');
  await once(slow, 'close');
  assert.equal((await ask('/healthz')).status, 200);
});

test('whoever opens more connections than are bounded closes his own, and nobody else’s', async (t) => {
  const { port } = await adminDesk(t, { limits: { connections: 4 } });
  const open = (localAddress: string) =>
    connect({ port, host: '127.0.0.1', localAddress })
      .on('error', () => undefined)
      .resume();
  const owner = open('127.0.0.1');
  const greedy = Array.from({ length: 12 }, () => open('127.0.0.2'));
  t.after(() => {
    for (const socket of [owner, ...greedy]) socket.destroy();
  });
  await Promise.all(greedy.slice(0, 9).map((socket) => once(socket, 'close')));
  assert.deepEqual(
    [owner, ...greedy.slice(9)].map(({ closed }) => closed),
    [false, false, false, false],
  );
});

test('what is asked for in the wrong way is told the right one', async (t) => {
  const { ask } = await adminDesk(t);
  const answer = await ask('/api/status', { method: 'DELETE', headers: NO_BROWSER });
  assert.deepEqual([answer.status, kindOf(answer), answer.headers['allow']], [405, 'wrong-method', 'GET']);
});

test('guesses are told in the log once in a while, and who signs in each time', async (t) => {
  const clock = new FakeClock();
  const { ask, logText } = await adminDesk(t, { keys: { password: new Secret(PASSWORD) }, clock });
  const told = () => logText().match(/somebody guesses.*"guesses":\d+|"guesses":\d+.*somebody guesses/g)?.length ?? 0;
  for (let tries = 0; tries < 2; tries++) await ask('/api/session', { ...signIn, body: { password: 'wrong' } });
  assert.equal(told(), 0);
  for (let tries = 0; tries < 5; tries++) {
    await ask('/api/session', { ...signIn, body: { password: 'wrong' } });
    await clock.advance(20_000);
  }
  assert.equal(told(), 1);
  await clock.advance(600_000);
  await ask('/api/session', { ...signIn, body: { password: 'wrong' } });
  assert.equal(told(), 2);
  await clock.advance(60_000);
  await ask('/api/session', signIn);
  assert.match(logText(), /somebody has signed in/);
  assert.doesNotMatch(logText(), /correct horse/);
});

test('with a certificate it is https, and the cookie is for https alone', async (t) => {
  const tls = { certFile: join(TLS, 'localhost.crt'), keyFile: join(TLS, 'localhost.key') };
  const { ask } = await adminDesk(t, { tls, keys: { password: new Secret(PASSWORD) } });
  const { headers } = await ask('/api/session', signIn);
  assert.match(String(headers['set-cookie']), /; Secure$/);
  assert.equal(headers['cross-origin-opener-policy'], 'same-origin');
});
