import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { imageOf, stagesOf } from '../install/dockerfile.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const text = (path: string): string => readFileSync(join(ROOT, path), 'utf8');
const STAGES = stagesOf(text('Dockerfile'));

test('the image is started by tini, not as root, and looks after its health', () => {
  const last = STAGES.at(-1);
  assert.ok(last);
  const { user, volumes, command, health } = imageOf(last);
  assert.equal(user, 'node');
  assert.deepEqual(volumes, ['/etc/ovd-gateway', '/var/lib/ovd-gateway']);
  assert.deepEqual(command.slice(0, 5), ['tini', '--', 'node', 'dist/main.js', 'run']);
  assert.match(health.join(' '), /fetch\(process\.env\.OVD_HEALTH_URL\)/);
});

test('whatever the Dockerfile copies is there', () => {
  const own = STAGES.flatMap(({ steps }) => steps).filter(
    ({ word, rest }) => word === 'COPY' && !rest.startsWith('--'),
  );
  assert.ok(own.length >= 2);
  for (const { rest } of own) {
    for (const name of rest.split(' ').slice(0, -1)) assert.ok(existsSync(join(ROOT, name)), name);
  }
});

test('the compose file of the README keeps what the image keeps, on the network of the host', () => {
  const [, yaml = ''] = /^```yaml\n(services:[\s\S]*?)^```/m.exec(text('README.md')) ?? [];
  const service = parse(yaml).services['ovd-gateway'];
  const kept = service.volumes.map((volume: string) => volume.split(':')[1]);
  assert.deepEqual(kept, ['/etc/ovd-gateway', '/var/lib/ovd-gateway']);
  assert.equal(service.network_mode, 'host');
});
