import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, copyFileSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { localDateTime } from '../../src/device/local-time.ts';
import { type Archives, LATER } from './archives.ts';
import { InstalledBox, text } from './box.ts';
import { Tree } from './tree.ts';
import { until } from './until.ts';

/** One Debian, from the first installation to the last file that goes. */

/** Shorter than on a box, where it is three minutes; a pass takes twenty seconds and the login. */
const TRIAL_SECONDS = 45;
const INSTALL = '/root/release/install.sh';
/** Root's own copy, for all but installing. */
const INSTALLED = '/opt/ovd-gateway/install.sh';
const CAP_SYS_TIME = 25;

/** Hears of each step that was passed. */
type Step = (name: string) => void;

export async function trySuite(suite: string, archives: Archives, step: Step): Promise<void> {
  const tree = Tree.fresh(suite);
  installWithoutSystemd(tree, archives, step);
  const quicker = tree.file('etc/systemd/system/ovd-gateway.service.d');
  mkdirSync(quicker);
  writeFileSync(join(quicker, 'test.conf'), `[Service]\nEnvironment=OVD_TRIAL_SECONDS=${TRIAL_SECONDS}\n`);
  await tree.boot();
  let box = new InstalledBox(tree, archives.folder);
  try {
    await firstStart(box, archives, step);
    await upgradeFromAfar(box, archives, step);
    await upgradeByHand(box, archives, step);
    await allow(box, step);
    await setClock(box, step);
    box = await rebootFromAfar(box, archives, step);
    uninstall(tree, step);
  } finally {
    box.platform.close();
    await tree.powerOff();
  }
}

/** As a person does it: the archive unpacked in root's home. */
function unpack(tree: Tree, { folder }: Archives, version: string): void {
  const place = tree.file('root/release');
  rmSync(place, { recursive: true, force: true });
  mkdirSync(place);
  execFileSync('tar', ['xzf', join(folder, `${version}.tar.gz`), '-C', place, '--strip-components=1']);
}

