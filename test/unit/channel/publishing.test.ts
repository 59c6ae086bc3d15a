import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { CameraSight, CameraStream, Live, PushOrder, PushReport } from '../../../src/channel/ports.ts';
import { Publishing, type PublishOrder } from '../../../src/channel/publishing.ts';
import type { Publish } from '../../../src/channel/state.ts';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { STREAM } from '../../peers/channel-at-hand.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { readableLog } from '../../peers/readable-log.ts';

const HERE = seen({});
const ELSEWHERE = seen({ url: new URL('rtsp://10.0.0.9/main') });
const PATIENT = new AbortController().signal;
const LATE = new GatewayError('timed-out', 'timed out');

function seen(change: Partial<CameraStream>): CameraSight {
  return { streams: [{ ...STREAM, ...change }], device: undefined, clockOffsetMs: 0 };
}

function ordered(streamId: string): PublishOrder {
  return { streamId, url: `rtmp://ovc.test/live/${streamId}`, maxBitsPerSecond: 0 };
}

/** A push under the test's hand: asked to end, it takes until `finish` is called, as a slow server's goodbye does. */
interface SlowPush {
  readonly order: PushOrder;
  readonly report: (report: PushReport) => void;
  readonly signal: AbortSignal;
  finish(): void;
}

function beforeItRuns(t: TestContext) {
  const pushes: SlowPush[] = [];
  const live: Pick<Live, 'push'> = {
    push: (order, report, signal) =>
      new Promise((resolve) => void pushes.push({ order, report, signal, finish: () => resolve() })),
  };
  const said: Array<Publish | undefined> = [];
  const clock = new FakeClock();
  const publishing = new Publishing({
    wish: { profile: 'auto', video: 'auto', audio: 'auto' },
    live: { ...live, standby: () => Promise.resolve() },
    clock,
    log: readableLog().log,
    tell: (publish) => void said.push(publish),
  });
  const stop = new AbortController();
  let done: Promise<void> | undefined;
  const begin = (): void => {
    done = publishing.run(stop.signal);
  };
  const end = async (): Promise<void> => {
    stop.abort();
    for (const { finish } of pushes) finish();
    await done;
  };
  t.after(end);
  const running = (): string[] => pushes.filter(({ signal }) => !signal.aborted).map(({ order }) => order.streamId);
  return { publishing, pushes, said, running, begin, end, settle: () => clock.advance(0) };
}

function atHand(t: TestContext) {
  const hand = beforeItRuns(t);
  hand.begin();
  return hand;
}

async function live(hand: ReturnType<typeof atHand>, streamId: string): Promise<void> {
  const answered = hand.publishing.publish(ordered(streamId), async () => HERE, PATIENT);
  await hand.settle();
  hand.pushes.at(-1)?.report({ live: true });
  await answered;
}

test('a stop that comes while the push moves to another address ends it for good', async (t) => {
  const hand = atHand(t);
  await live(hand, 'one');
  const moved = hand.publishing.see(ELSEWHERE);
  await hand.settle();
  const stopped = hand.publishing.stop('one');
  await hand.settle();
  hand.pushes[0]?.finish();
  await hand.settle();
  for (const { finish } of hand.pushes) finish();
  await Promise.all([moved, stopped]);
  await hand.settle();
  assert.deepEqual(hand.running(), []);
  assert.equal(hand.said.at(-1), undefined);
});

test('an order that comes while the push moves takes its place and leaves no second one', async (t) => {
  const hand = atHand(t);
  await live(hand, 'one');
  const moved = hand.publishing.see(ELSEWHERE);
  await hand.settle();
  const second = hand.publishing.publish(ordered('two'), async () => ELSEWHERE, PATIENT);
  second.catch(() => undefined);
  for (const { finish } of hand.pushes) finish();
  await moved;
  await hand.settle();
  for (const { finish, signal } of hand.pushes) if (signal.aborted) finish();
  await hand.settle();
  assert.deepEqual(hand.running(), ['two']);
  hand.pushes.at(-1)?.report({ live: true });
  await second;
});

