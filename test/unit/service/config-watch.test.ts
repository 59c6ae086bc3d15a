import assert from 'node:assert/strict';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/runtime/clock.ts';
import { ConfigWatch } from '../../../src/service/config-watch.ts';

async function watched(t: TestContext) {
  const folder = mkdtempSync(join(tmpdir(), 'config-watch-'));
  const file = join(folder, 'gateway.yaml');
  const write = (text: string): void => {
    writeFileSync(`${file}.new`, text);
    renameSync(`${file}.new`, file);
  };
  const end = new AbortController();
  let hear: () => void = () => undefined;
  const heard = (): Promise<void> => new Promise((resolve) => (hear = resolve));
  const watch = new ConfigWatch({ file, clock: systemClock, onChange: () => hear() });
  let over: Promise<void> = Promise.resolve();
  t.after(async () => {
    end.abort();
    await over;
    rmSync(folder, { recursive: true });
  });
  await watch.mark();
  return { write, heard, run: () => (over = watch.run(end.signal)) };
}

test('a file that comes after it was marked is heard of', async (t) => {
  const { write, heard, run } = await watched(t);
  const news = heard();
  run();
  write('one');
  await news;
  const more = heard();
  write('another');
  await more;
});

test('what is written between the mark and the watch is heard of at once', async (t) => {
  const { write, heard, run } = await watched(t);
  const news = heard();
  write('one');
  const at = performance.now();
  run();
  await news;
  assert.ok(performance.now() - at < 4_000, 'and not at the next look');
});
