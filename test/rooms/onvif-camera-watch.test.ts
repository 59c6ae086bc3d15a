import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { GatewayError } from '../../src/runtime/errors.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { counting, fact, failureOf, H264, visitor } from '../peers/onvif-visit.ts';
import { fault, RawSoapServer, type SoapQuestion, type SoapReply } from '../peers/raw-soap-server.ts';
import { dateReply, rightBut } from '../peers/soap-replies.ts';

type Bent = Parameters<typeof rightBut>[0];

/** A camera that has been seen once and is being watched, on a clock of the test's. */
async function watched(t: TestContext, bent: Bent = {}) {
  const { clock, sleeps } = counting(new FakeClock());
  const time = { skewMs: 0 };
  const tell = (): SoapReply => ({ body: dateReply(new Date(clock.wall().getTime() + time.skewMs)) });
  const right = (question: SoapQuestion): SoapReply => rightBut({ GetSystemDateAndTime: tell, ...bent })(question);
  const server = await RawSoapServer.listen(t, right);
  const visit = visitor(t, server.port, { clock });
  const watching = visit.watch();
  watching.catch(() => undefined);
  await fact(() => visit.sights.length === 1 && clock.sleeping === 1);
  /** Moves the time, and waits until what then begins (a look, or the pause after it) has begun. */
  const pass = async (ms: number, begins: number): Promise<void> => {
    const before = sleeps();
    await clock.advance(ms);
    await fact(() => sleeps() >= before + begins);
  };
  return { ...visit, server, right, clock, time, watching, pass };
}

/** One look and the pause after it. */
const LOOK_AND_PAUSE = 2;

test('looks every five seconds without a login', async (t) => {
  const { server, pass } = await watched(t);
  server.asked.length = 0;
  for (let look = 0; look < 3; look++) await pass(5000, LOOK_AND_PAUSE);
  assert.deepEqual(new Set(server.asked.map(({ operation }) => operation)), new Set(['GetSystemDateAndTime']));
  assert.equal(server.asked.length, 3);
  assert.ok(server.asked.every(({ text, headers }) => !text.includes('Username') && !headers.authorization));
});

test('knows a silent camera to be gone within fifteen seconds', async (t) => {
  const { server, clock, pass, watching } = await watched(t);
  await pass(5000, LOOK_AND_PAUSE);
  server.answer = () => 'silence';
  const since = clock.now();
  const asked = server.asked.length;
  await pass(5000, 1);
  await fact(() => server.asked.length === asked + 1);
  await pass(4000, 1);
  await pass(1000, 1);
  await fact(() => server.asked.length === asked + 2);
  await clock.advance(4000);
  const err = await failureOf(watching);
  assert.equal(err.kind, 'camera-unreachable');
  assert.equal(err.sentence, 'camera cannot be reached: no answer');
  assert.ok(clock.now() - since <= 15_000, `${clock.now() - since} ms`);
});

test('knows a camera that refuses connections to be gone within eleven seconds', async (t) => {
  const { server, clock, pass, watching } = await watched(t);
  const since = clock.now();
  await server.off();
  await pass(5000, LOOK_AND_PAUSE);
  await clock.advance(5000);
  const err = await failureOf(watching);
  assert.equal(err.sentence, 'camera cannot be reached: connection refused');
  assert.ok(clock.now() - since <= 11_000, `${clock.now() - since} ms`);
});

test('forgives a single look in vain', async (t) => {
  const { server, right, pass, end, watching } = await watched(t);
  for (let time = 0; time < 3; time++) {
    server.answer = () => 'reset';
    await pass(5000, LOOK_AND_PAUSE);
    server.answer = right;
    await pass(5000, LOOK_AND_PAUSE);
  }
  end.abort();
  await watching;
});

test('takes a web page where the service was for an absence', async (t) => {
  const { server, clock, pass, watching } = await watched(t);
  server.answer = () => ({ body: '<html>starting</html>' });
  await pass(5000, LOOK_AND_PAUSE);
  await clock.advance(5000);
  const err = await failureOf(watching);
  assert.equal(err.kind, 'camera-unreachable');
  assert.match(err.sentence, /^camera no longer answers properly: no ONVIF service/);
});

