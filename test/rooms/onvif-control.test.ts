import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { z } from 'zod';
import type { AlarmReport } from '../../src/channel/alarm.ts';
import { posixZone } from '../../src/onvif/clock-setting.ts';
import { AlarmSource } from '../../src/onvif/events/alarm-source.ts';
import { EventHubs } from '../../src/onvif/events/event-hub.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import type { CameraEvent } from '../../src/simulator/camera/event-desk.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { LeanCamera } from '../peers/lean-camera.ts';
import { fact, failureOf, visitor } from '../peers/onvif-visit.ts';
import { enveloped, RawSoapServer, type SoapQuestion, type SoapReply } from '../peers/raw-soap-server.ts';
import { readableLog } from '../peers/readable-log.ts';
import { rightBut } from '../peers/soap-replies.ts';

const { signal } = new AbortController();
const nothing = z.unknown().transform(() => undefined);

/** A stay with a camera, once it has been seen. */
async function staying(t: TestContext, port: number, wishes: Parameters<typeof visitor>[2] = {}) {
  const visit = visitor(t, port, wishes);
  const watching = visit.watch();
  watching.catch(() => undefined);
  await fact(() => visit.sights.length > 0);
  return { ...visit, watching };
}

const lean = (t: TestContext, ...habits: Parameters<typeof LeanCamera.start>[2] & object) =>
  LeanCamera.start(t, systemClock, habits);
const portOf = (camera: LeanCamera) => Number(camera.at('/').port);

for (const habit of ['ptz-media2-only', 'ptz-capabilities-only'] as const) {
  test(`a camera is moved that has the habit ${habit}`, async (t) => {
    const head = await lean(t, habit);
    const { camera, end, watching } = await staying(t, portOf(head));
    camera.ptz({ type: 'move', op: 'left', speed: 100 });
    await fact(() => head.ptz.velocity.pan === -1);
    end.abort();
    await watching;
    assert.equal(head.ptz.isMoving, false);
    assert.match(head.heard.at(-1)?.body ?? '', /:Stop>/);
  });
}

test('an answer that does not come holds up no move', async (t) => {
  const moved = enveloped('<x:ContinuousMoveResponse xmlns:x="http://www.onvif.org/ver20/ptz/wsdl"/>');
  const server = await RawSoapServer.listen(
    t,
    rightBut({ GetNetworkInterfaces: () => 'silence', ContinuousMove: () => ({ body: moved }) }),
  );
  const { camera, end } = await staying(t, server.port);
  const asking = camera.networkInterfaces(end.signal);
  asking.catch(() => undefined);
  await fact(() => server.count('GetNetworkInterfaces') === 1);
  camera.ptz({ type: 'move', op: 'up', speed: 50 });
  await fact(() => server.count('ContinuousMove') === 1);
  assert.equal(server.count('GetNetworkInterfaces'), 1);
});

test('a request that is sent again because its socket had been closed carries a login of its own', async (t) => {
  const replies: SoapReply[] = ['reset', { body: enveloped('<tds:GetNetworkInterfacesResponse/>') }];
  const server = await RawSoapServer.listen(t, rightBut({ GetNetworkInterfaces: () => replies.shift() ?? 'silence' }));
  const { camera } = await staying(t, server.port);
  assert.deepEqual(await camera.networkInterfaces(signal), []);
  const nonces = server.asked
    .filter(({ operation }) => operation === 'GetNetworkInterfaces')
    .map(({ text }) => /Nonce[^>]*>([^<]+)</.exec(text)?.[1]);
  assert.equal(nonces.length, 2);
  assert.equal(new Set(nonces).size, 2);
});

test('a clock that is set while several questions are under way costs nobody the login', async (t) => {
  const camera = await lean(t);
  const session = camera.session(t);
  await session.greet(signal);
  const ask = (lane: 'orders' | 'events' | 'ptz') =>
    session.call({ service: 'device', name: 'GetScopes', reply: nothing }, { lane }, signal);
  await ask('orders');
  for (const skewMs of [3_600_000, -86_400_000, 0]) {
    camera.habits.clockSkewMs = skewMs;
    await Promise.all([ask('orders'), ask('events'), ask('ptz'), ask('ptz')]);
  }
});

test('an offline camera takes no orders', async (t) => {
  const { camera, text } = visitor(t, 9);
  assert.equal((await failureOf(camera.presetIds(signal))).kind, 'channel-offline');
  assert.equal((await failureOf(camera.snapshot(signal))).kind, 'channel-offline');
  camera.ptz({ type: 'stop' });
  camera.halt();
  assert.match(text(), /order forgotten/);
});

test('a clock is set with its zone, without it where the camera refuses that, and not at all when it is right', async (t) => {
  const odd = await lean(t, 'refuses-time-zone');
  odd.habits.timeZone = 'CST+5';
  odd.habits.clockSkewMs = 3_600_000;
  const { camera } = await staying(t, portOf(odd));
  await camera.setClock({ aheadMs: 600_000, toleranceMs: 2000 }, signal);
  assert.ok(Math.abs(odd.habits.clockSkewMs - 600_000) < 2000);
  assert.deepEqual(
    odd.bodies('SetSystemDateAndTime').map((body) => body.includes('TimeZone')),
    [true, false],
  );
  odd.habits.timeZone = posixZone(new Date());
  await camera.setClock({ aheadMs: 600_000, toleranceMs: 2000 }, signal);
  assert.equal(odd.count('SetSystemDateAndTime'), 2);
});

