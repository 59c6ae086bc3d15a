import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { type Case, type Course, courseOfAll, type Sample, trendsOf, verdictOn } from '../../soak/verdict.ts';

const CALM = { descriptors: 40, threads: 12, children: 0, ownMb: 80, heldMb: 20, codeMb: 7 };
const MINUTES = 60;

/** A sample every 45 s for an hour. */
const hour = (of: (minutes: number) => Partial<Sample>): Sample[] =>
  Array.from({ length: MINUTES / 0.75 }, (_, at) => ({ minutes: at * 0.75, ...CALM, ...of(at * 0.75) }));
const notFlat = (samples: readonly Sample[]): Record<string, Course> =>
  Object.fromEntries(trendsOf(samples).flatMap(({ figure, course }) => (course === 'flat' ? [] : [[figure, course]])));

const CASES: ReadonlyArray<{ words: string; of: (minutes: number) => Partial<Sample>; seen: Record<string, Course> }> =
  [
    { words: 'what stays the same is flat', of: () => ({}), seen: {} },
    { words: 'growth in the first half is warming up', of: (at) => ({ heldMb: Math.min(30, at) }), seen: {} },
    { words: 'the noise of an allocator is no growth', of: (at) => ({ ownMb: 80 + ((at * 7) % 3) }), seen: {} },
    {
      words: 'a descriptor every ten minutes is a leak',
      of: (at) => ({ descriptors: 40 + Math.floor(at / 10) }),
      seen: { descriptors: 'GROWS' },
    },
    {
      words: 'a megabyte of heap an hour is a leak, also under noise',
      of: (at) => ({ heldMb: 20 + at / 60 + ((at * 7) % 5) / 30 }),
      seen: { heldMb: 'GROWS' },
    },
    { words: 'a quarter of that is none', of: (at) => ({ heldMb: 20 + at / 240 + ((at * 7) % 5) / 30 }), seen: {} },
    {
      words: 'where noise may hide a leak, nothing is said',
      of: (at) => ({ ownMb: 80 + 20 * Math.sin(at * 5) }),
      seen: { ownMb: 'unclear' },
    },
    { words: 'what shrinks is flat', of: (at) => ({ ownMb: 120 - at }), seen: {} },
  ];

for (const { words, of, seen } of CASES) {
  test(words, () => assert.deepEqual(notFlat(hour(of)), seen));
}

test('a soak that was cut short says nothing', () => {
  assert.equal(courseOfAll(trendsOf(hour(() => ({})).slice(0, 47))), 'unclear');
  assert.equal(courseOfAll(trendsOf([])), 'unclear');
});

test('one figure that grows is enough', () => {
  const course = (of: (minutes: number) => Partial<Sample>): Course => courseOfAll(trendsOf(hour(of)));
  assert.equal(
    course(() => ({})),
    'flat',
  );
  assert.equal(
    course((at) => ({ heldMb: at, ownMb: 80 + 20 * Math.sin(at * 5) })),
    'GROWS',
  );
});

const GOOD: Case = { course: 'flat', code: 0, leaked: 0, missing: [] };
const VERDICTS: ReadonlyArray<readonly [words: string, otherwise: Partial<Case>]> = [
  ['nothing grows', {}],
  ['it ended in good order', { course: undefined }],
  ['NOT FINE: it did not end in good order', { code: 1 }],
  ['NOT FINE: it did not end in good order', { code: null, course: 'unclear' }],
  ['NOT FINE: a secret is in the log', { leaked: 1, course: 'GROWS' }],
  ['NOT FINE: something grows', { course: 'GROWS', missing: ['alarms'] }],
  ['NOT CLEAR: not everything has happened', { missing: ['alarms'] }],
  ['NOT CLEAR: more rounds, or a calmer machine, would tell', { course: 'unclear' }],
];

for (const [words, otherwise] of VERDICTS) {
  test(`a good soak but for ${inspect(otherwise)} is judged: ${words}`, () => {
    assert.deepEqual(verdictOn({ ...GOOD, ...otherwise }), { fine: !words.startsWith('NOT'), words });
  });
}
