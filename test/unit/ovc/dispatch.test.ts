import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { PublishOrder } from '../../../src/channel/publishing.ts';
import { Dispatcher, type Handlers } from '../../../src/ovc/dispatch.ts';
import { handlersFor } from '../../../src/ovc/handlers.ts';
import { type ErrorKind, GatewayError } from '../../../src/runtime/errors.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { idleOrders, stillBox } from '../../peers/idle-orders.ts';
import { readableLog } from '../../peers/readable-log.ts';

type Order = PublishOrder & { readonly channel: number };

interface Begun {
  readonly order: Order;
  readonly signal: AbortSignal;
  finish(): void;
  fail(err: Error): void;
}

/** A dispatcher whose publishes end when the test says so; stops end at once. */
function dispatcher(t: TestContext, extra: Partial<Handlers> = {}) {
  const clock = new FakeClock();
  const room = new AbortController();
  t.after(() => room.abort());
  const { log, lines } = readableLog();
  const begun: Begun[] = [];
  const stopped: string[] = [];
  const publish = (order: Order, signal: AbortSignal): Promise<void> =>
    new Promise((finish, fail) => begun.push({ order, signal, finish, fail }));
  const stopPublish = async ({ streamId }: { streamId: string }): Promise<void> => {
    stopped.push(streamId);
  };
  const orders = { ...idleOrders, publish, stopPublish };
  const handlers = { ...handlersFor({ orders, box: stillBox }), ...extra };
  const subject = new Dispatcher({ handlers, clock, log, signal: room.signal });
  const ask = (channel: number, stream_id = 's') =>
    subject.request('RTMPPublish', { channel, stream_id, url: 'rtmp://h/a/k', max_bitrate: 0 });
  return { subject, clock, room, lines, begun, stopped, ask };
}

const started = (begun: readonly Begun[]) => begun.map(({ order }) => `${order.channel} ${order.streamId}`);

test('an order is handed on in the words of the house', async (t) => {
  const { subject, begun } = dispatcher(t);
  const params = { channel: 3, stream_id: 's', url: 'rtmp://h/a/k', max_bitrate: 500, quality: 'sd' };
  const answer = subject.request('RTMPPublish', params);
  const [work] = begun;
  assert.deepEqual(work?.order, {
    channel: 3,
    streamId: 's',
    url: 'rtmp://h/a/k',
    maxBitsPerSecond: 500,
    quality: 'sub',
  });
  work?.finish();
  assert.deepEqual(await answer, { resp: {} });
});

test('QueryTime is answered with the local time of the box', async (t) => {
  const { subject } = dispatcher(t);
  assert.deepEqual(await subject.request('QueryTime', {}), { resp: { datetime: '2026-01-02T03:04:05' } });
});

for (const method of ['Dance', 'constructor', '', 'preview_server', 'x'.repeat(100_000)]) {
  test(`the method ${method.slice(0, 20)} is not supported`, async (t) => {
    const { subject, lines } = dispatcher(t);
    assert.deepEqual(await subject.request(method, {}), { err: { code: 101, msg: 'method not supported' } });
    assert.ok(JSON.stringify(lines).length < 1000);
  });
}

test('bad parameters are refused with the name of the field and without its value', async (t) => {
  const { subject, begun } = dispatcher(t);
  const params = { channel: 0, stream_id: 's', url: 'http://h/a/hidden', max_bitrate: 0 };
  assert.deepEqual(await subject.request('RTMPPublish', params), {
    err: { code: 12, msg: 'bad parameter: url: must be an rtmp or rtmps URL' },
  });
  assert.equal(begun.length, 0);
});

const CODES: ReadonlyArray<readonly [kind: ErrorKind, code: number]> = [
  ['bitrate-too-high', 11],
  ['no-such-channel', 102],
  ['channel-offline', 103],
  ['camera-unreachable', 103],
  ['camera-unauthorized', 103],
  ['feed-failed', 103],
  ['publish-refused', 1],
  ['publish-failed', 1],
  ['transcode-refused', 1],
];

for (const [kind, code] of CODES) {
  test(`a failure of kind ${kind} is err ${code}, with its sentence`, async (t) => {
    const { begun, ask } = dispatcher(t);
    const answer = ask(0);
    begun[0]?.fail(new GatewayError(kind, 'it failed', { reason: 'so it is', other: 1 }));
    assert.deepEqual(await answer, { err: { code, msg: 'it failed: so it is' } });
  });
}

