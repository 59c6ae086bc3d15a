import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { parse } from 'yaml';
import { systemClock } from '../../src/runtime/clock.ts';
import { bundleName, supportBundle } from '../../src/support/bundle.ts';
import type { Finding } from '../../src/support/finding.ts';
import { configFile, GatewayProcess } from '../peers/gateway-process.ts';
import { readableLog } from '../peers/readable-log.ts';
import { scratch } from '../peers/scratch.ts';
import { siteConfig, startCamera, startOvc } from '../peers/site.ts';

/** Takes the archive apart with the system's own tar; gives its files by name. */
function unpacked(archive: string, into: string): ReadonlyMap<string, string> {
  mkdirSync(into);
  execFileSync('tar', ['-xzf', archive, '-C', into]);
  const folder = join(into, 'ovd-gateway-support');
  return new Map(readdirSync(folder).map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

test('the bundle for support tells all and no secret', async (t) => {
  const [ovc, camera, folder] = await Promise.all([startOvc(t), startCamera(t), scratch(t)]);
  const state = join(folder, 'state');
  mkdirSync(state);
  const recordings = { one: { callbackUrl: 'http://ovc.example.com/cbk?key=hunter2' } };
  writeFileSync(join(state, 'state.json'), JSON.stringify({ recordings, alarms: [] }));
  const settings = { ...JSON.parse(siteConfig(ovc, [camera])), state_dir: state };
  const file = configFile(t, `# hunter2 stands here too\n${JSON.stringify(settings, undefined, 1)}`);
  const archive = join(folder, 'bundle.tar.gz');
  const gateway = new GatewayProcess(t, ['support-bundle', '-c', file, '-o', archive]);
  assert.equal(await gateway.ended, 0, gateway.text);
  assert.equal(statSync(archive).mode & 0o777, 0o600);
  const files = unpacked(archive, join(folder, 'unpacked'));
  assert.doesNotMatch([...files.values()].join('\n'), /hunter2/);
  assert.match(files.get('system.json') ?? '', /"ffmpeg": "ffmpeg version/);
  assert.equal(parse(files.get('config.yaml') ?? '').platform.login_code, 'OVD1');
  const findings = JSON.parse(files.get('check.json') ?? '[]') as Finding[];
  assert.ok(findings.some(({ what, ok }) => what === 'channel 0: video' && ok));
  assert.ok(files.has('README.txt') && files.has('network.txt') && files.has('state.json'));
});

test('what the running gateway gives for it is scrubbed, and a configuration that is none is no obstacle', async (t) => {
  const folder = await scratch(t);
  const file = configFile(t, 'platform: { login_password: hunter2');
  const parts = {
    ...{ file, config: undefined, stateDirectory: folder, version: '1', linked: 'up', clock: systemClock },
    login: () => {
      throw new Error('nobody asks');
    },
    log: readableLog().log,
    status: { channels: [], note: 'rtsp://admin:hunter2@cam/x' },
    logLines: ['{"msg":"rtmp://host/live/hunter2"}', '{"msg":"told"}'],
  };
  const archive = join(folder, bundleName(new Date()));
  writeFileSync(archive, await supportBundle(parts, new AbortController().signal));
  const files = unpacked(archive, join(folder, 'unpacked'));
  assert.doesNotMatch([...files.values()].join('\n'), /hunter2/);
  assert.match(files.get('log.jsonl') ?? '', /told/);
  assert.match(files.get('status.json') ?? '', /channels/);
});
