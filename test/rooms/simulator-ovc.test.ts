import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type OvcOptions, OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { RawDevice } from '../peers/raw-device.ts';
import { readableLog } from '../peers/readable-log.ts';

const LOGIN = { login_code: 'OVD1', login_passwd: 'right', hardware_model: 'box', firmware_model: '1.0' };
const KEEPALIVE = { req: 'Keepalive', params: { state: 1, channels: [{ channel: 0, state: 1 }] } };

async function platform(t: TestContext, options: Partial<OvcOptions> = {}): Promise<OvcSimulator> {
  const { log } = readableLog();
  const ovc = await OvcSimulator.listen({ accounts: { OVD1: 'right' }, rtmp: false, log, ...options });
  t.after(() => ovc.close());
  return ovc;
}

async function loggedIn(t: TestContext, ovc: OvcSimulator): Promise<RawDevice> {
  const device = await RawDevice.logIn(ovc.url, LOGIN);
  t.after(() => device.close());
  return device;
}

const packets = (ovc: OvcSimulator) => ovc.devices.get('OVD1')?.packets ?? [];
const state = (ovc: OvcSimulator) => ovc.devices.get('OVD1')?.report;

test('a device with the right password is let in and shown with its models', async (t) => {
  const ovc = await platform(t);
  assert.equal(state(ovc)?.presence, 'offline');
  await loggedIn(t, ovc);
  await ovc.waitFor(() => state(ovc)?.connected);
  assert.deepEqual(state(ovc)?.models, { hardware: 'box', firmware: '1.0' });
});

test('a device with a wrong password, no account or no code is refused before it is in', async (t) => {
  const ovc = await platform(t);
  await assert.rejects(RawDevice.logIn(ovc.url, { ...LOGIN, login_passwd: 'wrong' }), /401/);
  await assert.rejects(RawDevice.logIn(ovc.url, { ...LOGIN, login_code: 'toString' }), /401/);
  await assert.rejects(RawDevice.logIn(ovc.url, {}), /400/);
  await assert.rejects(RawDevice.logIn(ovc.url.replace('/ovc', '/ivc'), LOGIN), /404/);
  assert.equal(state(ovc)?.logins, 0);
});

test('a platform for anybody lets anybody in, up to a number', async (t) => {
  const ovc = await platform(t, { accounts: 'any', limits: { devices: 1 } });
  await loggedIn(t, ovc);
  await assert.rejects(RawDevice.logIn(ovc.url, { login_code: 'OVD2' }), /503/);
});

test('what a device asks is answered in order, recorded and paired', async (t) => {
  const AlarmNotify = () => ({ resp: { pic_upload_url: 'http://127.0.0.1:1/p' } });
  const ovc = await platform(t, { answers: { AlarmNotify } });
  const device = await loggedIn(t, ovc);
  const alarm = { channel: 0, datetime: '2026-01-02T03:04:05', type: 3, state: 'start', desc: '' };
  device.send({ ...KEEPALIVE, seq: 1 });
  device.send({ req: 'AlarmNotify', params: alarm, seq: 2 });
  device.send({ req: 'Preview', seq: 3 });
  await device.hears(({ seq }) => seq === 3);
  assert.deepEqual(device.heard, [
    { seq: 1, resp: {} },
    { seq: 2, resp: { pic_upload_url: 'http://127.0.0.1:1/p' } },
    { seq: 3, err: { code: 101, msg: 'method not supported' } },
  ]);
  assert.deepEqual(state(ovc)?.channels, [{ channel: 0, state: 1 }]);
  const [request, answer] = packets(ovc).filter(({ direction }) => direction !== 'note');
  assert.equal(request?.packet?.kind, 'request');
  assert.equal(packets(ovc).find(({ answers }) => answers === request?.number)?.direction, 'down');
  assert.ok(answer);
});