for (const [name, reply] of [
  ['a fault', { status: 500, body: fault('ter:Action', 'Busy') }],
  ['a refusal', { status: 401, body: '' }],
] as const) {
  test(`takes ${name} for a sign of life`, async (t) => {
    const { server, pass, end, watching } = await watched(t);
    server.answer = () => reply;
    for (let look = 0; look < 4; look++) await pass(5000, LOOK_AND_PAUSE);
    end.abort();
    await watching;
  });
}

test('reports again, once, when the camera’s clock was set', async (t) => {
  const { time, sights, pass } = await watched(t);
  time.skewMs = 3_600_000;
  await pass(5000, LOOK_AND_PAUSE);
  await fact(() => sights.length === 2);
  await pass(5000, LOOK_AND_PAUSE);
  assert.equal(sights.length, 2);
  assert.equal(sights[1]?.clockOffsetMs, 3_600_000);
});

test('reads the profiles again every ten minutes and reports only what is new', async (t) => {
  const { server, right, sights, pass } = await watched(t);
  const tenMinutes = async (): Promise<void> => {
    const read = server.count('GetProfiles');
    while (server.count('GetProfiles') === read) await pass(5000, 1);
  };
  await tenMinutes();
  await pass(5000, 1);
  assert.equal(sights.length, 1);
  server.answer = (question) => {
    const reply = right(question);
    if (question.operation !== 'GetProfiles' || typeof reply === 'string' || !('body' in reply)) return reply;
    return { body: String(reply.body).replace('1920', '2560') };
  };
  await tenMinutes();
  await fact(() => sights.length === 2);
  assert.deepEqual(
    sights.map(({ streams }) => streams[0]?.width),
    [1920, 2560],
  );
});

test('stays with what it knows when the camera is too busy to be read again', async (t) => {
  const { server, right, time, sights, pass, end, watching } = await watched(t);
  server.answer = (question) =>
    question.operation === 'GetProfiles' ? { status: 500, body: fault('ter:Action', 'Busy') } : right(question);
  time.skewMs = 60_000;
  await pass(5000, LOOK_AND_PAUSE);
  await fact(() => sights.length === 2);
  assert.equal(sights[1]?.streams.length, 2);
  end.abort();
  await watching;
});

test('ends its stay at once when asked to, in the middle of a question as well', async (t) => {
  const { server, end, watching } = await watched(t);
  server.answer = () => 'silence';
  end.abort();
  await watching;
  const visit = visitor(t, server.port);
  const asked = server.asked.length;
  const second = visit.watch();
  await fact(() => server.asked.length > asked);
  visit.end.abort();
  await second;
});

test('comes back in a new stay when the camera does', async (t) => {
  const server = await RawSoapServer.listen(t, rightBut({}));
  await server.off();
  const visit = visitor(t, server.port);
  assert.equal((await failureOf(visit.watch())).sentence, 'camera cannot be reached: connection refused');
  await server.on();
  const second = visit.watch();
  await fact(() => visit.sights.length === 1);
  visit.end.abort();
  await second;
});

test('trusts the stream’s word over the profile’s, and the profile’s where the stream says none', async (t) => {
  const server = await RawSoapServer.listen(t, rightBut({}));
  let asked = 0;
  const describe = async (url: URL) => {
    asked++;
    if (url.search.includes('002')) throw new GatewayError('camera-fault', 'camera has no such stream');
    return { ...H264, video: 'H265' as const };
  };
  const { streams } = await visitor(t, server.port, { describe }).info();
  assert.deepEqual(
    streams.map(({ profile, video, audio }) => [profile, video, audio]),
    [
      ['001', 'H265', 'AAC'],
      ['002', 'H264', 'G711'],
    ],
  );
  assert.equal(asked, 2);
});
