import assert from 'node:assert/strict';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { systemClock } from '../../src/runtime/clock.ts';
import { type Delivering, delivering, range } from '../peers/delivering.ts';
import { scratch } from '../peers/scratch.ts';
import { seeded } from '../peers/seeded.ts';
import { segmentOf } from '../peers/segments.ts';
import type { Fault, Step } from '../peers/upload-platform.ts';

const QUICK = { minMs: 1, maxMs: 3, healthyMs: Number.POSITIVE_INFINITY };

/** The clock stands while the disk, which is real, writes. */
async function untilOnDisk({ delivery }: Pick<Delivering, 'delivery'>, inMemory = 3): Promise<void> {
  while (delivery.status.memoryBytes > inMemory * 1880) await new Promise((resolve) => setImmediate(resolve));
}

/** Resolves when the session knows that the platform wants nothing now. */
async function untilPaused({ delivery }: Pick<Delivering, 'delivery'>): Promise<void> {
  while (!delivery.status.paused) await new Promise((resolve) => setImmediate(resolve));
}

/** Moves time second by second until the platform hears something again. */
async function untilAskedAgain({ platform, clock }: Delivering): Promise<void> {
  const asked = platform.heard.length;
  while (platform.heard.length === asked) {
    await clock.advance(1_000);
    // A request is under way as soon as nobody sleeps for its retry but for its deadline; it arrives in real time.
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
}

test('segments go up in order, each confirmed by the next, and nothing is written to disk', async (t) => {
  const { platform, delivery, done, stored, spoolDirectory } = await delivering(t);
  for (const number of range(0, 4)) {
    delivery.add(segmentOf(number));
    await platform.until(() => platform.stored.length === number + 1);
  }
  delivery.end();
  await done;
  assert.deepEqual(stored(), range(0, 4));
  assert.deepEqual(platform.confirmed, ['seg-1.ts', 'seg-2.ts', 'seg-3.ts', 'seg-4.ts', 'seg-5.ts']);
  assert.equal(platform.steps().at(-1), 'save');
  await assert.rejects(readdir(spoolDirectory), { code: 'ENOENT' });
});

for (const step of ['create', 'put'] as const) {
  test(`ten minutes without ${step} lose nothing, fill no memory, and leave no trace`, async (t) => {
    const ten = await delivering(t, { segmentMaxCount: 3 });
    const { platform, delivery, clock, spool, stored } = ten;
    delivery.add(segmentOf(0));
    await platform.until(() => platform.stored.length === 1);
    platform.fault = (asked) => (asked === step ? { kind: 'down' } : undefined);
    for (const number of range(1, 60)) {
      delivery.add(segmentOf(number));
      await untilOnDisk(ten);
      await clock.advance(10_000);
      assert.ok(delivery.status.memoryBytes <= 4 * 1880, `${delivery.status.memoryBytes} bytes in memory`);
    }
    assert.deepEqual(stored(), [0]);
    platform.fault = () => undefined;
    await untilAskedAgain(ten);
    await platform.until(() => platform.stored.length === 61);
    assert.deepEqual(stored(), range(0, 60));
    for (const [number, { content, duration }] of platform.stored.entries()) {
      assert.deepEqual(content, Buffer.concat(segmentOf(number).parts));
      assert.equal(duration, '10.000000');
    }
    delivery.end();
    await ten.done;
    assert.equal(spool.bytes, 0);
    assert.equal(delivery.status.lost, 0);
  });
}

const FLAPS: readonly Fault[] = [
  { kind: 'down' },
  { kind: 'answer', status: 500 },
  { kind: 'answer', status: 403, body: '{"info":"expired"}' },
  { kind: 'answer', status: 200, body: 'no JSON' },
];

for (const seed of [1, 2, 3]) {
  test(`a platform that flaps at random (seed ${seed}) gets every segment once and in order`, async (t) => {
    const random = seeded(seed);
    const { platform, delivery, done, stored } = await delivering(
      t,
      { pauses: QUICK, segmentMaxCount: 2 },
      systemClock,
    );
    let faulty = false;
    platform.fault = (step: Step) => {
      if (random() < 0.1) faulty = !faulty;
      const fault = FLAPS[Math.floor(random() * FLAPS.length)];
      // A store that answers 200 has stored; that would be no fault.
      return faulty && !(step === 'put' && fault?.kind === 'answer' && fault.status === 200) ? fault : undefined;
    };
    for (const number of range(0, 99)) {
      delivery.add(segmentOf(number));
      await untilOnDisk({ delivery }, 2);
      const heard = platform.heard.length;
      if (random() < 0.7)
        await platform.until(() => platform.heard.length > heard || platform.stored.length === number + 1);
    }
    delivery.end();
    await done;
    assert.deepEqual(stored(), range(0, 99));
    assert.equal(delivery.status.lost, 0);
  });
}

test('while paused the newest for the time before an alarm are kept, asked with, and sent when the gate opens', async (t) => {
  const { platform, delivery, done, stored, spoolDirectory, spool } = await delivering(t, {
    prerecordSeconds: 25,
    segmentMaxCount: 6,
  });
  platform.paused = true;
  for (const number of range(0, 9)) {
    delivery.add(segmentOf(number));
    await platform.until(({ heard }) => heard.length === number + 1);
    await untilPaused({ delivery });
    const oldest = Math.max(0, number - 2);
    assert.match(platform.heard.at(-1)?.body ?? '', new RegExp(`start=${1_500_000_000 + oldest * 10}.000000`));
  }
  assert.ok(delivery.status.memoryBytes <= 3 * 1880);
  platform.paused = false;
  delivery.add(segmentOf(10));
  await platform.until(() => platform.stored.length === 3);
  delivery.add(segmentOf(11));
  delivery.end();
  await done;
  assert.deepEqual(stored(), [8, 9, 10, 11]);
  assert.equal(spool.bytes, 0);
  assert.equal(delivery.status.lost, 0);
  await assert.rejects(readdir(spoolDirectory), { code: 'ENOENT' });
});

for (const [wish, kept] of [
  [{ prerecordSeconds: 0 }, 1],
  [{ prerecordSeconds: 100, segmentMaxCount: 3 }, 2],
  [{ prerecordSeconds: 100, segmentMaxCount: 1 }, 1],
] as const) {
  test(`paused with ${JSON.stringify(wish)}, ${kept} go up when the gate opens`, async (t) => {
    const { platform, delivery, stored } = await delivering(t, wish);
    platform.paused = true;
    for (const number of range(0, 5)) {
      delivery.add(segmentOf(number));
      await platform.until(({ heard }) => heard.length === number + 1);
      await untilPaused({ delivery });
    }
    platform.paused = false;
    delivery.add(segmentOf(6));
    await platform.until(() => platform.stored.length === kept);
    assert.deepEqual(stored(), range(7 - kept, 6));
  });
}

test('a session that is stopped while paused ends without an upload', async (t) => {
  const { platform, delivery, done, stored } = await delivering(t, { prerecordSeconds: 25, segmentMaxCount: 6 });
  platform.paused = true;
  delivery.add(segmentOf(0));
  await platform.until(({ heard }) => heard.length === 1);
  delivery.end();
  await done;
  assert.deepEqual(stored(), []);
});

test('what an outage has left of a session that was stopped goes up too, when the platform says at first: not now', async (t) => {
  const ten = await delivering(t, { prerecordSeconds: 25, segmentMaxCount: 3 });
  const { platform, delivery, clock, stored } = ten;
  platform.fault = () => ({ kind: 'down' });
  for (const number of range(0, 9)) {
    delivery.add(segmentOf(number));
    await untilOnDisk(ten);
    await clock.advance(10_000);
  }
  while (delivery.status.memoryBytes > 0) await new Promise((resolve) => setImmediate(resolve));
  delivery.end();
  platform.paused = true;
  platform.fault = () => undefined;
  await untilAskedAgain(ten);
  await untilPaused(ten);
  await untilAskedAgain(ten);
  platform.paused = false;
  await untilAskedAgain(ten);
  await platform.until(() => platform.stored.length === 10);
  await ten.done;
  assert.deepEqual(stored(), range(0, 9));
  assert.equal(delivery.status.lost, 0);
});

test('a session that the platform has forgotten is given up once it is stopped, and not before', async (t) => {
  const ten = await delivering(t);
  const { platform, delivery, done, clock, stored } = ten;
  platform.fault = (step) => (step === 'create' ? { kind: 'answer', status: 404 } : undefined);
  delivery.add(segmentOf(0));
  await platform.until(({ heard }) => heard.length === 1);
  platform.fault = () => undefined;
  await untilAskedAgain(ten);
  await platform.until(() => platform.stored.length === 1);
  platform.fault = (step) => (step === 'create' ? { kind: 'answer', status: 410 } : undefined);
  delivery.add(segmentOf(1));
  delivery.end();
  await clock.advance(0);
  await done;
  assert.deepEqual(stored(), [0]);
});

test('an ended session is given up in the end when the platform never comes back', async (t) => {
  const ten = await delivering(t, { maxAgeMs: 60_000 });
  const { platform, delivery, done, stored } = ten;
  platform.fault = () => ({ kind: 'answer', status: 500 });
  delivery.add(segmentOf(0));
  delivery.end();
  await platform.until(({ heard }) => heard.length === 1);
  let over = false;
  void done.then(() => {
    over = true;
  });
  while (!over) {
    await ten.clock.advance(1_000);
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(stored(), []);
  assert.deepEqual([delivery.status.lost, delivery.status.waiting], [1, 0]);
});

test('Retry-After is waited for', async (t) => {
  const ten = await delivering(t);
  const { platform, delivery, clock, stored } = ten;
  platform.fault = () => ({ kind: 'answer', status: 503, headers: { 'retry-after': '60' } });
  delivery.add(segmentOf(0));
  await platform.until(({ heard }) => heard.length === 1);
  platform.fault = () => undefined;
  while (clock.sleeping === 0) await new Promise((resolve) => setImmediate(resolve));
  await clock.advance(59_000);
  assert.deepEqual(stored(), []);
  await untilAskedAgain(ten);
  await platform.until(() => platform.stored.length === 1);
});

test('what a process could not deliver, the next one delivers before anything new', async (t) => {
  const spoolDirectory = join(await scratch(t), 'spool');
  const first = await delivering(t, { spoolDirectory });
  first.platform.fault = () => ({ kind: 'down' });
  for (const number of range(0, 1)) first.delivery.add(segmentOf(number));
  await first.stop();
  assert.equal(first.delivery.status.onDisk, 2);
  const second = await delivering(t, { spoolDirectory });
  assert.equal(second.delivery.nextDts, segmentOf(1).nextDts);
  second.delivery.add(segmentOf(2));
  second.delivery.end();
  await second.done;
  assert.deepEqual(second.stored(), [0, 1, 2]);
  assert.equal(second.spool.bytes, 0);
});

test('without a disk the oldest are lost, counted, and told once', async (t) => {
  const spoolDirectory = join(await scratch(t), 'spool');
  await writeFile(spoolDirectory, '');
  const ten = await delivering(t, { spoolDirectory, segmentMaxCount: 3 });
  const { platform, delivery, clock, spool, lines, stored } = ten;
  platform.fault = () => ({ kind: 'down' });
  for (const number of range(0, 9)) {
    delivery.add(segmentOf(number));
    await untilOnDisk(ten);
    await clock.advance(10_000);
  }
  assert.equal(spool.degraded, true);
  assert.equal(delivery.status.lost, 7);
  assert.equal(lines.filter(({ msg, level }) => msg === 'segment lost' && level === 50).length, 1);
  platform.fault = () => undefined;
  await untilAskedAgain(ten);
  await platform.until(() => platform.stored.length === 3);
  // What is being sent is not lost, so the oldest of the three may be any.
  assert.deepEqual(stored().slice(1), [8, 9]);
});
