import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { CameraSight, Credentials } from '../../src/channel/ports.ts';
import { RtspCamera } from '../../src/media/rtsp/rtsp-camera.ts';
import { type Clock, systemClock } from '../../src/runtime/clock.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { ADMIN, counting, fact, failureOf } from '../peers/onvif-visit.ts';
import { RawRtspServer, type RtspAnswer, type RtspQuestion, rtsp, SDP } from '../peers/raw-rtsp-server.ts';
import { readableLog } from '../peers/readable-log.ts';

const DIGEST = 'WWW-Authenticate: Digest realm="c", nonce="n"';

/** Wants a login for DESCRIBE and believes any. */
function believing({ method, cseq, authorization }: RtspQuestion): RtspAnswer {
  if (method === 'OPTIONS') return { bytes: rtsp(200, cseq, ['Public: DESCRIBE, SETUP']) };
  return { bytes: authorization ? rtsp(200, cseq, [], SDP) : rtsp(401, cseq, [DIGEST]) };
}

function visitor(t: TestContext, url: URL, clock: Clock = systemClock, credentials: Credentials | undefined = ADMIN) {
  const end = new AbortController();
  const sights: CameraSight[] = [];
  const camera = new RtspCamera({ log: readableLog().log, url, credentials, name: 'Old encoder', clock });
  t.after(() => end.abort());
  return {
    end,
    sights,
    watch: () =>
      camera.watch(
        { seen: (sight) => void sights.push(sight), alarm: () => undefined, hearing: () => undefined },
        end.signal,
      ),
  };
}

async function seen(t: TestContext, server: RawRtspServer): Promise<CameraSight | undefined> {
  const { sights, end, watch } = visitor(t, server.url);
  const watching = watch();
  await Promise.race([watching, fact(() => sights.length === 1)]);
  end.abort();
  await watching;
  return sights[0];
}

test('sees one stream by its description', async (t) => {
  const server = await RawRtspServer.listen(t, believing);
  const sight = await seen(t, server);
  const [stream] = sight?.streams ?? [];
  assert.deepEqual([stream?.profile, stream?.video, stream?.audio], ['rtsp', 'H264', 'G711']);
  assert.equal(stream?.credentials, ADMIN);
  assert.deepEqual([sight?.device, sight?.clockOffsetMs], [undefined, undefined]);
});

test('asks with the address as it is, on one connection, and with credentials only when asked for them', async (t) => {
  const server = await RawRtspServer.listen(t, believing);
  await seen(t, server);
  const described = server.asked.filter(({ method }) => method === 'DESCRIBE');
  assert.deepEqual(
    described.map(({ uri, connection, authorization }) => [uri, connection, authorization !== undefined]),
    [
      [server.url.href, 1, false],
      [server.url.href, 1, true],
    ],
  );
});

test('logs in anew on another connection where the first is ended with the challenge', async (t) => {
  const server = await RawRtspServer.listen(t, (question) => {
    const answer = believing(question);
    return answer === 'silence' ? answer : { ...answer, end: true };
  });
  assert.equal((await seen(t, server))?.streams.length, 1);
});

/** What a server may answer to DESCRIBE, and the words that a person reads for it. */
const ANSWERS: readonly (readonly [string, (question: RtspQuestion) => RtspAnswer, string, string])[] = [
  [
    'refuses every password',
    ({ cseq }) => ({ bytes: rtsp(401, cseq, [DIGEST]) }),
    'camera-unauthorized',
    'camera refuses the login: its stream refuses the user name or password',
  ],
  ['knows no such stream', ({ cseq }) => ({ bytes: rtsp(404, cseq) }), 'camera-fault', 'camera has no such stream'],
  [
    'has no connection left',
    ({ cseq }) => ({ bytes: rtsp(453, cseq) }),
    'camera-fault',
    'camera has no connection left for us',
  ],
  ['fails', ({ cseq }) => ({ bytes: rtsp(500, cseq) }), 'camera-fault', 'camera refuses the stream'],
  [
    'is a web server',
    () => ({ bytes: 'HTTP/1.1 400 Bad Request\r\n\r\n' }),
    'camera-fault',
    'address does not speak RTSP: it answers in another protocol',
  ],
  [
    'sends no video',
    ({ cseq }) => ({ bytes: rtsp(200, cseq, [], 'v=0\r\nm=audio 0 RTP/AVP 0\r\n') }),
    'no-usable-profile',
    'camera has no usable stream: no video codec that we know',
  ],
  [
    'promises a gigabyte',
    () => ({ bytes: 'RTSP/1.0 200 OK\r\nContent-Length: 1000000000\r\n\r\n' }),
    'camera-fault',
    'address does not speak RTSP: its reply is too large',
  ],
  [
    'never ends its head',
    () => ({ bytes: `RTSP/1.0 200 OK\r\n${'X: y\r\n'.repeat(10_000)}` }),
    'camera-fault',
    'address does not speak RTSP: its reply is too large',
  ],
  [
    'ends in the middle',
    () => ({ bytes: 'RTSP/1.0 200 OK\r\nContent-Le', end: true }),
    'camera-unreachable',
    'camera cannot be reached: connection lost',
  ],
];
for (const [name, answer, kind, sentence] of ANSWERS) {
  test(`says what is the matter with a server that ${name}`, async (t) => {
    const server = await RawRtspServer.listen(t, answer);
    const err = await failureOf(visitor(t, server.url).watch());
    assert.deepEqual([err.kind, err.sentence], [kind, sentence]);
    assert.ok(server.asked.filter(({ authorization }) => authorization).length <= 2);
    assert.ok(!JSON.stringify(err.fields).includes(ADMIN.password.reveal().slice(0, 6)));
  });
}