test('a bug is answered without its words and logged as an error', async (t) => {
  const { begun, ask, lines } = dispatcher(t);
  const answer = ask(0);
  begun[0]?.fail(new TypeError('x is not a function'));
  assert.deepEqual(await answer, { err: { code: 1, msg: 'internal error' } });
  assert.equal(lines.at(-1)?.level, 50);
});

test('requests of one channel run one after another, those of others beside them', async (t) => {
  const { subject, begun, stopped, ask, clock } = dispatcher(t);
  void ask(0, 'a');
  void ask(0, 'b');
  const stop = subject.request('RTMPStopPublish', { channel: 0, stream_id: 'b' });
  void ask(1, 'c');
  await clock.advance(0);
  assert.deepEqual(started(begun), ['0 a', '1 c']);
  begun[0]?.fail(new Error('failed'));
  await clock.advance(0);
  assert.deepEqual([started(begun), stopped], [['0 a', '1 c', '0 b'], []]);
  begun[2]?.finish();
  await stop;
  assert.deepEqual(stopped, ['b']);
});

test('a handler has 12 s from the arrival of its request, waiting included', async (t) => {
  const { begun, ask, clock } = dispatcher(t);
  const first = ask(0, 'a');
  await clock.advance(4_000);
  const second = ask(0, 'b');
  await clock.advance(8_000);
  assert.deepEqual(await first, { err: { code: 1, msg: 'timed out' } });
  assert.deepEqual([begun[0]?.signal.aborted, begun[1]?.signal.aborted], [true, false]);
  await clock.advance(4_000);
  assert.deepEqual(await second, { err: { code: 1, msg: 'timed out' } });
});

test('a queue behind a dead camera is answered when its own time is over, however long it is', async (t) => {
  const { ask, clock } = dispatcher(t);
  const answers = Array.from({ length: 50 }, (_, n) => ask(0, `s${n}`));
  await clock.advance(12_000);
  const codes = (await Promise.all(answers)).map((answer) => ('err' in answer ? answer.err.code : 0));
  assert.deepEqual(new Set(codes), new Set([1]));
});

test('a thousand requests at once are taken, the next is refused', async (t) => {
  const { ask, clock } = dispatcher(t);
  const answers = Array.from({ length: 1001 }, (_, channel) => ask(channel));
  assert.deepEqual(await answers[1000], { err: { code: 1, msg: 'too many requests at once' } });
  await clock.advance(12_000);
  assert.deepEqual(await answers[999], { err: { code: 1, msg: 'timed out' } });
});

test('an RPC that comes as an event is done', async (t) => {
  const { subject, stopped } = dispatcher(t);
  subject.event('RTMPStopPublish', { channel: 0, stream_id: 's' });
  await subject.idle();
  assert.deepEqual(stopped, ['s']);
});

test('an event that comes as a request is done and answered with an empty object', async (t) => {
  const { subject } = dispatcher(t, { CtrlPTZ: async () => undefined });
  assert.deepEqual(await subject.request('CtrlPTZ', { channel: 0, op: 'stop' }), { resp: {} });
});

test('a PTZ command does not wait for a push that is opening, nor overtakes another PTZ command', async (t) => {
  const seen: string[] = [];
  let release = (): void => undefined;
  const { subject, ask, clock } = dispatcher(t, {
    CtrlPTZ: ({ op }) => {
      seen.push(op);
      return new Promise<void>((resolve) => {
        release = resolve;
      });
    },
  });
  void ask(0);
  subject.event('CtrlPTZ', { channel: 0, op: 'up' });
  subject.event('CtrlPTZ', { channel: 0, op: 'stop' });
  await clock.advance(0);
  assert.deepEqual(seen, ['up']);
  release();
  await clock.advance(0);
  assert.deepEqual(seen, ['up', 'stop']);
  release();
});

test('an unknown event is logged once per name, and no more than a hundred names', (t) => {
  const { subject, lines } = dispatcher(t);
  for (const name of ['A', 'A', 'B', 'C', 'A']) subject.event(name, {});
  assert.deepEqual(
    lines.map((line) => line['method']),
    ['A', 'B', 'C'],
  );
  for (let n = 0; n < 1000; n++) subject.event(`E${n}`, {});
  assert.equal(lines.length, 100);
});

test('a bad event is logged and nothing else', async (t) => {
  const { subject, lines, clock } = dispatcher(t);
  subject.event('RTMPStopPublish', { channel: 'x' });
  await clock.advance(0);
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [[30, 'event failed']],
  );
});

test('what is under way is told when the room ends', async (t) => {
  const { subject, begun, ask, room } = dispatcher(t);
  void ask(0);
  room.abort();
  assert.equal(begun[0]?.signal.aborted, true);
  begun[0]?.finish();
  await subject.idle();
});
