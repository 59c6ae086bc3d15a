import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { chmod, mkdir, symlink, writeFile } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { aborted } from '../../src/runtime/scope.ts';
import { Watchdog } from '../../src/service/watchdog.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { readableLog } from '../peers/readable-log.ts';
import { scratch } from '../peers/scratch.ts';
import { serviceAtHand } from '../peers/service-at-hand.ts';

/** What systemd is told, and when it is told nothing. */

/** Half of it is nobody else's pause. */
const PERIOD_MS = 54_000;
const SIGN = 'WATCHDOG=1';

/** In the place of the program that comes with systemd; it only writes down what it is to say. */
async function systemd(t: TestContext) {
  const folder = await scratch(t);
  const file = join(folder, 'told');
  await writeFile(file, '');
  await writeFile(join(folder, 'systemd-notify'), `#!/bin/sh\necho "$1" >> ${file}\n`);
  await chmod(join(folder, 'systemd-notify'), 0o755);
  const env = {
    ...{ NOTIFY_SOCKET: join(folder, 'socket'), WATCHDOG_USEC: String(PERIOD_MS * 1_000) },
    PATH: `${folder}${delimiter}${process.env.PATH}`,
  };
  const told = (): string[] => readFileSync(file, 'utf8').split('\n').slice(0, -1);
  return { folder, env, told };
}

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((resolve) => setImmediate(resolve));
}

/** Sleeps of `deafMs` and less never end; how many of each length have begun is known. */
class TestClock extends FakeClock {
  readonly begun = new Map<number, number>();
  deafMs = -1;
  stepMs = 0;

  override wall(): Date {
    return new Date(super.wall().getTime() + this.stepMs);
  }

  override sleep(ms: number, signal: AbortSignal): Promise<void> {
    this.begun.set(ms, (this.begun.get(ms) ?? 0) + 1);
    return ms <= this.deafMs ? aborted(signal) : super.sleep(ms, signal);
  }

  asleep(ms: number): number {
    return this.begun.get(ms) ?? 0;
  }
}

test('who is not alive gives no sign of life, and gives one as soon as he is again', async (t) => {
  const { env, told } = await systemd(t);
  const clock = new TestClock();
  let alive = false;
  let asked = 0;
  const ask = (): boolean => {
    asked++;
    return alive;
  };
  const watchdog = new Watchdog({ env, alive: ask, clock, log: readableLog().log });
  const life = new AbortController();
  const running = watchdog.run(life.signal);
  await until(() => clock.asleep(PERIOD_MS / 2) === 1);
  await clock.advance(2 * PERIOD_MS);
  assert.ok(asked > 10, `asked ${asked} times`);
  assert.deepEqual(told(), ['READY=1']);
  alive = true;
  await clock.advance(2_000);
  await until(() => clock.asleep(PERIOD_MS / 2) === 2);
  assert.deepEqual(told(), ['READY=1', SIGN]);
  life.abort();
  await running;
  assert.deepEqual(told(), ['READY=1', SIGN, 'STOPPING=1']);
});

/** The whole gateway, with a platform that is not there; its link has just been lost. */
async function gatewayWithoutPlatform(t: TestContext) {
  const { folder, env, told } = await systemd(t);
  const clock = new TestClock();
  // The link waits for no longer than this, and now for ever.
  clock.deafMs = 1_000;
  const { lines, end } = await serviceAtHand(t, { folder, clock, env });
  await until(() => lines.some(({ msg }) => msg === 'no link to the OVC') && clock.asleep(PERIOD_MS / 2) === 1);
  return { clock, end: () => end().then(told) };
}

test('a platform that is away is no reason to be silent, as long as its next try is not overdue', async (t) => {
  const { clock, end } = await gatewayWithoutPlatform(t);
  await clock.advance(PERIOD_MS / 2);
  await until(() => clock.asleep(PERIOD_MS / 2) === 2);
  assert.deepEqual(await end(), ['READY=1', SIGN, 'STOPPING=1']);
});

test('a link whose next try never comes gives no sign of life, whatever the clock shows', async (t) => {
  const { clock, end } = await gatewayWithoutPlatform(t);
  clock.stepMs = -86_400_000;
  for (const periods of [2, 3]) {
    await clock.advance(PERIOD_MS / 2);
    await until(() => clock.asleep(PERIOD_MS / 2) === periods);
  }
  // Now it is overdue by more than a try may take.
  await clock.advance(PERIOD_MS);
  assert.deepEqual(await end(), ['READY=1', SIGN, SIGN, 'STOPPING=1']);
});

test('a clock that a time server sets makes nobody overdue', async (t) => {
  const { clock, end } = await gatewayWithoutPlatform(t);
  clock.stepMs = 10 * 86_400_000;
  await clock.advance(PERIOD_MS / 2);
  await until(() => clock.asleep(PERIOD_MS / 2) === 2);
  assert.deepEqual(await end(), ['READY=1', SIGN, 'STOPPING=1']);
});

test('a gateway that waits for a state that it cannot read is alive', async (t) => {
  const { folder, env, told } = await systemd(t);
  const clock = new TestClock();
  await mkdir(join(folder, 'state'));
  await symlink('state.json', join(folder, 'state', 'state.json'));
  const { end } = await serviceAtHand(t, { folder, clock, env });
  for (const periods of [1, 2, 3]) {
    await until(() => clock.asleep(PERIOD_MS / 2) === periods);
    await clock.advance(PERIOD_MS / 2);
  }
  await until(() => clock.asleep(PERIOD_MS / 2) === 4);
  await end();
  assert.deepEqual(told(), ['READY=1', SIGN, SIGN, SIGN, 'STOPPING=1']);
});
