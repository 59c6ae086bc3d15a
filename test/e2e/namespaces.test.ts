import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';

const ROOT = join(import.meta.dirname, '..', '..');
const NETWORK = '10.213.7';
const CAMERAS = 32;

/** Why it cannot be run here; false where it can. */
function obstacle(): string | false {
  if (process.env['OVD_LONG'] !== '1') return 'makes networks, as root; OVD_LONG=1 runs it';
  if (process.platform !== 'linux' || process.getuid?.() !== 0) return 'NOT RUN: only root may make networks, on Linux';
  const probe = spawnSync('ip', ['netns', 'add', 'ovd-may-i']);
  spawnSync('ip', ['netns', 'del', 'ovd-may-i']);
  return probe.status === 0 ? false : 'NOT RUN: this machine lets nobody make networks';
}

function ip(...args: readonly string[]): void {
  const { status, stderr } = spawnSync('ip', args, { encoding: 'utf8' });
  assert.equal(status, 0, `ip ${args.join(' ')}: ${stderr}`);
}

/** Two networks of their own, joined by a cable; the cameras' end has an address for each of them. */
function cable(t: TestContext): { readonly cameras: string; readonly gateway: string } {
  const [cameras, gateway] = [`ovd-c-${process.pid}`, `ovd-g-${process.pid}`];
  t.after(() => {
    for (const name of [cameras, gateway]) spawnSync('ip', ['netns', 'del', name]);
  });
  for (const name of [cameras, gateway]) ip('netns', 'add', name);
  ip('link', 'add', 'cam0', 'netns', cameras, 'type', 'veth', 'peer', 'name', 'lan0', 'netns', gateway);
  for (let at = 0; at < CAMERAS; at++) ip('-n', cameras, 'addr', 'add', `${NETWORK}.${at + 10}/24`, 'dev', 'cam0');
  ip('-n', gateway, 'addr', 'add', `${NETWORK}.1/24`, 'dev', 'lan0');
  for (const [name, card] of [
    [cameras, 'cam0'],
    [gateway, 'lan0'],
  ] as const) {
    ip('-n', name, 'link', 'set', 'lo', 'up');
    ip('-n', name, 'link', 'set', card, 'up');
  }
  return { cameras, gateway };
}

function within(network: string, program: string, ...args: readonly string[]) {
  const node = [process.execPath, '--import', 'tsx', join(ROOT, program), ...args];
  const child = spawn('ip', ['netns', 'exec', network, ...node], { cwd: ROOT, stdio: ['ignore', 'pipe', 'inherit'] });
  const chunks: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
  return { child, closed: once(child, 'close'), text: () => Buffer.concat(chunks).toString('utf8') };
}

test('32 cameras in another network than ours are all found, each at its own address', {
  skip: obstacle(),
}, async (t) => {
  const networks = cable(t);
  const village = within(networks.cameras, 'test/peers/village.ts', NETWORK, String(CAMERAS));
  t.after(async () => {
    village.child.kill('SIGTERM');
    await village.closed;
  });
  while (!village.text().includes('ready')) await once(village.child.stdout, 'data');
  const discover = within(networks.gateway, 'src/main.ts', 'discover', '--json', '--seconds', '5');
  await discover.closed;
  const { devices } = JSON.parse(discover.text()) as { devices: { address: string; endpoint: string }[] }; // Our own output.
  assert.equal(new Set(devices.map(({ endpoint }) => endpoint)).size, CAMERAS);
  assert.deepEqual(
    devices.map(({ address }) => address).sort(),
    Array.from({ length: CAMERAS }, (_, at) => `${NETWORK}.${at + 10}`).sort(),
  );
});
