import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { backoff, supervise, together } from '../../../src/runtime/supervise.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { readableLog } from '../../peers/readable-log.ts';

const PAUSES = { minMs: 1_000, maxMs: 8_000, healthyMs: 30_000 };
const middle = (): number => 0.5;

test('pauses double up to their limit, each from the upper half of its step', () => {
  const lowest = backoff(PAUSES, () => 0);
  const highest = backoff(PAUSES, () => 1);
  const take = (waits: Generator<number, never>): number[] => Array.from({ length: 5 }, () => waits.next().value);
  assert.deepEqual(take(lowest), [500, 1_000, 2_000, 4_000, 4_000]);
  assert.deepEqual(take(highest), [1_000, 2_000, 4_000, 8_000, 8_000]);
});

test('pauses that are to grow slowly do', () => {
  const waits = backoff({ ...PAUSES, growth: 1.5, jitter: 0 });
  assert.deepEqual(
    Array.from({ length: 4 }, () => waits.next().value),
    [1_000, 1_500, 2_250, 3_375],
  );
});

test('full jitter draws from the whole step', () => {
  assert.equal(backoff({ ...PAUSES, jitter: 1 }, () => 0).next().value, 0);
});

function supervised(t: { after(fn: () => void): void }, once: (attempt: number, working: () => void) => Promise<void>) {
  const clock = new FakeClock();
  const stop = new AbortController();
  t.after(() => stop.abort());
  const { log, lines } = readableLog();
  const starts: number[] = [];
  const pausesByKind = { 'camera-unauthorized': { minMs: 600_000, maxMs: 600_000, healthyMs: 1, jitter: 0 } } as const;
  const done = supervise(
    (_, working) => {
      starts.push(clock.now());
      return once(starts.length, working);
    },
    { signal: stop.signal, log, pauses: PAUSES, pausesByKind, clock, random: middle },
  );
  return { clock, stop, lines, starts, done };
}

test('a failing attempt is made again after a growing pause', async (t) => {
  const { clock, starts } = supervised(t, () => Promise.reject(new GatewayError('link-lost', 'gone')));
  await clock.advance(10_000);
  assert.deepEqual(starts, [0, 750, 2_250, 5_250]);
});

test('a healthy spell sets the pauses back to the first', async (t) => {
  const { clock, starts } = supervised(t, async (attempt) => {
    if (attempt === 3) await clock.sleep(31_000, new AbortController().signal);
    throw new GatewayError('link-lost', 'gone');
  });
  await clock.advance(35_000);
  assert.deepEqual(starts, [0, 750, 2_250, 34_000]);
});

test('a kind with a pace of its own waits its own time', async (t) => {
  const { clock, starts } = supervised(t, () => Promise.reject(new GatewayError('camera-unauthorized', 'no entry')));
  await clock.advance(1_300_000);
  assert.deepEqual(starts, [0, 600_000, 1_200_000]);
});

test('a failure that was told is no news, also after another one', async (t) => {
  const { clock, lines } = supervised(t, (attempt) =>
    Promise.reject(new GatewayError('camera-unreachable', attempt === 3 ? 'another' : 'the same')),
  );
  await clock.advance(6_000);
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [
      [40, 'the same'],
      [20, 'the same'],
      [40, 'another'],
      [20, 'the same'],
    ],
  );
});

test('failures with another reason each time are no news for ever', async (t) => {
  const { clock, lines } = supervised(t, (attempt) =>
    Promise.reject(new GatewayError('refused', 'refused', { reason: `request ${attempt}` })),
  );
  await clock.advance(3_600_000);
  assert.ok(lines.length > 100, `${lines.length} failures`);
  assert.equal(lines.filter(({ level }) => level === 40).length, 16);
});

test('the same failure after work that went well is news again', async (t) => {
  const { clock, lines } = supervised(t, (_, working) => {
    working();
    return Promise.reject(new GatewayError('link-lost', 'gone'));
  });
  await clock.advance(1_000);
  assert.deepEqual(
    lines.map(({ level }) => level),
    [40, 40],
  );
});

test('an error nobody expected is logged with its stack and costs only a pause', async (t) => {
  const { clock, lines, starts } = supervised(t, () => Promise.reject(new TypeError('a bug')));
  await clock.advance(1_000);
  assert.equal(starts.length, 2);
  assert.equal(lines[0]?.level, 50);
  assert.match(JSON.stringify(lines[0]), /supervise\.test/);
});

test('a permanent failure ends it', async (t) => {
  const { done } = supervised(t, () => Promise.reject(new GatewayError('config-invalid', 'no')));
  await assert.rejects(done, { kind: 'config-invalid' });
});

test('an abort ends the pause and is no error', async (t) => {
  const { clock, stop, done } = supervised(t, () => Promise.reject(new GatewayError('link-lost', 'gone')));
  await clock.advance(10);
  stop.abort();
  await done;
});

test('parts that run together all end when one fails, and the failure is theirs', async () => {
  let ended = false;
  const patient = {
    run: (signal: AbortSignal) =>
      new Promise<void>((resolve) => {
        signal.addEventListener('abort', () => {
          ended = true;
          resolve();
        });
      }),
  };
  const failing = { run: () => Promise.reject(new GatewayError('link-lost', 'gone')) };
  await assert.rejects(together(new AbortController().signal, [patient, failing]), { kind: 'link-lost' });
  assert.ok(ended);
});
