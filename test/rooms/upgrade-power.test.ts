import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { keyText } from '../../src/release/seal.ts';
import type { Box } from '../peers/box.ts';
import { seeded } from '../peers/seeded.ts';
import { KEY, madeRelease, upgrading } from '../peers/upgrading.ts';

const PROCESS = join(import.meta.dirname, '..', 'peers', 'upgrade-process.ts');
const CUTS = process.env.OVD_LONG ? 30 : 3;

/** Upgrades the box over and over in a process of its own, and kills that `afterMs` after its first beginning. */
async function cutDuringUpgrades(t: TestContext, box: Box, { url, afterMs }: { url: string; afterMs: number }) {
  const args = ['--import', 'tsx', PROCESS, box.path(''), url, keyText(KEY.publicKey)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => child.kill('SIGKILL'));
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  await Promise.race([delay(afterMs), ended]);
  assert.equal(child.exitCode, null, 'the upgrade failed by itself');
  child.kill('SIGKILL');
  await ended;
}

test('a power cut at any moment of an upgrade leaves a box that starts, and can be upgraded', async (t) => {
  const chance = seeded(61_225);
  const release = madeRelease('2.0.0', 'good');
  for (let round = 0; round < CUTS; round += 1) {
    const { box, server, upgrader, restarted, directory } = await upgrading(t, release);
    await cutDuringUpgrades(t, box, { url: server.url, afterMs: chance() * 60 });
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
