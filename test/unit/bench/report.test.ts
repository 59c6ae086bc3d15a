import assert from 'node:assert/strict';
import { test } from 'node:test';
import { invocation } from '../../bench/options.ts';
import { isMet, medianRow, type Row, tableOf } from '../../bench/report.ts';

const row = (rest: Partial<Row>): Row => ({ name: 'a thing', unit: 'ms', figure: 10, ...rest });

const VERDICTS: ReadonlyArray<{ readonly words: string; readonly row: Row; readonly met: boolean | undefined }> = [
  { words: 'a figure at its budget meets it', row: row({ budget: { most: 10 } }), met: true },
  { words: 'a figure above its budget misses it', row: row({ budget: { most: 9 } }), met: false },
  { words: 'a ratio is taken to the peer', row: row({ peer: 20, budget: { ratio: 0.5 } }), met: true },
  { words: 'a ratio without a peer is not met', row: row({ budget: { ratio: 0.5 } }), met: false },
  { words: 'what was not measured is not met', row: row({ figure: Number.NaN, budget: { most: 10 } }), met: false },
  { words: 'no budget, no verdict', row: row({}), met: undefined },
];

for (const { words, row, met } of VERDICTS) test(words, () => assert.equal(isMet(row), met));

test('a row of samples shows their median and their spread', () => {
  const measured = medianRow({ name: 'a thing', unit: 'ms', samples: [30, 10, 20, 40], peerSamples: [50, 50] });
  assert.equal(measured.figure, 25);
  assert.match(tableOf([measured]), /\| 25 ms +\| 10 … 40 +\| 50 ms +\| 0\.50 × +\| – +\| – +\|$/m);
});

test('the command line says in words what it does not know', () => {
  assert.equal(invocation(['--quick', '--cameras', '3'], []).options.cameras, 3);
  assert.throws(() => invocation(['--cameras', '1'], []), /--cameras wants 2 to 64/);
  assert.throws(() => invocation(['--only', 'nonsense'], ['live']), /--only wants one of live/);
});
