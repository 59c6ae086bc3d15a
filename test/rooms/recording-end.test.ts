import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { delivering, range } from '../peers/delivering.ts';
import { scratch } from '../peers/scratch.ts';
import { segmentOf } from '../peers/segments.ts';

test('an upload that the end of the process cuts off is reported as failed, and its segment kept', async (t) => {
  const { platform, delivery, stop } = await delivering(t);
  platform.fault = (step) => (step === 'put' ? { kind: 'hang' } : undefined);
  delivery.add(segmentOf(0));
  await platform.until(({ heard }) => heard.at(-1)?.step === 'put');
  await stop();
  assert.deepEqual(
    platform.heard.slice(1).map(({ step, body }) => [step, body]),
    [
      ['put', ''],
      ['fail', 'op=fail&name=seg-1.ts'],
    ],
  );
  assert.equal(delivery.status.onDisk, 1);
});

test('a platform that does not hear the last word holds up the end for two seconds only', async (t) => {
  const { platform, delivery, stop, clock } = await delivering(t);
  platform.fault = (step) => (step === 'create' ? undefined : { kind: 'hang' });
  delivery.add(segmentOf(0));
  await platform.until(({ heard }) => heard.at(-1)?.step === 'put');
  const stopped = stop();
  await platform.until(({ heard }) => heard.at(-1)?.step === 'fail');
  await clock.advance(2_000);
  await stopped;
});

test('what neither platform nor disk takes at the end of the process is counted and told', async (t) => {
  const spoolDirectory = join(await scratch(t), 'spool');
  await writeFile(spoolDirectory, '');
  const { platform, delivery, stop, lines } = await delivering(t, { spoolDirectory });
  platform.fault = () => ({ kind: 'down' });
  for (const number of range(0, 2)) delivery.add(segmentOf(number));
  await stop();
  assert.deepEqual([delivery.status.lost, delivery.status.waiting], [3, 0]);
  const told = lines.find(({ msg }) => msg === 'the process ends, and the disk takes no segments: they are lost');
  assert.deepEqual([told?.level, told?.['segments']], [50, 3]);
});
