import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, watch } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { keyText } from '../../src/release/seal.ts';
import type { Box } from '../peers/box.ts';
import { seeded } from '../peers/seeded.ts';
import { KEY, madeRelease, upgrading } from '../peers/upgrading.ts';

const PROCESS = join(import.meta.dirname, '..', 'peers', 'upgrade-process.ts');
/** An upgrade, and taking it back to begin anew, makes about so many. */
const MOST_CHANGES = 24;
const CUTS = process.env.OVD_LONG ? 30 : 3;

/** When the power goes: so long after the first beginning, or at so many changes in the folder of the releases. */
type Moment = { readonly afterMs: number } | { readonly changes: number };

/** Upgrades the box over and over in a process of its own, and kills that at a moment. */
async function cutDuringUpgrades(t: TestContext, box: Box, url: string, moment: Moment): Promise<void> {
  const args = ['--import', 'tsx', PROCESS, box.path(''), url, keyText(KEY.publicKey)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  const come = 'changes' in moment ? changed(t, box.path(''), moment.changes) : delay(moment.afterMs);
  await Promise.race([come, ended]);
  assert.equal(child.exitCode, null, 'the upgrade failed by itself');
  child.kill('SIGKILL');
  await ended;
}

/** Resolves at so many changes in a folder: unpacked, in its place, on trial, switched, and what is between. */
function changed(t: TestContext, folder: string, times: number): Promise<void> {
  const watcher = watch(folder);
  t.after(() => watcher.close());
  return new Promise((resolve) => {
    let left = times;
    watcher.on('change', () => {
      left -= 1;
      if (left <= 0) resolve();
    });
  });
}

test('a power cut at any moment of an upgrade leaves a box that starts, and can be upgraded', async (t) => {
  const chance = seeded(61_225);
  const release = madeRelease('2.0.0', 'good');
  for (let round = 0; round < CUTS; round += 1) {
    const { box, server, upgrader, restarted, directory } = await upgrading(t, release);
    const moment = round % 2 === 0 ? { changes: 1 + chance() * MOST_CHANGES } : { afterMs: chance() * 60 };
    await cutDuringUpgrades(t, box, server.url, moment);
    const launch = box.launch(t);
    const running = await launch.says('running');
    assert.match(running, /^running (1\.0\.0|2\.0\.0) run -c x.yaml$/);
    assert.equal(box.has('trial'), false);
    await launch.cutPower();
    if (running.includes('1.0.0')) {
      upgrader.order({ version: '2.0.0', url: server.url });
      await restarted();
      await box.launch(t).says('running 2.0.0');
    }
    assert.deepEqual(readdirSync(directory), []);
  }
});