test('says that a login is wanted when there is none', async (t) => {
  const server = await RawRtspServer.listen(t, believing);
  const camera = new RtspCamera({
    log: readableLog().log,
    url: server.url,
    credentials: undefined,
    name: 'x',
    clock: systemClock,
  });
  const err = await failureOf(
    camera.watch(
      { seen: () => undefined, alarm: () => undefined, hearing: () => undefined },
      new AbortController().signal,
    ),
  );
  assert.equal(err.sentence, 'camera refuses the login: its stream wants a user name');
});

test('says that nobody is there', async (t) => {
  const server = await RawRtspServer.listen(t, believing);
  await server.off();
  const err = await failureOf(visitor(t, server.url).watch());
  assert.equal(err.sentence, 'camera cannot be reached: connection refused');
});

/** A camera that has been seen once and is being watched, on a clock of the test's. */
async function watched(t: TestContext) {
  const { clock, sleeps } = counting(new FakeClock());
  const server = await RawRtspServer.listen(t, believing);
  const visit = visitor(t, server.url, clock);
  const watching = visit.watch();
  watching.catch(() => undefined);
  await fact(() => visit.sights.length === 1 && clock.sleeping === 1);
  const pass = async (ms: number, begins: number): Promise<void> => {
    const before = sleeps();
    await clock.advance(ms);
    await fact(() => sleeps() >= before + begins);
  };
  return { ...visit, server, clock, watching, pass };
}

test('looks every five seconds without credentials, and takes a refusal for a sign of life', async (t) => {
  const { server, pass, end, watching } = await watched(t);
  server.asked.length = 0;
  for (let look = 0; look < 3; look++) await pass(5000, 2);
  server.answer = ({ cseq }) => ({ bytes: rtsp(401, cseq, [DIGEST]) });
  for (let look = 0; look < 3; look++) await pass(5000, 2);
  assert.deepEqual(
    server.asked.map(({ method, authorization }) => [method, authorization]),
    Array.from({ length: 6 }, () => ['OPTIONS', undefined]),
  );
  end.abort();
  await watching;
});

test('knows a silent server to be gone within fifteen seconds', async (t) => {
  const { server, clock, pass, watching } = await watched(t);
  server.answer = () => 'silence';
  const since = clock.now();
  const asked = server.asked.length;
  await pass(5000, 1);
  await fact(() => server.asked.length === asked + 1);
  await pass(4000, 1);
  await pass(1000, 1);
  await fact(() => server.asked.length === asked + 2);
  await clock.advance(4000);
  assert.equal((await failureOf(watching)).sentence, 'camera cannot be reached: no answer');
  assert.ok(clock.now() - since <= 15_000, `${clock.now() - since} ms`);
});

test('knows a server that refuses connections to be gone within eleven seconds', async (t) => {
  const { server, clock, pass, watching } = await watched(t);
  const since = clock.now();
  await server.off();
  await pass(5000, 2);
  await clock.advance(5000);
  assert.equal((await failureOf(watching)).sentence, 'camera cannot be reached: connection refused');
  assert.ok(clock.now() - since <= 11_000, `${clock.now() - since} ms`);
});

test('ends its stay at once when asked to, in the middle of a question as well', async (t) => {
  const { server, clock, end, watching } = await watched(t);
  server.answer = () => 'silence';
  const asked = server.asked.length;
  await clock.advance(5000);
  await fact(() => server.asked.length > asked);
  end.abort();
  await watching;
});