test('a camera that hangs up at once on the order to reboot has not taken it', async (t) => {
  const server = await RawSoapServer.listen(t, rightBut({ SystemReboot: () => 'reset' }));
  const { camera } = await staying(t, server.port);
  assert.equal((await failureOf(camera.reboot(signal))).kind, 'camera-unreachable');
});

const JPEG = Buffer.concat([Buffer.from([0xff, 0xd8]), Buffer.alloc(2000)]);
const CHALLENGE = { status: 401, headers: { 'WWW-Authenticate': 'Digest realm="r", nonce="n"' }, body: '' };

/** A camera whose pictures are at whatever path it tells at the time. */
async function pictured(t: TestContext, picture: (question: SoapQuestion) => SoapReply) {
  const place = { path: '/snap' };
  const told = (): SoapReply => ({
    body: enveloped(
      `<trt:GetSnapshotUriResponse><trt:MediaUri><tt:Uri>http://10.0.0.9:${server.port}${place.path}</tt:Uri></trt:MediaUri></trt:GetSnapshotUriResponse>`,
    ),
  });
  const soap = rightBut({ GetSnapshotUri: told });
  const server: RawSoapServer = await RawSoapServer.listen(t, (question) =>
    question.operation === '' ? picture(question) : soap(question),
  );
  const clock = new FakeClock();
  const { camera } = await staying(t, server.port, { clock });
  return { server, camera, clock, place, fetched: () => server.asked.filter(({ operation }) => operation === '') };
}

test('a snapshot is fetched with the login that is asked for, once for all who ask at one time', async (t) => {
  const { camera, fetched } = await pictured(t, ({ headers }) => (headers.authorization ? { body: JPEG } : CHALLENGE));
  const all = await Promise.all(Array.from({ length: 5 }, () => camera.snapshot(signal)));
  assert.ok(all.every((each) => each.equals(JPEG)));
  assert.deepEqual(
    fetched().map(({ path, headers }) => `${path} ${headers.authorization?.split(' ')[0]}`),
    ['/snap undefined', '/snap Digest'],
  );
});

test('a web page is no snapshot, and a wrong password is tried once', async (t) => {
  const page = await pictured(t, () => ({ body: '<html>'.padEnd(3000) }));
  assert.equal((await failureOf(page.camera.snapshot(signal))).kind, 'camera-fault');
  const locked = await pictured(t, () => CHALLENGE);
  assert.equal((await failureOf(locked.camera.snapshot(signal))).kind, 'camera-unauthorized');
  assert.equal(locked.fetched().length, 2);
});

test('a snapshot address that has changed is asked for again', async (t) => {
  const { camera, place, clock } = await pictured(t, ({ path }) =>
    path === place.path ? { body: JPEG } : { status: 404, body: '' },
  );
  await camera.snapshot(signal);
  place.path = '/other';
  await clock.advance(1100);
  assert.ok((await camera.snapshot(signal)).equals(JPEG));
});

/** A channel of a recorder, and the alarms told of it. */
async function channelOf(t: TestContext, recorder: LeanCamera, profile: string, hubs: EventHubs) {
  const world = { clock: systemClock, log: readableLog().log };
  const events = { alarms: new AlarmSource(world), hubs, ...world };
  const visit = visitor(t, portOf(recorder), { profile, events });
  const reports: AlarmReport[] = [];
  const watching = visit.camera.watch(
    {
      seen: (sight) => void visit.sights.push(sight),
      alarm: (report) => void reports.push(report),
      hearing: () => undefined,
    },
    visit.end.signal,
  );
  await fact(() => visit.sights.length > 0);
  const leave = async (): Promise<void> => {
    visit.end.abort();
    await watching;
  };
  t.after(leave);
  return { reports, leave, told: () => reports.map(({ alarm, state }) => `${alarm} ${state}`) };
}

const motionAt = (source: string, on: boolean): CameraEvent => ({
  topic: 'tns1:VideoSource/MotionAlarm',
  operation: 'Changed',
  source: [['Source', source]],
  data: [['State', String(on)]],
});

test('the channels of a recorder share one subscription, which outlives the one that made it', async (t) => {
  const recorder = await lean(t, 'two-sources');
  const hubs = new EventHubs();
  const { events } = recorder;
  const first = await channelOf(t, recorder, 'main', hubs);
  await fact(() => events.counts.waiting === 1);
  events.emit(motionAt('vs1', true));
  const second = await channelOf(t, recorder, 'sub', hubs);
  await fact(() => second.told().length === 1);
  assert.equal(second.reports[0]?.initial, true);
  assert.equal(events.counts.made, 1);
  await first.leave();
  await fact(() => events.counts.made === 2 && events.counts.waiting === 1);
  events.emit(motionAt('vs1', false));
  events.emit({ topic: 'tns1:VideoSource/MotionAlarm', operation: 'Changed', data: [['State', 'true']] });
  await fact(() => second.told().length === 2);
  assert.deepEqual(second.told(), ['motion start', 'motion end']);
  assert.deepEqual(first.told(), []);
  await second.leave();
  assert.equal(events.counts.open, 0);
});
