import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { siteStatus } from '../../src/admin/api.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { scratch } from '../peers/scratch.ts';
import { serviceAtHand } from '../peers/service-at-hand.ts';

/** A state that is there and cannot be read: as of another user, or with too many files open. */

const STATE = {
  alarms: [{ channel: 3, alarm: 'motion', state: 'start', at: '2026-01-01T00:00:00.000Z', desc: '' }],
};

async function until(fact: () => boolean): Promise<void> {
  while (!fact()) await new Promise((resolve) => setImmediate(resolve));
}

/** Whoever runs the tests as root may read every file, but nobody a link to itself. */
async function unreadable(t: TestContext) {
  const folder = await scratch(t);
  const clock = new FakeClock();
  const directory = join(folder, 'state');
  await mkdir(directory);
  await symlink('state.json', join(directory, 'state.json'));
  const { lines, end } = await serviceAtHand(t, { folder, clock, listen: '127.0.0.1:0' });
  const says = (words: string): boolean => lines.some(({ msg }) => msg === words);
  await until(() => says('the state file cannot be read') && says('the local page is open'));
  return { clock, directory, lines, says, end };
}

test('the gateway does not begin without it, says so once, and writes nothing over it', async (t) => {
  const { clock, directory, lines, says, end } = await unreadable(t);
  await clock.advance(600_000);
  assert.deepEqual((await readdir(directory)).sort(), ['lock', 'state.json']);
  assert.equal(lines.filter(({ level }) => level >= 40).length, 1);
  assert.equal(says('no link to the OVC'), false);
  const page = lines.find(({ msg }) => msg === 'the local page is open') as { urls?: readonly string[] } | undefined;
  const answer = await fetch(new URL('api/status', page?.urls?.[0]));
  const { state, faults } = siteStatus.parse(await answer.json());
  assert.equal(state, 'starting');
  assert.deepEqual(
    faults.map(({ kind, why }) => [kind, why]),
    [['need-missing', 'the state file cannot be read: ELOOP']],
  );
  await end();
  assert.deepEqual((await readdir(directory)).sort(), ['lock', 'state.json']);
});

test('as soon as it can be read the gateway begins with it', async (t) => {
  const { clock, directory, says, end } = await unreadable(t);
  const file = join(directory, 'state.json');
  await rm(file);
  await writeFile(file, JSON.stringify(STATE));
  await clock.advance(30_000);
  await until(() => says('no link to the OVC'));
  await end();
  assert.deepEqual(JSON.parse(await readFile(file, 'utf8')).alarms, STATE.alarms);
});
