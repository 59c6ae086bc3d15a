import assert from 'node:assert/strict';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { Box } from '../peers/box.ts';
import { seeded } from '../peers/seeded.ts';

/** A box on which 2.0.0 is about to stand its trial. */
async function onTrial(t: Parameters<typeof Box.with>[0], conduct: Parameters<Box['release']>[1]): Promise<Box> {
  const box = await Box.with(t, { '1.0.0': 'good', '2.0.0': conduct });
  box.point('2.0.0');
  box.trial('2.0.0', '1.0.0');
  return box;
}

test('the launcher becomes the current release, and hands its words on', async (t) => {
  const box = await Box.with(t, { '1.0.0': 'neverLogsIn' });
  box.point('1.0.0');
  const launch = box.launch(t);
  assert.equal(await launch.says('running'), 'running 1.0.0 run -c x.yaml');
  launch.signal('SIGTERM');
  assert.equal(await launch.ended, 0);
});

test('a release that keeps alive passes its trial, and stays', async (t) => {
  const box = await onTrial(t, 'good');
  const launch = box.launch(t);
  await launch.says('running 2.0.0');
  launch.signal('SIGTERM');
  assert.equal(await launch.ended, 0);
  assert.equal(box.has('trial'), false);
  assert.equal(box.current, '2.0.0');
  await box.launch(t).says('running 2.0.0');
});

test('a release that crashes gives way to the one before it, at once', async (t) => {
  const box = await onTrial(t, 'crashes');
  const launch = box.launch(t);
  assert.match(await launch.says('going back'), /"level":40.*"release":"2.0.0","reason":"it ended with exit code 3"/);
  await launch.says('running 1.0.0 run -c x.yaml');
  assert.equal(box.current, '1.0.0');
  assert.equal(box.has('trial'), false);
  assert.match(box.text('failed'), /^release 2\.0\.0\nreason it ended with exit code 3\nat \d+\n$/);
  launch.signal('SIGTERM');
  assert.equal(await launch.ended, 0);
});

test('a release that never logs in gives way when its time is over', async (t) => {
  const box = await onTrial(t, 'neverLogsIn');
  const launch = box.launch(t, { trialSeconds: 1 });
  await launch.says('running 2.0.0');
  await launch.says('did not log in and keep alive within 1 s');
  await launch.says('running 1.0.0');
});

test('a service that is stopped during a trial begins it again, with as many starts left', async (t) => {
  const box = await onTrial(t, 'neverLogsIn');
  const launch = box.launch(t);
  await launch.says('running 2.0.0');
  assert.match(box.text('trial'), /starts 1/);
  launch.signal('SIGTERM');
  assert.equal(await launch.ended, 0);
  assert.match(box.text('trial'), /starts 0/);
  assert.equal(box.current, '2.0.0');
});

test('a release that asks to be started again has not failed, but may not ask for ever', async (t) => {
  const box = await onTrial(t, 'restarts');
  for (const _ of [1, 2, 3]) assert.equal(await box.launch(t).ended, 75);
  await box.launch(t).says('running 1.0.0');
});

interface Left {
  readonly found: string;
  readonly current?: string;
  readonly trial?: readonly [release: string, from: string, starts: number];
  readonly more?: (box: Box) => void;
  readonly starts: string;
}

const LEFT: readonly Left[] = [
  {
    found: 'the trial is written, the switch not made',
    current: '1.0.0',
    trial: ['2.0.0', '1.0.0', 0],
    starts: '1.0.0',
  },
  { found: 'gone back, the trial not forgotten', current: '1.0.0', trial: ['2.0.0', '1.0.0', 2], starts: '1.0.0' },
  { found: 'switched, not started', current: '2.0.0', trial: ['2.0.0', '1.0.0', 0], starts: '2.0.0' },
  { found: 'three starts in vain', current: '2.0.0', trial: ['2.0.0', '1.0.0', 3], starts: '1.0.0' },
  { found: 'a trial from what is not there', current: '2.0.0', trial: ['2.0.0', '0.9.0', 3], starts: '1.0.0' },
  { found: 'a trial that is passed', current: '2.0.0', starts: '2.0.0' },
  { found: 'no current at all', starts: '2.0.0' },
  { found: 'a current that is not there', current: '3.0.0', starts: '2.0.0' },
  {
    found: 'a half-made link',
    current: '1.0.0',
    more: (box) => symlinkSync('2.0.0', box.path('current.next')),
    starts: '1.0.0',
  },
  {
    found: 'a trial without sense',
    current: '2.0.0',
    more: (box) => writeFileSync(box.path('trial'), '\0\0'),
    starts: '2.0.0',
  },
  {
    found: 'a damaged release on trial',
    current: '2.0.0',
    trial: ['2.0.0', '1.0.0', 0],
    more: (box) => rmSync(box.path('2.0.0/release.json')),
    starts: '1.0.0',
  },
];

test('whatever a power cut leaves, a release that is whole is started', async (t) => {
  await Promise.all(
    LEFT.map(async ({ found, current, trial, more, starts }) => {
      const box = await Box.with(t, { '1.0.0': 'good', '2.0.0': 'good' });
      if (current) box.point(current);
      if (trial) box.trial(...trial);
      more?.(box);
      const launch = box.launch(t);
      assert.equal(await launch.says('running'), `running ${starts} run -c x.yaml`, found);
      assert.equal(box.has('trial'), false, found);
      assert.equal(box.current, starts, found);
    }),
  );
});

test('power cuts at any moment of a trial cost no box', async (t) => {
  const chance = seeded(20_261_122);
  const box = await onTrial(t, 'crashes');
  for (let round = 0; round < 12; round += 1) {
    const launch = box.launch(t);
    await Promise.race([delay(chance() * 150), launch.ended]);
    await launch.cutPower();
    if (!box.has('trial')) {
      rmSync(box.path('current'));
      box.point('2.0.0');
      box.trial('2.0.0', '1.0.0');
    }
  }
  const last = box.launch(t);
  await last.says('running 1.0.0');
  assert.equal(box.current, '1.0.0');
  assert.equal(box.has('trial'), false);
});
