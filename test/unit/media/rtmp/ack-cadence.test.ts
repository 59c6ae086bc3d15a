import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AckCadence } from '../../../../src/media/rtmp/ack-cadence.ts';

const WINDOW = 250;

/** Bytes written when each acknowledgement came, bytes written since, and whether one is overdue. */
const RHYTHMS: ReadonlyArray<readonly [string, readonly number[], number, boolean]> = [
  ['a server that never acknowledges owes nothing', [], 100_000, false],
  ['two acknowledgements are no rhythm', [10, 20], 100_000, false],
  ['a server that kept our window and falls silent is overdue', [250, 500, 750], 1251, true],
  ['twice the window is still in time', [250, 500, 750], 1250, false],
  ['a server with a window of its own is measured by that', [5000, 10_000, 15_000], 25_000, false],
  ['and is overdue beyond twice of it', [5000, 10_000, 15_000], 25_001, true],
  ['a flurry of acknowledgements does not shorten the window', [1, 2, 3], 503, false],
];

for (const [name, acks, written, overdue] of RHYTHMS) {
  test(name, () => {
    const cadence = new AckCadence(WINDOW);
    for (const at of acks) cadence.heard(at);
    assert.equal(cadence.overdueMs(written, 1000), 0);
    assert.equal(cadence.overdueMs(written, 6000), overdue ? 5000 : 0);
  });
}

test('an acknowledgement ends what was overdue', () => {
  const cadence = new AckCadence(WINDOW);
  for (const at of [250, 500, 750]) cadence.heard(at);
  cadence.overdueMs(2000, 0);
  cadence.heard(2000);
  assert.equal(cadence.overdueMs(2100, 9000), 0);
});
