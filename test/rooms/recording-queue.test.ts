import assert from 'node:assert/strict';
import { readdir, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { MemoryBudget } from '../../src/recording/memory-budget.ts';
import type { Segment } from '../../src/recording/segment.ts';
import { SegmentQueue } from '../../src/recording/segment-queue.ts';
import { type PushedOut, Spool, type SpooledSegment, type SpoolParts } from '../../src/recording/spool.ts';
import { isKind } from '../../src/runtime/errors.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { readableLog } from '../peers/readable-log.ts';
import { scratch } from '../peers/scratch.ts';
import { segmentOf } from '../peers/segments.ts';

/** What waits between memory and a real disk. */

/** A disk whose writes take as long as a test wants them to. */
class SlowSpool extends Spool {
  #begun: Array<() => void> = [];

  override async keep(session: string, segment: Segment, onPushedOut: PushedOut): Promise<SpooledSegment> {
    await new Promise<void>((resolve) => this.#begun.push(resolve));
    return super.keep(session, segment, onPushedOut);
  }

  get writing(): boolean {
    return this.#begun.length > 0;
  }

  /** Lets the write that is under way come to its end. */
  finish(): void {
    for (const end of this.#begun.splice(0)) end();
  }
}

const plenty = (): MemoryBudget => new MemoryBudget(Number.POSITIVE_INFINITY, readableLog().log);

interface Bounds extends SpoolParts {
  readonly maxInMemory: number;
  readonly memory: MemoryBudget;
}

async function queueOn(t: TestContext, { maxInMemory = 2, memory = plenty(), ...bounds }: Partial<Bounds> = {}) {
  const directory = join(await scratch(t), 'spool');
  const { log } = readableLog();
  const spool = new SlowSpool({ directory, maxBytes: 1e9, maxAgeMs: 1e9, clock: new FakeClock(), log, ...bounds });
  const lost: number[] = [];
  const onLost = ({ nextDts }: { readonly nextDts: number }): number => lost.push(nextDts / 900_000 - 1);
  const queue = new SegmentQueue({ session: 'session', spool, maxInMemory, memory, onLost });
  memory.join(queue);
  /** The write that is under way ends, and the next one begins. */
  const diskComesRound = async (): Promise<void> => {
    spool.finish();
    while (!spool.writing) await new Promise((resolve) => setImmediate(resolve));
  };
  return { queue, spool, directory, lost, diskComesRound };
}

test('a disk of half the camera’s pace keeps every second segment, and throws nothing away that it has written', async (t) => {
  const { queue, directory, lost, diskComesRound } = await queueOn(t);
  for (let number = 0; number < 40; number++) {
    queue.add(segmentOf(number));
    if (number >= 3 && number % 2 === 1) await diskComesRound();
  }
  const files = await readdir(join(directory, 'session'));
  assert.deepEqual([queue.onDisk, files.length], [19, 19]);
  assert.equal(lost.length + queue.length, 40);
  assert.ok(queue.memoryBytes <= 4 * 1880, `${queue.memoryBytes} bytes in memory`);
});

test('what is pushed out of the disk before its turn comes is lost once', async (t) => {
  const { queue, lost, diskComesRound } = await queueOn(t, { maxBytes: 2 * 1880, maxInMemory: 1 });
  for (const number of [0, 1]) queue.add(segmentOf(number));
  await diskComesRound();
  const { head } = queue;
  assert.ok(head);
  for (const number of [2, 3]) {
    queue.add(segmentOf(number));
    await diskComesRound();
  }
  assert.deepEqual(lost, [0]);
  assert.equal(await queue.open(head), undefined);
  queue.sent();
  assert.deepEqual(lost, [0]);
});

/** A segment on disk whose file cannot be opened, as by a process that has no descriptors left. */
async function unreadable(t: TestContext) {
  const { queue, spool, lost, diskComesRound } = await queueOn(t, { maxInMemory: 1 });
  for (const number of [0, 1]) queue.add(segmentOf(number));
  await diskComesRound();
  const { head } = queue;
  assert.ok(head?.onDisk);
  const { path } = head.onDisk;
  await rename(path, `${path}.away`);
  await symlink(path, path);
  const mend = async (): Promise<void> => {
    await rm(path);
    await rename(`${path}.away`, path);
  };
  return { queue, spool, lost, head, mend, path };
}

test('a disk that does not answer when it is read loses nothing', async (t) => {
  const { queue, lost, head, mend } = await unreadable(t);
  await assert.rejects(queue.open(head), { kind: 'state-unreadable' });
  assert.deepEqual([lost, queue.head], [[], head]);
  await mend();
  const { parts } = (await queue.open(head)) ?? {};
  assert.deepEqual(parts, [Buffer.concat(segmentOf(0).parts)]);
});

test('a segment that can never be read holds those behind it up for some minutes only, and is lost', async (t) => {
  const { queue, lost, head } = await unreadable(t);
  const tries: unknown[] = [];
  while (lost.length === 0 && tries.length < 1000) tries.push(await queue.open(head).catch((err: unknown) => err));
  assert.equal(tries.pop(), undefined);
  assert.ok(tries.length > 10 && tries.every((err) => isKind(err, 'state-unreadable')));
  assert.deepEqual([lost, queue.length], [[0], 1]);
});

test('a segment that does not let itself be looked at when the process begins is there when it does', async (t) => {
  const { directory, queue, lost, diskComesRound } = await queueOn(t, { maxInMemory: 1 });
  for (const number of [0, 1]) queue.add(segmentOf(number));
  await diskComesRound();
  const path = queue.head?.onDisk?.path ?? '';
  await rename(path, `${path}.away`);
  await symlink(path, path);
  const { log } = readableLog();
  const next = new Spool({ directory, maxBytes: 1e9, maxAgeMs: 1e9, clock: new FakeClock(), log });
  await next.recover();
  const [found] = next.take('session', () => lost.push(0));
  assert.equal(found?.path, path);
});
