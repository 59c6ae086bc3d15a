// Makes sure of what demo, tests and benchmark need: the npm packages of the lockfile, and ffmpeg. Says what it does,
// and does nothing when all is in place.
import { execFileSync, spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from './chromium.mjs';

const ROOT = join(import.meta.dirname, '..');
const NODE_LEAST = [20, 19];
const FFMPEG_LEAST = 5;

/** How each package manager installs ffmpeg and Chromium; the first one found on the machine is used. */
const PACKAGE_MANAGERS = [
  {
    program: 'apt-get',
    install: 'apt-get update -qq && apt-get install -y -qq --no-install-recommends ffmpeg',
    browser: 'apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium',
  },
  { program: 'dnf', install: 'dnf install -y ffmpeg-free', browser: 'dnf install -y chromium' },
  { program: 'apk', install: 'apk add ffmpeg', browser: 'apk add chromium' },
  { program: 'pacman', install: 'pacman -Sy --noconfirm ffmpeg', browser: 'pacman -Sy --noconfirm chromium' },
  { program: 'brew', install: 'brew install ffmpeg', browser: 'brew install --cask chromium', asUser: true },
];

function stop(sentence) {
  console.error(`set-up: ${sentence}`);
  process.exit(1);
}

function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > NODE_LEAST[0] || (major === NODE_LEAST[0] && minor >= NODE_LEAST[1])) return;
  stop(`this is Node ${process.versions.node}; install Node ${NODE_LEAST.join('.')} or newer`);
}

function modifiedMs(path) {
  return statSync(join(ROOT, path), { throwIfNoEntry: false })?.mtimeMs ?? 0;
}

function installPackages() {
  // npm writes this file at the end of each install, so its age is the age of node_modules.
  if (modifiedMs('node_modules/.package-lock.json') >= modifiedMs('package-lock.json')) return;
  console.error('set-up: installing npm packages (npm ci)');
  const { status } = spawnSync('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], {
    cwd: ROOT,
    stdio: ['ignore', 2, 2],
    shell: process.platform === 'win32',
  });
  if (status !== 0) stop('npm ci failed; run it by hand to see why: npm ci');
}

/** The version of a program of the ffmpeg family; 0 where there is none that runs, Infinity for a build without a number. */
function majorVersion(program) {
  const { status, stdout } = spawnSync(program, ['-version'], { encoding: 'utf8' });
  if (status !== 0) return 0;
  const number = / version n?(\d+)\./.exec(stdout)?.[1];
  return number === undefined ? Number.POSITIVE_INFINITY : Number(number);
}

const missing = () => ['ffmpeg', 'ffprobe'].find((program) => majorVersion(program) < FFMPEG_LEAST);
const exists = (program) => spawnSync('sh', ['-c', `command -v ${program}`]).status === 0;

function installFfmpeg() {
  if (missing() === undefined) return;
  const row = PACKAGE_MANAGERS.find(({ program }) => exists(program));
  if (!row) stop(`ffmpeg ${FFMPEG_LEAST} or newer (with ffprobe) must be on the PATH; install it by hand`);
  const mayInstall = row.asUser === true || process.getuid?.() === 0;
  if (!mayInstall) stop(`ffmpeg ${FFMPEG_LEAST} or newer is missing; type: sudo sh -c '${row.install}'`);
  console.error(`set-up: installing ffmpeg (${row.install})`);
  try {
    const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
    execFileSync('sh', ['-c', row.install], { stdio: ['ignore', 'ignore', 2], env });
  } catch {
    stop(`ffmpeg could not be installed; type: ${row.install}`);
  }
  const still = missing();
  if (still) stop(`the system's ${still} is older than ${FFMPEG_LEAST}; install a newer one by hand`);
}

/**
 * Only the browser tests need one, so a machine without is no reason to stop. Unless it was asked for, root alone gets
 * it: a build machine; nobody's own computer is filled with a browser by a test.
 */
function installChromium({ asked }) {
  if (chromium() !== undefined) return;
  const row = PACKAGE_MANAGERS.find(({ program }) => exists(program));
  if (!row) return console.error('set-up: there is no Chromium; without one the browser tests are skipped');
  const mayInstall = process.getuid?.() === 0 || (row.asUser === true && asked);
  if (!mayInstall && !asked) return; // The run's last line tells of it.
  if (!mayInstall) return console.error(`set-up: for the browser tests type: sudo sh -c '${row.browser}'`);
  console.error(`set-up: installing Chromium for the browser tests (${row.browser})`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const { status } = spawnSync('sh', ['-c', row.browser], { stdio: ['ignore', 'ignore', 2], env });
  if (status !== 0) console.error('set-up: Chromium could not be installed; the browser tests will be skipped');
}

async function buildPages() {
  // Only now is there a bundler to import.
  const { bundleStalePages } = await import('../src/pages/bundle.mjs');
  await bundleStalePages();
}

checkNode();
installPackages();
installFfmpeg();
await buildPages();
const asked = process.argv.includes('--browser');
if (asked || process.argv.includes('--browser-as-root')) installChromium({ asked });
