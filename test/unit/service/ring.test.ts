import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LogLines } from '../../../src/service/memory/log-lines.ts';
import { Ring } from '../../../src/service/memory/ring.ts';
import { beginning, textBytes } from '../../../src/service/memory/text-bytes.ts';
import { collectGarbage } from '../../peers/collect-garbage.ts';

const MB = 1024 * 1024;
const NOWHERE = { write: () => undefined };

test('a ring keeps the newest, so many and so heavy', () => {
  const ring = new Ring<number>(3, { mostBytes: 10, bytesOf: (weight) => weight });
  const kept = (weight: number): readonly number[] => {
    ring.add(weight);
    return [...ring.items];
  };
  assert.deepEqual(kept(1), [1]);
  assert.deepEqual(kept(2), [1, 2]);
  assert.deepEqual(kept(3), [1, 2, 3]);
  assert.deepEqual(kept(4), [2, 3, 4]);
  assert.deepEqual(kept(7), [7], 'with the 4 it would be 11');
  assert.deepEqual(kept(20), [20], 'the newest stays, however heavy');
  assert.deepEqual(kept(1), [1]);
});

test('who listens to a ring hears of each new one, until he leaves', () => {
  const ring = new Ring<string>(1);
  const heard: string[] = [];
  const leave = ring.listen((word) => heard.push(word));
  ring.add('a');
  ring.add('b');
  leave();
  ring.add('c');
  assert.deepEqual(heard, ['a', 'b']);
  assert.deepEqual(ring.items, ['c']);
});

test('the log of the page takes a megabyte at most, in whatever script', () => {
  const scripts: ReadonlyArray<readonly [letter: string, bytes: number]> = [
    ['x', 1],
    ['门', 2],
  ];
  for (const [letter, bytes] of scripts) {
    const lines = new LogLines();
    const output = lines.through(NOWHERE);
    for (let count = 0; count < 2_500; count++) output.write(letter.repeat(count % 5_000));
    const taken = lines.texts.reduce((sum, text) => sum + text.length * bytes, 0);
    assert.ok(taken > 0.7 * MB && taken <= MB, `${letter}: ${taken}`);
  }
});

test('a text beyond Latin takes two bytes a character', () => {
  assert.equal(textBytes('äbc') - textBytes(''), 3);
  assert.equal(textBytes('äbc门') - textBytes(''), 8);
});

test('the beginning of a text does not keep the rest of it', () => {
  const before = process.memoryUsage().heapUsed;
  const kept = Array.from({ length: 32 }, (_, at) => beginning(`${at} ${'x'.repeat(MB)}`.toUpperCase(), 4_000));
  collectGarbage();
  const grown = process.memoryUsage().heapUsed - before;
  assert.ok(grown < 8 * MB, `${grown} bytes for ${kept.length} beginnings`);
});
