import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Sample, trendsOf } from '../../soak/verdict.ts';

const CALM = { descriptors: 40, threads: 12, children: 0, pssMb: 80, heapMb: 20 };

/** A sample every two minutes for an hour. */
const hour = (of: (minutes: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: 31 }, (_, at) => ({ minutes: at * 2, ...CALM, ...of(at * 2) }));
const growing = (samples: readonly Sample[]): string[] =>
  trendsOf(samples).flatMap(({ figure, fine }) => (fine ? [] : [figure]));

const CASES: ReadonlyArray<{ words: string; of: (minutes: number) => Partial<Sample>; grows: string[] }> = [
  { words: 'what stays the same is fine', of: () => ({}), grows: [] },
  { words: 'growth in the first half is warming up', of: (at) => ({ heapMb: Math.min(30, at) }), grows: [] },
  { words: 'noise is no growth', of: (at) => ({ pssMb: 80 + (at % 8) }), grows: [] },
  {
    words: 'a descriptor every ten minutes is a leak',
    of: (at) => ({ descriptors: 40 + at / 10 }),
    grows: ['descriptors'],
  },
  { words: 'two megabytes of heap an hour are a leak', of: (at) => ({ heapMb: 20 + at / 30 }), grows: ['heapMb'] },
  { words: 'what shrinks is fine', of: (at) => ({ pssMb: 120 - at }), grows: [] },
];

for (const { words, of, grows } of CASES) {
  test(words, () => assert.deepEqual(growing(hour(of)), grows));
}

test('a soak that was cut short gives no verdict on growth', () => {
  assert.deepEqual(growing(hour((at) => ({ heapMb: at })).slice(0, 3)), []);
});