test('the platform asks a device and gets its answer or its error, with the time it took', async (t) => {
  const ovc = await platform(t);
  const device = await loggedIn(t, ovc);
  await ovc.waitFor(() => state(ovc)?.connected);
  const time = ovc.request('OVD1', 'QueryTime');
  const presets = ovc.request('OVD1', 'GetPTZPresetList', { channel: 7 });
  await device.hears(({ seq }) => seq === 2);
  assert.deepEqual(device.heard, [
    { req: 'QueryTime', seq: 1 },
    { req: 'GetPTZPresetList', params: { channel: 7 }, seq: 2 },
  ]);
  device.send({ resp: { datetime: 'x' }, seq: 1 });
  device.send({ err: { code: 102, msg: 'no such channel' }, seq: 2 });
  const { ms, ...answer } = await time;
  assert.deepEqual(answer, { resp: { datetime: 'x' } });
  assert.ok(ms >= 0);
  assert.deepEqual({ ...(await presets), ms: 0 }, { err: { code: 102, msg: 'no such channel' }, ms: 0 });
});

const BREACHES: ReadonlyArray<readonly [string, object | string | Buffer, RegExp]> = [
  ['no JSON', '{"req":', /^malformed: not a JSON object$/],
  ['binary', Buffer.from('{}'), /^malformed: not text$/],
  ['an answer to nothing', { resp: {}, seq: 9 }, /^answers nothing$/],
];

for (const [name, packet, fault] of BREACHES) {
  test(`a device that sends ${name} is cut off, and the fault stands beside the packet`, async (t) => {
    const ovc = await platform(t);
    const device = await loggedIn(t, ovc);
    device.send(packet);
    assert.equal(await device.closed, 1002);
    assert.ok(packets(ovc).some(({ faults, direction }) => direction === 'up' && fault.test(faults[0] ?? '')));
  });
}

test('a device that sends more than 1 MiB at once is cut off, and the fault is noted', async (t) => {
  const ovc = await platform(t);
  const device = await loggedIn(t, ovc);
  device.send('x'.repeat(1024 * 1024 + 1));
  assert.equal(await device.closed, 1009);
  assert.equal(state(ovc)?.faults, 1);
});

test('a device that answers out of order is cut off, and whoever asked hears of it', async (t) => {
  const ovc = await platform(t);
  const device = await loggedIn(t, ovc);
  await ovc.waitFor(() => state(ovc)?.connected);
  const first = assert.rejects(ovc.request('OVD1', 'QueryTime'), { kind: 'link-lost' });
  ovc.say('OVD1', '{"req":"QueryTime","seq":40}');
  await device.hears(({ seq }) => seq === 40);
  device.send({ resp: {}, seq: 40 });
  await first;
  assert.ok(packets(ovc).some(({ faults }) => faults[0] === 'answers seq 40 where 1 is due'));
});

test('a jump in what a device counts is noted and answered', async (t) => {
  const ovc = await platform(t);
  const device = await loggedIn(t, ovc);
  device.send({ ...KEEPALIVE, seq: 7 });
  device.send({ ...KEEPALIVE, seq: 9 });
  await device.hears(({ seq }) => seq === 9);
  assert.deepEqual(
    packets(ovc).flatMap(({ faults }) => faults),
    ['seq 9 where 8 is due'],
  );
});

test('a device that answers later than 20 s is cut off', async (t) => {
  const clock = new FakeClock();
  const ovc = await platform(t, { clock });
  const device = await loggedIn(t, ovc);
  await ovc.waitFor(() => state(ovc)?.connected);
  const asked = assert.rejects(ovc.request('OVD1', 'QueryTime', {}, { timeoutMs: 60_000 }), { kind: 'link-lost' });
  await device.hears(({ seq }) => seq === 1);
  await clock.advance(20_000);
  assert.equal(await device.closed, 1002);
  await asked;
});

