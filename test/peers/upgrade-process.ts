import { readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Upgrader } from '../../src/device/upgrade/upgrader.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createLog } from '../../src/runtime/log.ts';

/**
 * A process that upgrades a box from 1.0.0 to 2.0.0 again and again, until it is killed. It says `begun` each time:
 * node … upgrade-process.ts <releases> <url> <key>
 */
const [directory = '', url = '', key = ''] = process.argv.slice(2);
const quiet = createLog({ level: 'error', scrub: (text) => text }, process.stderr);

for (;;) {
  const stop = new AbortController();
  const upgrader = new Upgrader({
    ...{
      version: '1.0.0',
      installation: { directory, agreement: 1, onTrial: false },
      directory: join(directory, '../state/upgrade'),
    },
    ...{ keys: [key], allowDowngrade: false, maxBytes: 1_000_000 },
    link: () => ({ upSince: undefined, answered: undefined }),
    ...{ standing: {}, restart: () => undefined, onChange: () => undefined, clock: systemClock, log: quiet },
  });
  const ended = upgrader.run(stop.signal);
  process.stdout.write('begun\n');
  upgrader.order({ version: '2.0.0', url });
  while (upgrader.status.step !== 'restarting') {
    if (upgrader.status.failed) throw new Error(upgrader.status.failed.why);
    await delay(1);
  }
  stop.abort();
  await ended;
  reset();
}

/** As it was before the upgrade; the link goes last, as a box is never without one. */
function reset(): void {
  rmSync(join(directory, 'trial'), { force: true });
  if (readlinkSync(join(directory, 'current')) !== '2.0.0') throw new Error('nothing was upgraded');
  rmSync(join(directory, 'current'));
  symlinkSync('1.0.0', join(directory, 'current'));
}
