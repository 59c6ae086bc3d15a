import assert from 'node:assert/strict';
import { request } from 'node:http';
import { type TestContext, test } from 'node:test';
import { METHODS, type Method, REQUESTS } from '../../src/ovc/protocol.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { type OvcOptions, OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { RawDevice } from '../peers/raw-device.ts';
import { readableLog } from '../peers/readable-log.ts';

const LOGIN = { login_code: 'OVD1', login_passwd: 'right' };
const DEVICE = 'api/devices/OVD1';

async function platform(t: TestContext, options: Partial<OvcOptions> = {}): Promise<OvcSimulator> {
  const { log } = readableLog();
  const ovc = await OvcSimulator.listen({ accounts: { OVD1: 'right' }, rtmp: false, log, ...options });
  t.after(() => ovc.close());
  return ovc;
}

async function loggedIn(t: TestContext, ovc: OvcSimulator): Promise<RawDevice> {
  const device = await RawDevice.logIn(ovc.url, LOGIN);
  t.after(() => device.close());
  await ovc.waitFor(() => ovc.devices.get('OVD1')?.report.connected);
  return device;
}

async function get(ovc: OvcSimulator, path: string): Promise<{ status: number; body: unknown }> {
  const reply = await fetch(ovc.pageUrl() + path);
  return { status: reply.status, body: await reply.json() };
}

