import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { test } from 'node:test';
import { withDeadline } from '../../../src/runtime/clock.ts';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { aborted, Scope } from '../../../src/runtime/scope.ts';
import { Task } from '../../../src/runtime/task.ts';
import { FakeClock } from '../../peers/fake-clock.ts';

test('a scope ends with any of its parents, and leaves no listener on the others', () => {
  const [first, second] = [new AbortController(), new AbortController()];
  const scope = new Scope(first.signal, second.signal);
  second.abort('enough');
  assert.equal(scope.signal.aborted, true);
  assert.equal(scope.signal.reason, 'enough');
  assert.equal(getEventListeners(first.signal, 'abort').length, 0);
});

test('a scope in an ended parent is born ended', () => {
  assert.equal(new Scope(AbortSignal.abort()).signal.aborted, true);
});

test('ten thousand scopes leave nothing on a long-lived parent', () => {
  const parent = new AbortController();
  for (let count = 0; count < 10_000; count++) new Scope(parent.signal).end();
  assert.equal(getEventListeners(parent.signal, 'abort').length, 0);
});

test('work that keeps its deadline gives its result', async () => {
  const clock = new FakeClock();
  const late = (): Error => new GatewayError('timed-out', 'late');
  const options = { clock, ms: 100, signal: new AbortController().signal, late };
  assert.equal(await withDeadline(options, () => Promise.resolve(7)), 7);
  assert.equal(clock.sleeping, 0);
});

test('work past its deadline fails at the deadline, even when it ignores its signal', async () => {
  const clock = new FakeClock();
  const late = (): Error => new GatewayError('timed-out', 'late');
  let seen: AbortSignal | undefined;
  const work = withDeadline({ clock, ms: 100, signal: new AbortController().signal, late }, (signal) => {
    seen = signal;
    return new Promise(() => undefined);
  });
  const refused = assert.rejects(work, { kind: 'timed-out' });
  await clock.advance(100);
  await refused;
  assert.equal(seen?.aborted, true);
});

test('a task is ready when its job says so, and done when the job has ended', async () => {
  const task = new Task(async (signal, ready) => {
    ready();
    await aborted(signal);
  }, new AbortController().signal);
  await task.ready;
  await task.stop();
  await task.done;
});

test('a job that fails before it is ready fails its waiters with its own error', async () => {
  const task = new Task(() => Promise.reject(new GatewayError('publish-refused', 'no')), new AbortController().signal);
  await assert.rejects(task.ready, { kind: 'publish-refused' });
});

test('a job that is stopped before it is ready says that it ended early', async () => {
  const task = new Task((signal) => aborted(signal), new AbortController().signal);
  await task.stop();
  await assert.rejects(task.ready, { kind: 'ended-early' });
});
