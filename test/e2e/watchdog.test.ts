import assert from 'node:assert/strict';
import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { test } from 'node:test';
import { GatewayProcess } from '../peers/gateway-process.ts';
import { scratch } from '../peers/scratch.ts';

test('systemd is told that the gateway is ready, alive and stopping, also before there is a configuration', async (t) => {
  const folder = await scratch(t);
  const told = join(folder, 'told');
  // In the place of the program that comes with systemd; it only writes down what it is to say.
  const program = join(folder, 'systemd-notify');
  writeFileSync(program, `#!/bin/sh\necho "$1" >> ${told}\n`);
  chmodSync(program, 0o755);
  writeFileSync(told, '');
  const gateway = new GatewayProcess(t, ['run', '-c', join(folder, 'gateway.yaml')], {
    ...{ OVD_WEB_LISTEN: '127.0.0.1:0', NOTIFY_SOCKET: join(folder, 'socket'), WATCHDOG_USEC: '100000' },
    PATH: `${folder}${delimiter}${process.env.PATH}`,
  });
  const words = (): string[] => readFileSync(told, 'utf8').split('\n');
  await gateway.says('give this code');
  while (words().filter((word) => word === 'WATCHDOG=1').length < 2)
    await new Promise((resolve) => setImmediate(resolve));
  assert.equal(words()[0], 'READY=1');
  gateway.kill('SIGTERM');
  assert.equal(await gateway.ended, 0);
  assert.equal(words().at(-2), 'STOPPING=1');
});
