import assert from 'node:assert/strict';
import { cpSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { pathToFileURL } from 'node:url';
import type * as bundle from '../../src/pages/bundle.mjs';
import { scratch } from '../peers/scratch.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** What is built of the sources in another folder, with the packages of this one. */
async function builtIn(folder: string) {
  for (const name of ['src', 'tsconfig.json']) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const { assetsOf }: typeof bundle = await import(pathToFileURL(join(folder, 'src/pages/bundle.mjs')).href);
  return assetsOf('simulator');
}

test('a page is the same wherever it is built, as a release has to be', async (t) => {
  const folder = await scratch(t);
  const files = await builtIn(join(folder, 'here'));
  assert.ok(files.some(({ name }) => /^main-\w+\.js$/.test(name)));
  assert.deepEqual(await builtIn(join(folder, 'quite/elsewhere')), files);
});
