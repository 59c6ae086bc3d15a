import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { lockDirectory } from '../../../src/store/lock.ts';
import { scratch } from '../../peers/scratch.ts';

test('a state directory has one gateway at a time', async (t) => {
  const directory = join(await scratch(t), 'new');
  const first = await lockDirectory(directory);
  await assert.rejects(lockDirectory(directory), {
    kind: 'state-in-use',
    fields: { reason: `process ${process.pid} has ${directory}` },
  });
  await first.release();
  await (await lockDirectory(directory)).release();
});

test('a lock file that a power cut has left is no obstacle', async (t) => {
  const directory = await scratch(t);
  await writeFile(join(directory, 'lock'), '1\n');
  await (await lockDirectory(directory)).release();
});

test('where no lock can be tried there is none', async () => {
  await (await lockDirectory('/proc/nowhere')).release();
});
