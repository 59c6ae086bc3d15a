import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { scratch } from '../peers/scratch.ts';

const SYSTEMD = join(import.meta.dirname, '..', '..', 'systemd');
const HIGHEST_EXPOSURE = 2.5;
const DROP_INS = readdirSync(join(SYSTEMD, 'drop-ins')).sort();
const SCRIPTS = ['launcher', 'command', 'install.sh'];
/** What install.sh reads in. */
const PARTS = readdirSync(join(SYSTEMD, 'install')).map((name) => `install/${name}`);
const here = (program: string): boolean => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;
const WITH_SYSTEMD = { skip: here('systemd-analyze') ? false : 'there is no systemd here' };

/** The unit as it is installed, with some drop-ins; the launcher is the one of the repository. */
async function unit(t: TestContext, dropIns: readonly string[]): Promise<string> {
  const folder = await scratch(t);
  const file = join(folder, 'ovd-gateway.service');
  const text = readFileSync(join(SYSTEMD, 'ovd-gateway.service'), 'utf8');
  writeFileSync(file, text.replace('/opt/ovd-gateway/launcher', join(SYSTEMD, 'launcher')));
  mkdirSync(`${file}.d`);
  for (const name of dropIns) writeFileSync(join(`${file}.d`, name), readFileSync(join(SYSTEMD, 'drop-ins', name)));
  return file;
}

test('systemd finds nothing to complain of in the unit, with and without the drop-ins', WITH_SYSTEMD, async (t) => {
  for (const dropIns of [[], DROP_INS]) {
    const { stdout, stderr, status } = spawnSync('systemd-analyze', ['verify', await unit(t, dropIns)], {
      encoding: 'utf8',
    });
    assert.deepEqual([stdout, stderr, status], ['', '', 0]);
  }
});

test('systemd rates the unit as well closed, with the drop-ins too', WITH_SYSTEMD, async (t) => {
  for (const dropIns of [[], DROP_INS]) {
    const args = ['security', '--offline=true', '--no-pager', await unit(t, dropIns)];
    const said = execFileSync('systemd-analyze', args, { encoding: 'utf8' });
    const rating = Number(/exposure level for ovd-gateway.service: ([\d.]+)/.exec(said)?.[1]);
    assert.ok(rating <= HIGHEST_EXPOSURE, `exposure ${rating}`);
  }
});

test('every script of the box is one that a plain shell reads', () => {
  for (const script of [...SCRIPTS, ...PARTS]) execFileSync('sh', ['-n', join(SYSTEMD, script)]);
});

test('shellcheck finds nothing in them', { skip: here('shellcheck') ? false : 'there is no shellcheck here' }, () => {
  const args = ['--external-sources', '--source-path=SCRIPTDIR', ...SCRIPTS.map((script) => join(SYSTEMD, script))];
  assert.equal(spawnSync('shellcheck', args, { encoding: 'utf8' }).stdout, '');
});

test('whatever root needs later is among what the installer puts on the box', () => {
  const table = readFileSync(join(SYSTEMD, 'install/places.sh'), 'utf8');
  const put = [...table.matchAll(/^\d{3} (install\.sh|systemd\/\S+) +\S+$/gm)].map(([, name = '']) => name);
  const needed = [
    ...DROP_INS.map((name) => `drop-ins/${name}`),
    ...PARTS,
    'launcher',
    'command',
    'ovd-gateway.service',
  ];
  assert.deepEqual(put.sort(), ['install.sh', ...needed.map((name) => `systemd/${name}`)].sort());
});

test('the installer says how it is used, and refuses what it does not know', () => {
  const install = (...args: string[]) => spawnSync('sh', [join(SYSTEMD, 'install.sh'), ...args], { encoding: 'utf8' });
  assert.equal(install('--help').status, 0);
  assert.match(install('--help').stdout, /--uninstall/);
  assert.equal(install('--sudo').status, 2);
  assert.match(install().stderr, /not an unpacked release|needs root/);
});