async function send(ovc: OvcSimulator, method: 'POST' | 'PUT', path: string, body: object | string) {
  const reply = await fetch(ovc.pageUrl() + path, {
    method,
    headers: { 'Content-Type': 'application/json' },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  // The tests look at single fields of an answer whose shape is what they check.
  return { status: reply.status, body: (await reply.json()) as Readonly<Record<string, unknown>> };
}

test('the page allows nothing but its own files, and carries nothing of a device', async (t) => {
  const ovc = await platform(t);
  const page = await fetch(ovc.pageUrl('<script>'));
  const text = await page.text();
  assert.doesNotMatch(text, /<script>|style=|onclick/);
  const policy = page.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'/);
  assert.doesNotMatch(policy, /unsafe|http/);
  const files = [...text.matchAll(/(?:src|href)="(assets\/[^"]+)"/g)].map(([, file = '']) => file);
  assert.ok(files.length >= 3);
  for (const file of files) assert.equal((await fetch(ovc.pageUrl() + file)).status, 200, file);
  for (const file of ['assets/..%2Findex.html', 'assets/%2e%2e/index.html', 'assets/nothing.js']) {
    assert.equal((await fetch(ovc.pageUrl() + file)).status, 404, file);
  }
});

test('devices and their packets can be read, also only those after a number', async (t) => {
  const ovc = await platform(t);
  const device = await loggedIn(t, ovc);
  device.send({ req: 'GetServerInfo', seq: 1 });
  await device.hears(({ seq }) => seq === 1);
  const { body } = await get(ovc, 'api/devices');
  assert.ok(Array.isArray(body) && body[0].code === 'OVD1' && body[0].presence === 'online');
  const { body: later } = await get(ovc, `${DEVICE}/packets?after=1`);
  assert.ok(Array.isArray(later));
  assert.deepEqual(
    later.map(({ direction, kind, name, seq, answers }) => ({ direction, kind, name, seq, answers })),
    [
      { direction: 'up', kind: 'request', name: 'GetServerInfo', seq: 1, answers: undefined },
      { direction: 'down', kind: 'response', name: undefined, seq: 1, answers: 2 },
    ],
  );
});

test('a request, an event and any text can be sent to a device', async (t) => {
  const ovc = await platform(t);
  const device = await loggedIn(t, ovc);
  const asked = send(ovc, 'POST', `${DEVICE}/requests`, { req: 'RTMPStopPublish', params: { stream_id: 's' } });
  await device.hears(({ req }) => req === 'RTMPStopPublish');
  device.send({ resp: {}, seq: 1 });
  const { status, body } = await asked;
  assert.deepEqual([status, body['resp'], typeof body['ms']], [200, {}, 'number']);
  assert.equal((await send(ovc, 'POST', `${DEVICE}/events`, { event: 'RebootDevice' })).status, 200);
  assert.equal((await send(ovc, 'POST', `${DEVICE}/raw`, { text: '{"broken' })).body['kind'], 'malformed');
  await device.hears(({ text }) => text === '{"broken');
  assert.deepEqual(device.heard[1], { event: 'RebootDevice' });
});

test('bytes can be sent to a device as a binary message', async (t) => {
  const ovc = await platform(t);
  const device = await loggedIn(t, ovc);
  const { body } = await send(ovc, 'POST', `${DEVICE}/raw`, { base64: Buffer.from('{"seq":1}').toString('base64') });
  assert.deepEqual([body['kind'], body['text']], ['malformed', 'binary, 9 bytes: 7b22736571223a317d']);
  await device.hears(({ seq }) => seq === 1);
});

test('the contract can be read with a schema for each method, and each method has parameters to begin with', async (t) => {
  const ovc = await platform(t, { rtmp: {} });
  const { body } = await get(ovc, 'api/methods');
  const { down, up } = body as { down: Array<{ name: Method; kind: string; schema: object }>; up: object[] };
  assert.deepEqual(
    down.map(({ name, kind }) => [name, kind]),
    Object.entries(METHODS).map(([name, { kind }]) => [name, kind]),
  );
  assert.equal(up.length, Object.keys(REQUESTS).length);
  for (const { name } of down) {
    const { body: params } = await send(ovc, 'POST', `${DEVICE}/samples`, { req: name, channel: 3 });
    assert.ok(METHODS[name].params.safeParse(params).success, name);
    assert.ok(params['channel'] === undefined || params['channel'] === 3);
  }
});

test('the switches can be read with a schema each, as the API spells them', async (t) => {
  const ovc = await platform(t);
  const { body } = await get(ovc, 'api/faults/schema');
  for (const [group, path] of [
    ['link', 'api/faults'],
    ['streams', 'api/streams/faults'],
    ['recordings', 'api/recordings/faults'],
    ['pictures', 'api/pictures/faults'],
  ] as const) {
    const { properties } = (body as Readonly<Record<string, { properties: object }>>)[group] ?? { properties: {} };
    const { body: now } = await get(ovc, path);
    assert.deepEqual(Object.keys(properties), Object.keys(now as object));
  }
});

test('everything that changes on the platform is told to who watches all of it', async (t) => {
  const ovc = await platform(t);
  const events = await fetch(`${ovc.pageUrl()}api/events`);
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  t.after(() => reader?.cancel().catch(() => undefined));
  let text = '';
  const sees = async (words: RegExp): Promise<void> => {
    while (!words.test(text)) text += (await reader?.read())?.value ?? assert.fail(`events ended without ${words}`);
  };
  await sees(/^event: devices\n[\s\S]*event: streams\n[\s\S]*event: recordings\n[\s\S]*event: alarms\n/);
  const device = await loggedIn(t, ovc);
  await sees(/"connected":true/);
  const alarm = { channel: 0, datetime: '2026-01-02T03:04:05', type: 3, state: 'start', desc: 'a cat' };
  device.send({ req: 'AlarmNotify', params: alarm, seq: 1 });
  await sees(/"desc":"a cat"/);
});

test('a request that gets no answer says so in time', async (t) => {
  const ovc = await platform(t);
  await loggedIn(t, ovc);
  const order = { req: 'QueryTime', timeout_ms: 5 };
  assert.equal((await send(ovc, 'POST', `${DEVICE}/requests`, order)).status, 504);
});

const REFUSED: ReadonlyArray<readonly [string, number, 'POST' | 'PUT', string, object | string]> = [
  ['a device that is not connected', 409, 'POST', `${DEVICE}/requests`, { req: 'QueryTime' }],
  ['a device nobody knows', 404, 'POST', 'api/devices/OVD9/requests', { req: 'QueryTime' }],
  ['a field nobody knows', 400, 'POST', `${DEVICE}/requests`, { req: 'QueryTime', seq: 4 }],
  ['a body that is no JSON', 400, 'PUT', 'api/faults', '{'],
  ['a switch with a wrong value', 400, 'PUT', 'api/faults', { silent: 'yes' }],
  ['a body of more than 1 MiB', 413, 'POST', `${DEVICE}/raw`, { text: 'x'.repeat(1024 * 1024) }],
  ['an address nobody knows', 404, 'POST', 'api/nothing', {}],
];

for (const [name, expected, method, path, order] of REFUSED) {
  test(`the API refuses ${name} with ${expected}`, async (t) => {
    const { status, body } = await send(await platform(t), method, path, order);
    assert.equal(status, expected);
    assert.equal(typeof body['error'], 'string');
  });
}

test('the API takes no forms, and no calls by a foreign name', async (t) => {
  const ovc = await platform(t);
  const form = await fetch(`${ovc.pageUrl()}api/faults`, { method: 'PUT', body: 'silent=true' });
  assert.equal(form.status, 415);
  const status = await new Promise((resolve) => {
    const call = request(`${ovc.pageUrl()}api/devices`, { headers: { Host: 'evil.example' } }, (reply) => {
      reply.resume();
      resolve(reply.statusCode);
    });
    call.end();
  });
  assert.equal(status, 403);
});

test('the switches can be read and set, for one device and for all, and a link be cut', async (t) => {
  const ovc = await platform(t);
  const device = await loggedIn(t, ovc);
  await send(ovc, 'PUT', 'api/faults', { answer_delay_ms: 7 });
  const { body } = await send(ovc, 'PUT', `${DEVICE}/faults`, { wrong_seq: true, cut: true });
  assert.deepEqual([body['answer_delay_ms'], body['wrong_seq']], [7, true]);
  assert.equal(await device.closed, 1006);
  assert.equal(ovc.faults.link().wrongSeq, false);
  await send(ovc, 'PUT', 'api/streams/faults', { refuse_publish: true });
  assert.equal(ovc.faults.rtmp.refusePublish, true);
});

test('a watcher sees packets and changes of the device while they happen', async (t) => {
  const ovc = await platform(t);
  const events = await fetch(`${ovc.pageUrl()}${DEVICE}/events`);
  assert.equal(events.headers.get('content-type'), 'text/event-stream');
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  t.after(() => reader?.cancel().catch(() => undefined));
  let text = '';
  const sees = async (words: string): Promise<void> => {
    while (!text.includes(words)) text += (await reader?.read())?.value ?? assert.fail(`events ended without ${words}`);
  };
  await sees('"presence":"offline"');
  const device = await loggedIn(t, ovc);
  await sees('"presence":"online"');
  device.send({ req: 'Bind', params: { bind_id: '</script>' }, seq: 1 });
  await sees('"name":"Bind"');
  await sees('"answers":2');
  await ovc.close();
  // The end is what counts; whether it is a clean one is left to the moment.
  await reader?.closed.catch(() => undefined);
});

test('a platform open to others needs a token, and then every API call does', async (t) => {
  await assert.rejects(platform(t, { host: '0.0.0.0' }), { kind: 'config-invalid' });
  const ovc = await platform(t, { token: new Secret('s3cret') });
  const api = new URL('api/devices', ovc.pageUrl());
  assert.equal((await fetch(api)).status, 403);
  assert.equal((await fetch(api, { headers: { Authorization: 'Bearer s3cret' } })).status, 200);
  assert.equal((await fetch(`${api}?token=s3cret`)).status, 200);
  assert.equal((await fetch(`${api}?token=wrong!`)).status, 403);
});
