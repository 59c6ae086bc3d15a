import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { ensureDirectory } from '../../../src/runtime/directory.ts';

test('a directory is made with all that is missing above it, for the owner only', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ovd-directory-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const wanted = join(folder, 'a', 'b');
  assert.equal(await ensureDirectory(wanted), true);
  assert.equal(statSync(wanted).mode & 0o777, 0o700);
  assert.equal(await ensureDirectory(wanted), false);
});

test('a directory that cannot be made is an error, soon', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ovd-directory-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'file'), '');
  await assert.rejects(ensureDirectory(join(folder, 'file', 'below')), { code: 'ENOTDIR' });
  await assert.rejects(ensureDirectory('/proc/nope'));
});
