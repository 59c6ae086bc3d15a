import assert from 'node:assert/strict';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { Releases } from '../../../src/device/upgrade/releases.ts';
import { type LinkFacts, standTrial } from '../../../src/device/upgrade/trial.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { readableLog } from '../../peers/readable-log.ts';
import { scratch } from '../../peers/scratch.ts';

const DOWN: LinkFacts = { upSince: undefined, answered: undefined };

/** A trial under way; `pass` moves time with a link that is so, second by second. */
async function trial(t: TestContext) {
  const directory = await scratch(t);
  const file = join(directory, 'trial');
  writeFileSync(file, 'release 2.0.0\n');
  const clock = new FakeClock();
  const stop = new AbortController();
  let link = DOWN;
  const parts = {
    releases: new Releases(directory),
    version: '2.0.0',
    link: () => link,
    clock,
    log: readableLog().log,
  };
  const done = standTrial(parts, stop.signal);
  t.after(async () => {
    stop.abort();
    await done;
  });
  const pass = async (seconds: number, facts: (second: number) => LinkFacts): Promise<void> => {
    for (let second = 0; second < seconds; second += 1) {
      link = facts(second);
      await clock.advance(1_000);
    }
  };
  return { pass, done, onTrial: () => existsSync(file) };
}

const SINCE = new Date(0);
const BEATS = [{}, {}, {}, {}, {}, {}];
const alive = (second: number): LinkFacts => ({ upSince: SINCE, answered: BEATS[Math.floor(second / 10)] });

test('a release passes its trial when it has kept alive for a while', async (t) => {
  const { pass, done, onTrial } = await trial(t);
  await pass(15, () => DOWN);
  await pass(18, alive);
  assert.equal(onTrial(), true);
  await pass(14, (second) => alive(second + 18));
  await done;
  assert.equal(onTrial(), false);
});

test('a login that is not kept alive passes nothing, nor a link that comes and goes', async (t) => {
  const { pass, onTrial } = await trial(t);
  await pass(60, () => ({ upSince: SINCE, answered: BEATS[0] }));
  assert.equal(onTrial(), true);
  await pass(120, (second) => ({ upSince: new Date(1 + Math.floor(second / 15)), answered: {} }));
  assert.equal(onTrial(), true);
});
