import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { configFile } from '../peers/gateway-process.ts';
import { scratch } from '../peers/scratch.ts';
import { CODE, siteConfig, startOvc } from '../peers/site.ts';

const MAIN = join(import.meta.dirname, '..', '..', 'src', 'main.ts');

async function begun(t: TestContext, args: readonly string[], stdout: 'pipe' | number): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--import', 'tsx', MAIN, ...args], {
    stdio: ['ignore', stdout, 'pipe'],
    env: { ...process.env, STATE_DIRECTORY: await scratch(t) },
  });
  t.after(() => child.kill('SIGKILL'));
  return child;
}

async function errorsOf({ stderr }: ChildProcess): Promise<string> {
  let text = '';
  for await (const chunk of stderr ?? []) text += String(chunk);
  return text;
}

test('a log that nobody can write costs nothing but the log', async (t) => {
  const ovc = await startOvc(t);
  const full = openSync('/dev/full', 'w');
  t.after(() => closeSync(full));
  const gateway = await begun(t, ['run', '-c', configFile(t, siteConfig(ovc, []))], full);
  const errors = errorsOf(gateway);
  await ovc.waitFor(() => ovc.devices.get(CODE)?.report.connected === true, { timeoutMs: 60_000 });
  gateway.kill('SIGTERM');
  assert.deepEqual(await once(gateway, 'close'), [0, null]);
  assert.equal(await errors, '');
});

test('a reader who has gone is no reason for a stack trace', async (t) => {
  const child = await begun(t, ['--help'], 'pipe');
  child.stdout?.destroy();
  const errors = errorsOf(child);
  await once(child, 'close');
  assert.equal(await errors, '');
});

test('a port that is taken is said in a line', async (t) => {
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const address = taken.address();
  const port = typeof address === 'object' ? String(address?.port) : '';
  for (const args of [
    ['camera', '--port', port, '--rtsp-port', '0'],
    ['camera', '--port', '0', '--rtsp-port', port],
    ['ovc', '--port', port, '--rtmp-port', '0'],
  ]) {
    const child = await begun(t, ['simulate', ...args], 'pipe');
    child.stdout?.resume();
    const errors = errorsOf(child);
    assert.deepEqual(await once(child, 'close'), [1, null]);
    assert.match(await errors, /^ovd-gateway: .*EADDRINUSE.*\n$/, args.join(' '));
  }
});
