import { readdir, readFile, stat } from 'node:fs/promises';
import { arch, hostname, networkInterfaces, release, type, uptime, version } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../runtime/program.ts';
import { peekState } from '../store/peek.ts';

/** What a support bundle tells of the box: text of the system's own, and counts of what is kept. */

/** The system's own word, or why there is none. */
async function saidBy(command: readonly string[], signal: AbortSignal): Promise<string> {
  return runProgram(command, signal).catch((err: unknown) => `(${err instanceof Error ? err.message : err})\n`);
}

const contents = (file: string): Promise<string> => readFile(file, 'utf8').catch(() => '(not there)\n');

/** Versions and where we run. */
export async function systemSummary(ffmpeg: string, gateway: string, signal: AbortSignal): Promise<object> {
  const [line = ''] = (await saidBy([ffmpeg, '-version'], signal)).split('\n');
  return {
    ...{ gateway, node: process.versions.node, openssl: process.versions.openssl, ffmpeg: line },
    ...{ system: await named('/etc/os-release', /^PRETTY_NAME="?([^"\n]*)/m) },
    board: (await contents('/proc/device-tree/model')).replaceAll('\0', '').trim(),
    ...{ kernel: `${type()} ${release()}`, kernelBuild: version(), architecture: arch(), hostname: hostname() },
    ...{ uptimeSeconds: Math.round(uptime()), timeZone: Intl.DateTimeFormat().resolvedOptions().timeZone },
    clock: new Date().toISOString(),
  };
}

async function named(file: string, pattern: RegExp): Promise<string> {
  return pattern.exec(await contents(file))?.[1] ?? 'unknown';
}

/** Addresses, routes, name servers, and who keeps the time. */
export async function networkSummary(signal: AbortSignal): Promise<string> {
  const parts = {
    addresses: `${JSON.stringify(networkInterfaces(), null, 2)}\n`,
    routes: await contents('/proc/net/route'),
    'name servers': await contents('/etc/resolv.conf'),
    time: await saidBy(['timedatectl', 'show'], signal),
    'disk use': await saidBy(['df', '-h'], signal),
  };
  return Object.entries(parts)
    .map(([name, text]) => `== ${name}\n${text}`)
    .join('\n');
}

/** How much is kept, and of whom; no addresses of the platform, for there are keys in them. */
export async function stateSummary(directory: string): Promise<object> {
  const state = await peekState(directory);
  return {
    alarmsWaiting: state.alarms.length,
    recordings: Object.values(state.recordings).map(({ channel, finished }) => ({ channel, finished })),
    cameras: state.cameras,
    numbers: state.numbers.map(({ channel, identity, name }) => ({ channel, identity, name })),
    presets: Object.entries(state.presets).map(([camera, presets]) => ({
      camera,
      presets: Object.keys(presets).length,
    })),
    time: state.time,
    spool: await spooled(join(directory, 'spool')),
    files: (await listed(directory)).sort(),
  };
}

async function spooled(folder: string): Promise<readonly object[]> {
  return Promise.all(
    (await listed(folder)).map(async (session) => {
      const names = await listed(join(folder, session));
      const sizes = await Promise.all(names.map((name) => sizeOf(join(folder, session, name))));
      return { session, segments: names.length, bytes: sizes.reduce((sum, bytes) => sum + bytes, 0) };
    }),
  );
}

const listed = (folder: string): Promise<string[]> => readdir(folder).catch(() => []);
const sizeOf = (file: string): Promise<number> =>
  stat(file).then(
    ({ size }) => size,
    () => 0,
  );