test('an order whose deadline has passed while the push before it ended begins no push', async (t) => {
  const hand = atHand(t);
  await live(hand, 'one');
  const deadline = new AbortController();
  const second = hand.publishing.publish(ordered('two'), async () => HERE, deadline.signal);
  second.catch(() => undefined);
  await hand.settle();
  deadline.abort(LATE);
  hand.pushes[0]?.finish();
  await assert.rejects(second, LATE);
  assert.deepEqual(hand.running(), []);
  assert.equal(hand.pushes.length, 1);
});

test('the same stream again, while its first attempt is being given up, begins anew', async (t) => {
  const hand = atHand(t);
  const deadline = new AbortController();
  const first = hand.publishing.publish(ordered('one'), async () => HERE, deadline.signal);
  first.catch(() => undefined);
  await hand.settle();
  deadline.abort(LATE);
  const second = hand.publishing.publish(ordered('one'), async () => HERE, PATIENT);
  await hand.settle();
  hand.pushes[0]?.finish();
  await assert.rejects(first);
  await hand.settle();
  hand.pushes[1]?.report({ live: true });
  await second;
  assert.deepEqual(hand.running(), ['one']);
});

test('a push begins anew when the camera changes what it sends, and says so', async (t) => {
  const hand = atHand(t);
  await live(hand, 'one');
  const followed = hand.publishing.see(seen({ audio: undefined }));
  await hand.settle();
  hand.pushes[0]?.finish();
  await followed;
  assert.equal(hand.pushes[1]?.order.stream.audio, undefined);
  await hand.settle();
  assert.deepEqual(hand.said.at(-1), { streamId: 'one', live: false, why: 'the stream of the camera has changed' });
});

test('an order outlives the end of its channel, and is carried out by the next one once the camera is seen', async (t) => {
  const before = atHand(t);
  await live(before, 'one');
  await before.end();
  const { wanted } = before.publishing;
  assert.equal(wanted?.streamId, 'one');
  const hand = beforeItRuns(t);
  if (wanted) hand.publishing.resume(wanted);
  hand.begin();
  assert.deepEqual([hand.said.at(-1)?.streamId, hand.said.at(-1)?.live], ['one', false]);
  await hand.publishing.see(HERE);
  await hand.settle();
  assert.deepEqual(hand.running(), ['one']);
});

test('an order that was stopped, or came to nothing, is not taken over', async (t) => {
  const stopped = atHand(t);
  await live(stopped, 'one');
  const stop = stopped.publishing.stop('one');
  await stopped.settle();
  stopped.pushes[0]?.finish();
  await stop;
  await stopped.end();
  assert.equal(stopped.publishing.wanted, undefined);
  const early = atHand(t);
  const answer = early.publishing.publish(ordered('two'), async () => HERE, PATIENT);
  answer.catch(() => undefined);
  await early.settle();
  await early.end();
  await assert.rejects(answer);
  assert.equal(early.publishing.wanted, undefined);
});

test('an order that waits for the camera can be stopped, and replaced', async (t) => {
  const hand = beforeItRuns(t);
  hand.publishing.resume(ordered('one'));
  hand.begin();
  await hand.publishing.stop('one');
  assert.equal(hand.said.at(-1), undefined);
  await hand.publishing.see(HERE);
  await hand.settle();
  assert.deepEqual(hand.running(), []);
  hand.publishing.resume(ordered('one'));
  await live(hand, 'two');
  assert.deepEqual(hand.running(), ['two']);
});

test('an order that waits for its first picture is not begun again when the camera moves', async (t) => {
  const hand = atHand(t);
  const deadline = new AbortController();
  const answer = hand.publishing.publish(ordered('one'), async () => HERE, deadline.signal);
  answer.catch(() => undefined);
  await hand.settle();
  await hand.publishing.see(ELSEWHERE);
  await hand.settle();
  assert.equal(hand.pushes.length, 1);
  deadline.abort(LATE);
  await hand.settle();
  hand.pushes[0]?.finish();
  await assert.rejects(answer);
  await hand.settle();
  assert.deepEqual([hand.running(), hand.publishing.wanted], [[], undefined]);
});