test('a device is offline after 30 s of silence, and a reconnect before that is no offline', async (t) => {
  const clock = new FakeClock();
  const ovc = await platform(t, { clock });
  const first = await loggedIn(t, ovc);
  first.send({ ...KEEPALIVE, seq: 1 });
  await ovc.waitFor(() => state(ovc)?.keepalives === 1);
  await first.close();
  await ovc.waitFor(() => state(ovc)?.connected === false);
  await clock.advance(29_000);
  assert.equal(state(ovc)?.presence, 'online');
  const second = await loggedIn(t, ovc);
  await ovc.waitFor(() => state(ovc)?.connected);
  await clock.advance(29_999);
  assert.deepEqual([state(ovc)?.presence, state(ovc)?.offlines], ['online', 0]);
  await clock.advance(1);
  assert.deepEqual([state(ovc)?.presence, state(ovc)?.offlines], ['offline', 1]);
  await second.closed;
});

test('a second login takes the place of the first', async (t) => {
  const ovc = await platform(t);
  const first = await loggedIn(t, ovc);
  const second = await loggedIn(t, ovc);
  await first.closed;
  second.send({ ...KEEPALIVE, seq: 1 });
  await second.hears(({ seq }) => seq === 1);
  assert.equal(state(ovc)?.connected, true);
});

test('told to refuse logins, the platform does so with a status or without a word', async (t) => {
  const ovc = await platform(t);
  ovc.faults.set({ refuseLogin: 'status' });
  await assert.rejects(RawDevice.logIn(ovc.url, LOGIN), /401/);
  ovc.faults.set({ refuseLogin: 'close' }, 'OVD1');
  const device = await loggedIn(t, ovc);
  await device.closed;
  assert.deepEqual(device.heard, []);
});

test('told so, the platform is silent, answers with a foreign seq, or breaks its JSON', async (t) => {
  const ovc = await platform(t);
  const device = await loggedIn(t, ovc);
  ovc.faults.set({ silent: true });
  device.send({ ...KEEPALIVE, seq: 1 });
  await ovc.waitFor(() => state(ovc)?.keepalives === 1);
  ovc.faults.set({ silent: false, wrongSeq: true });
  device.send({ ...KEEPALIVE, seq: 2 });
  await device.hears(({ seq }) => seq === 1002);
  ovc.faults.set({ wrongSeq: false, malformed: true });
  device.send({ ...KEEPALIVE, seq: 3 });
  await device.hears(({ text }) => text === '{"seq":3,"resp":{');
  assert.equal(device.heard.length, 2);
});

test('told to be slow, the platform answers later and still in order', async (t) => {
  const clock = new FakeClock();
  const ovc = await platform(t, { clock });
  const device = await loggedIn(t, ovc);
  ovc.faults.set({ answerDelayMs: 5000 });
  device.send({ ...KEEPALIVE, seq: 1 });
  device.send({ ...KEEPALIVE, seq: 2 });
  await ovc.waitFor(() => state(ovc)?.keepalives === 2);
  await clock.advance(4999);
  assert.deepEqual(device.heard, []);
  await clock.advance(1);
  await device.hears(({ seq }) => seq === 2);
  assert.deepEqual(
    device.heard.map(({ seq }) => seq),
    [1, 2],
  );
});

test('waiting for a fact that does not come ends with what was seen instead', async (t) => {
  const ovc = await platform(t);
  await loggedIn(t, ovc);
  await ovc.waitFor(() => state(ovc)?.connected);
  await assert.rejects(
    ovc.waitFor(() => false, { timeoutMs: 5 }),
    (err: { kind: string; fields: object }) =>
      err.kind === 'timed-out' && /logged in: box/.test(JSON.stringify(err.fields)),
  );
});

test('a closed platform leaves no connection and says so to whoever waits', async (t) => {
  const ovc = await platform(t);
  const device = await loggedIn(t, ovc);
  const waiting = assert.rejects(
    ovc.waitFor(() => false),
    { kind: 'ended-early' },
  );
  const stop = new AbortController();
  const running = ovc.run(stop.signal);
  stop.abort();
  await running;
  await waiting;
  await device.closed;
  await assert.rejects(RawDevice.logIn(ovc.url, LOGIN));
});
