import assert from 'node:assert/strict';
import { test } from 'node:test';
import { HostClock } from '../../../src/device/host-clock.ts';
import { reboot } from '../../../src/device/reboot.ts';
import type { Clock } from '../../../src/runtime/clock.ts';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { readableLog } from '../../peers/readable-log.ts';

const never = new AbortController().signal;

/** A clock that stands still and can be set. */
function settable() {
  let ms = Date.parse('1970-01-01T00:01:00Z');
  const clock: Clock = { now: () => 0, wall: () => new Date(ms), sleep: async () => undefined };
  const set = async (at: Date): Promise<void> => {
    ms = at.getTime();
  };
  return { clock, set };
}

const ORDER = { aheadMs: 3_600_000, toleranceMs: 5_000 };

const CASES = [
  { words: 'is left alone where the configuration says nothing', maySet: false, ahead: 3_600_000, left: 3_600_000 },
  { words: 'is left alone under NTP', underNtp: true, ahead: 3_600_000, left: 3_600_000 },
  { words: 'is left alone when it is right', ahead: 4_000, left: 4_000 },
  { words: 'is set, and the cameras measure against it then', ahead: 3_600_000, left: 0 },
  { words: 'is set back too', ahead: -3_600_000, left: 0 },
];

for (const { words, maySet = true, underNtp = false, ahead, left } of CASES) {
  test(`with SyncTime the clock of the box ${words}`, async () => {
    const { clock, set } = settable();
    const subject = new HostClock({ maySet, clock, set, underNtp: async () => underNtp, log: readableLog().log });
    const before = clock.wall().getTime();
    const order = await subject.sync({ ...ORDER, aheadMs: ahead }, never);
    assert.deepEqual(order, { ...ORDER, aheadMs: left });
    assert.equal(clock.wall().getTime() - before, ahead - left);
  });
}

test('a clock that cannot be set is a warning, and the cameras get their time all the same', async () => {
  const { log, lines } = readableLog();
  const set = async (): Promise<void> => {
    throw new GatewayError('process-failed', 'a program of the box failed', { reason: 'not permitted' });
  };
  const subject = new HostClock({ maySet: true, clock: settable().clock, set, underNtp: async () => false, log });
  assert.deepEqual(await subject.sync(ORDER, never), ORDER);
  assert.deepEqual(
    lines.map(({ level, msg }) => [level, msg]),
    [[40, 'the clock of this box cannot be set']],
  );
});

test('RebootDevice runs the command of the configuration, and without one ends the process', async () => {
  const asked: unknown[] = [];
  const restart = (...words: unknown[]): void => void asked.push(words);
  const { log } = readableLog();
  await reboot({ command: [process.execPath, '-e', ''], restart, log }, never);
  assert.deepEqual(asked, []);
  await reboot({ command: undefined, restart, log }, never);
  assert.deepEqual(asked, [['ordered by the platform', 'reboot']]);
});

test('a reboot command that fails says why', async () => {
  const { log } = readableLog();
  const restart = (): void => undefined;
  const fails = [process.execPath, '-e', 'console.error("no right"); process.exit(1)'];
  await assert.rejects(reboot({ command: fails, restart, log }, never), {
    fields: { program: fails[0], reason: 'no right' },
  });
  const missing = { fields: { program: '/nowhere/reboot', reason: 'there is no such program' } };
  await assert.rejects(reboot({ command: ['/nowhere/reboot'], restart, log }, never), missing);
});
