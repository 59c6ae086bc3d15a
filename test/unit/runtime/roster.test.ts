import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Roster } from '../../../src/runtime/roster.ts';
import { aborted } from '../../../src/runtime/scope.ts';
import type { Runnable } from '../../../src/runtime/supervise.ts';
import { collectGarbage } from '../../peers/collect-garbage.ts';

/** Writes down when it begins and when it has ended. */
function member(name: string, diary: string[]): Runnable {
  return {
    run: async (signal) => {
      diary.push(`${name} begins`);
      await aborted(signal);
      await Promise.resolve();
      diary.push(`${name} ends`);
    },
  };
}

test('one is replaced when it has ended, and the others run on', async () => {
  const diary: string[] = [];
  const roster = new Roster([
    ['a', member('a', diary)],
    ['b', member('b', diary)],
  ]);
  const stop = new AbortController();
  const done = roster.run(stop.signal);
  await roster.replace('a', member('next a', diary));
  assert.deepEqual(diary, ['a begins', 'b begins', 'a ends', 'next a begins']);
  roster.add('c', member('c', diary));
  await roster.replace('b');
  assert.deepEqual([...roster.members.keys()], ['a', 'c']);
  stop.abort();
  await done;
  assert.deepEqual(diary.slice(4).sort(), ['b ends', 'c begins', 'c ends', 'next a ends']);
});

test('the first failure ends all', async () => {
  const diary: string[] = [];
  const roster = new Roster<string, Runnable>([['a', member('a', diary)]]);
  const done = roster.run(new AbortController().signal);
  roster.add('b', { run: () => Promise.reject(new Error('broken')) });
  await assert.rejects(done, /broken/);
  assert.deepEqual(diary, ['a begins', 'a ends']);
});

test('who comes before the others run, runs with them', async () => {
  const diary: string[] = [];
  const roster = new Roster<string, Runnable>();
  roster.add('a', member('a', diary));
  await roster.replace('a', member('b', diary));
  const stop = new AbortController();
  const done = roster.run(stop.signal);
  stop.abort();
  await done;
  assert.deepEqual(diary, ['b begins', 'b ends']);
});

test('nobody who was replaced is kept in memory', async () => {
  const roster = new Roster<string, Runnable>([['a', member('a', [])]]);
  const gone = [...roster.members.values()].map((each) => new WeakRef(each));
  const stop = new AbortController();
  const done = roster.run(stop.signal);
  for (const name of ['b', 'c']) {
    await roster.replace('a', member(name, []));
    gone.push(...[...roster.members.values()].map((each) => new WeakRef(each)));
  }
  await roster.replace('a');
  await new Promise((resolve) => setImmediate(resolve));
  collectGarbage();
  assert.deepEqual(
    gone.map((each) => each.deref()),
    [undefined, undefined, undefined],
  );
  stop.abort();
  await done;
});