/** The first installation, in a tree where no systemd runs. */
function installWithoutSystemd(tree: Tree, archives: Archives, step: Step): void {
  unpack(tree, archives, archives.first);
  if (tree.suite === 'bookworm') {
    const refused = tree.enter(INSTALL);
    assert.equal(refused.status, 1);
    assert.match(refused.text, /Node 20\.19\.0 or newer is needed; this system's own is 18[\s\S]*nodesource/);
    assert.equal(existsSync(tree.file('opt/ovd-gateway')), false);
    assert.equal(existsSync(tree.file('etc/ovd-gateway')), false);
    step('without a Node that fits, it says what to install and does nothing');
    copyFileSync(process.execPath, tree.file('usr/local/bin/node'));
    chmodSync(tree.file('usr/local/bin/node'), 0o755);
  }
  const installed = tree.enter(INSTALL);
  assert.equal(installed.status, 0, installed.text);
  assert.match(installed.text, /installing ffmpeg/);
  assert.match(installed.text, /systemd does not run here, so the service was not started/);
  assert.match(installed.text, new RegExp(`release ${archives.first} is installed \\(Node v\\d+.*, ffmpeg version`));
  step(`installed: ${/\(Node.*\)/.exec(installed.text)?.[0]}`);
  assert.equal(tree.enter(INSTALL).status, 0);
  assert.equal(tree.enter('/usr/local/bin/ovd-gateway', '--version').text.trim(), archives.first);
  assert.match(tree.enter('/usr/local/bin/ovd-gateway', 'check').text, /gateway\.yaml/);
  step('a second run changes nothing; the command is there');
}

const configuration = ({ key }: Archives): string => `platform:
  url: ws://127.0.0.1:8090
  login_code: "1"
  login_password: test
upgrade:
  keys: ["${key}"]
device:
  set_clock: true
`;

/** The service in set-up mode, and what a process of it may do. */
async function firstStart(box: InstalledBox, archives: Archives, step: Step): Promise<void> {
  const { tree } = box;
  await until(
    'the service is active',
    () => tree.exec('systemctl', 'is-active', 'ovd-gateway').text.trim() === 'active',
  );
  step('the service runs after the boot, without a configuration');
  const gateway = tree.file('etc/ovd-gateway/gateway.yaml');
  writeFileSync(gateway, configuration(archives));
  tree.exec('chown', 'ovd-gateway:', '/etc/ovd-gateway/gateway.yaml');
  await box.platform.hears(`dial ${archives.first}`);
  const status = box.status();
  assert.notEqual(status.get('Uid')?.split(/\s+/)[0], '0');
  assert.deepEqual([status.get('CapEff'), status.get('NoNewPrivs'), status.get('Seccomp')], ['0'.repeat(16), '1', '2']);
  assert.doesNotMatch(box.log(), /a need is not met/);
  step('a configuration is taken up, it logs in; no capability, no new privileges, system calls filtered');
}

async function upgradeFromAfar(box: InstalledBox, archives: Archives, step: Step): Promise<void> {
  const order = (version: string, archive = version): void =>
    box.platform.tell('UpgradeFirmware', { firmware_model: version, url: `http://127.0.0.1:8091/${archive}.tar.gz` });
  order(LATER.good);
  await box.platform.hears(`dial ${LATER.good}`);
  await box.platform.hears('state 2');
  await until('the trial is passed', () => !box.onTrial);
  await box.platform.hears('state 1');
  assert.equal(box.current, LATER.good);
  step('UpgradeFirmware: brought, tried and kept; Keepalive said "upgrading" meanwhile');
  order(LATER.unsigned);
  await box.says('it is signed with a key that is not in upgrade.keys');
  order(archives.first);
  await box.says('it is older than what runs');
  order(LATER.byHand, LATER.good);
  await box.says(`it is ${LATER.good}, not what firmware_model says`);
  assert.equal(box.current, LATER.good);
  step('a foreign signature, an older version and a wrong one are refused');
  order(LATER.crashes);
  await box.says('this release crashes');
  await box.platform.hears(`dial ${LATER.good}`);
  assert.equal(box.current, LATER.good);
  assert.match(text(box.tree, 'opt/ovd-gateway/releases/failed'), /it ended with exit code 9/);
  step('a release that crashes is taken back');
  order(LATER.idles);
  await box.says(`it did not log in and keep alive within ${TRIAL_SECONDS} s`);
  await box.platform.hears(`dial ${LATER.good}`);
  assert.equal(box.current, LATER.good);
  step('a release that never logs in is taken back');
}

async function upgradeByHand(box: InstalledBox, archives: Archives, step: Step): Promise<void> {
  const { tree } = box;
  unpack(tree, archives, LATER.byHand);
  const upgraded = tree.exec(INSTALL);
  assert.equal(upgraded.status, 0, upgraded.text);
  assert.match(upgraded.text, new RegExp(`upgraded from ${LATER.good} to ${LATER.byHand}[\\s\\S]*it runs`));
  await box.platform.hears(`dial ${LATER.byHand}`);
  assert.match(upgraded.text, /its page: http:\/\/127\.0\.0\.1:8080\//);
  step('install.sh of a later release upgrades, and prints where the page is');
  const back = tree.exec(INSTALLED, '--rollback');
  assert.equal(back.status, 0, back.text);
  await box.platform.hears(`dial ${LATER.good}`);
  step('install.sh --rollback goes back');
  tree.exec('systemctl', 'kill', '--signal=SIGKILL', 'ovd-gateway');
  await box.platform.hears(`dial ${LATER.good}`);
  box.platform.tell('RebootDevice');
  await box.platform.hears(`dial ${LATER.good}`);
  step('it comes back after SIGKILL, and when the platform orders a restart');
}

async function allow(box: InstalledBox, step: Step): Promise<void> {
  const allowed = box.tree.exec(INSTALLED, '--allow-clock', '--allow-reboot');
  assert.equal(allowed.status, 0, allowed.text);
  await box.platform.hears(`dial ${LATER.good}`);
  assert.equal(Number.parseInt(box.status().get('CapEff') ?? '', 16), 1 << CAP_SYS_TIME);
  assert.match(box.tree.exec('systemctl', 'show', 'ovd-gateway', '-p', 'ExecStopPost').text, /reboot/);
  step('--allow-clock and --allow-reboot give just that');
}

/** By some milliseconds: trees have the clock of this machine. */
async function setClock(box: InstalledBox, step: Step): Promise<void> {
  await delay(1_000 - (Date.now() % 1_000));
  box.platform.ask('SyncTime', { datetime: localDateTime(new Date()), offset: 0 });
  await box.says('the clock of this box is');
  step(`SyncTime: ${/the clock of this box is[^"]*/.exec(box.log())?.[0]}`);
}

/** Resolves with the box as it is after the reboot. */
async function rebootFromAfar(box: InstalledBox, archives: Archives, step: Step): Promise<InstalledBox> {
  box.platform.tell('RebootDevice');
  await box.tree.reboots();
  box.platform.close();
  const after = new InstalledBox(box.tree, archives.folder);
  await after.platform.hears(`dial ${LATER.good}`);
  step('RebootDevice now reboots the box, and it logs in again by itself');
  return after;
}

function uninstall(tree: Tree, step: Step): void {
  assert.match(tree.exec(INSTALLED, '--uninstall').text, /say --purge .* or --keep/);
  const kept = tree.exec(INSTALLED, '--uninstall', '--keep');
  assert.equal(kept.status, 0, kept.text);
  assert.equal(existsSync(tree.file('etc/ovd-gateway/gateway.yaml')), true);
  assert.equal(existsSync(tree.file('opt/ovd-gateway')), false);
  assert.equal(tree.exec(INSTALL, '--no-start').status, 0);
  const purged = tree.exec(INSTALLED, '--uninstall', '--purge');
  assert.equal(purged.status, 0, purged.text);
  const before = tree.files();
  const anew = tree.exec(INSTALL);
  assert.equal(anew.status, 0, anew.text);
  assert.match(anew.text, /to set it up, open http:\/\/\S+:8080\/ and give the code \S+/);
  step('installed where systemd runs, it prints the page and the code for the set-up');
  assert.equal(tree.exec(INSTALLED, '--uninstall', '--purge').status, 0);
  const after = tree.files();
  assert.deepEqual([missingFrom(before, after), missingFrom(after, before)], [[], []]);
  const left = before.filter((name) => name.includes('ovd-gateway'));
  assert.deepEqual(left, []);
  assert.doesNotMatch(text(tree, 'etc/passwd') + text(tree, 'etc/group'), /ovd-gateway/);
  assert.equal(tree.exec('systemctl', 'cat', 'ovd-gateway').status, 1);
  step('--uninstall keeps configuration and state with --keep, and leaves nothing with --purge');
}

/** What is in the second list alone. */
function missingFrom(list: readonly string[], other: readonly string[]): string[] {
  const known = new Set(list);
  return other.filter((name) => !known.has(name));
}
