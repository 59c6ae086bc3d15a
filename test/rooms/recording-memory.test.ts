import assert from 'node:assert/strict';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { MemoryBudget } from '../../src/recording/memory-budget.ts';
import { SegmentQueue } from '../../src/recording/segment-queue.ts';
import { Spool } from '../../src/recording/spool.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { readableLog } from '../peers/readable-log.ts';
import { scratch } from '../peers/scratch.ts';
import { segmentOf } from '../peers/segments.ts';

/** What platforms order may be more than the box has memory for. */

const SEGMENT_BYTES = 1880;

/** Two sessions of a box whose memory holds ten segments; the platform of either lets a thousand wait. */
async function smallBox(t: TestContext, maxBytes = 1e9) {
  const { log, lines } = readableLog();
  const memory = new MemoryBudget(10 * SEGMENT_BYTES, log);
  const directory = join(await scratch(t), 'spool');
  const spool = new Spool({ directory, maxBytes, maxAgeMs: 1e9, clock: new FakeClock(), log });
  const lost: number[] = [];
  const [first, second] = ['first', 'second'].map((session) => {
    const onLost = ({ nextDts }: { readonly nextDts: number }): number => lost.push(nextDts / 900_000 - 1);
    const queue = new SegmentQueue({ session, spool, maxInMemory: 1000, memory, onLost });
    memory.join(queue);
    return queue;
  });
  assert.ok(first && second);
  return { first, second, lost, lines };
}

test('segments go to disk before memory is full of them, and none is lost', async (t) => {
  const { first, lost, lines } = await smallBox(t);
  for (let number = 0; number < 40; number++) {
    first.add(segmentOf(number));
    while (first.memoryBytes > 10 * SEGMENT_BYTES) await new Promise((resolve) => setImmediate(resolve));
  }
  await first.keepAll();
  assert.deepEqual([lost, first.length, first.onDisk], [[], 40, 40]);
  assert.equal(lines.filter(({ msg }) => msg === 'recordings want more memory than there is for them').length, 1);
});

test('without a disk a session keeps its share of the memory, and loses what is above it', async (t) => {
  const { first, second, lost } = await smallBox(t, 0);
  for (let number = 0; number < 30; number++) {
    first.add(segmentOf(number));
    second.add(segmentOf(number));
    await new Promise((resolve) => setImmediate(resolve));
  }
  const inMemory = (): number => first.memoryBytes + second.memoryBytes;
  while (inMemory() > 10 * SEGMENT_BYTES) await new Promise((resolve) => setImmediate(resolve));
  assert.ok(first.length >= 4 && second.length >= 4, `${first.length} and ${second.length}`);
  assert.equal(lost.length + first.length + second.length, 60);
});

test('the ring of a session that has more than its share becomes shorter as others come', async (t) => {
  const { first, second, lost } = await smallBox(t);
  for (let number = 0; number < 50; number++) first.addToRing(segmentOf(number), 360);
  assert.equal(first.length, 10);
  for (let number = 0; number < 50; number++) {
    first.addToRing(segmentOf(number), 360);
    second.addToRing(segmentOf(number), 360);
    assert.ok(first.memoryBytes + second.memoryBytes <= 11 * SEGMENT_BYTES);
  }
  assert.ok(first.length >= 4 && second.length >= 4, `${first.length} and ${second.length}`);
  assert.deepEqual(lost, []);
});

test('a segment that grows takes no more than its session has of the memory', () => {
  const { log } = readableLog();
  const memory = new MemoryBudget(1e9, log);
  const holders = Array.from({ length: 4 }, () => ({ memoryBytes: 0 }));
  for (const holder of holders) memory.join(holder);
  assert.equal(memory.segmentBytes, 125_000_000);
  for (const holder of holders.slice(1)) memory.leave(holder);
  assert.equal(memory.segmentBytes, 500_000_000);
  assert.equal(new MemoryBudget(1, log).segmentBytes, 8 * 1024 * 1024);
});

test('a ring that is wanted at once, when others have taken the room, goes to disk and loses nothing', async (t) => {
  const { first, second, lost } = await smallBox(t);
  for (let number = 0; number < 8; number++) first.addToRing(segmentOf(number), 99);
  for (let number = 0; number < 2; number++) second.addToRing(segmentOf(number), 99);
  first.add(segmentOf(8));
  while (first.memoryBytes > 0) await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual([lost, first.length, first.onDisk], [[], 9, 9]);
});
