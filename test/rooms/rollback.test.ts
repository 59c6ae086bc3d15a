import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { scratch } from '../peers/scratch.ts';

const PLACES = join(import.meta.dirname, '..', '..', 'systemd', 'install', 'places.sh');

test('the installer puts releases in their order, and knows which one was taken back', async (t) => {
  const home = await scratch(t);
  const releases = join(home, 'releases');
  for (const version of ['1.0.0', '1.10.0', '1.10.0-rc.2', '1.9.0']) {
    mkdirSync(join(releases, version, 'dist'), { recursive: true });
    writeFileSync(join(releases, version, 'dist', 'main.js'), 'whole');
  }
  symlinkSync('1.9.0', join(releases, 'current'));
  const asked = (words: string): string[] => {
    const script = `set -eu; home=$1; . "$2"; ${words}`;
    return execFileSync('sh', ['-c', script, 'sh', home, PLACES], { encoding: 'utf8' }).trim().split('\n');
  };
  assert.deepEqual(asked('installed'), ['1.0.0', '1.9.0', '1.10.0-rc.2', '1.10.0']);
  assert.deepEqual(asked('before'), ['1.10.0']);
  writeFileSync(join(releases, 'failed'), 'release 1.10.0\nreason it ended\nat 1\n');
  assert.deepEqual(asked('before'), ['1.10.0-rc.2']);
});
