import assert from 'node:assert/strict';
import { renameSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';
import { keyText } from '../../src/release/seal.ts';
import { Box } from '../peers/box.ts';
import { configFile, GatewayProcess } from '../peers/gateway-process.ts';
import { RawOvc } from '../peers/raw-ovc.ts';
import { ReleaseServer } from '../peers/release-server.ts';
import { KEY, madeRelease } from '../peers/upgrading.ts';

test('the gateway upgrades itself when the platform orders it, and says so meanwhile', async (t) => {
  const box = await Box.with(t, { '1.0.0': 'good' });
  box.point('1.0.0');
  const ovc = await new RawOvc().listen();
  t.after(() => ovc.close());
  const server = await ReleaseServer.with(t, madeRelease('99.0.0', 'good'));
  const config = {
    platform: { url: ovc.url.href, login_code: '1', login_password: 'test' },
    discovery: { enabled: false },
    web: { listen: '127.0.0.1:0' },
    upgrade: { keys: [keyText(KEY.publicKey)] },
  };
  const installed = { OVD_RELEASES: box.path(''), OVD_LAUNCHER: '1' };
  const file = configFile(t, JSON.stringify(config));
  const gateway = new GatewayProcess(t, ['run', '-c', file], installed);
  await ovc.hears(({ req, params }) => req === 'Keepalive' && params?.state === 1);

  const params = { firmware_model: '99.0.0', url: server.url };
  server.status = 503;
  ovc.say(JSON.stringify({ event: 'UpgradeFirmware', params }));
  await ovc.hears(({ req, params }) => req === 'Keepalive' && params?.state === 2);
  // A change that makes another gateway costs no order.
  const dials = ovc.dials.length;
  writeFileSync(`${file}.new`, JSON.stringify({ ...config, alarms: { picture_upload: 'PUT' } }));
  renameSync(`${file}.new`, file);
  await gateway.says('"costs":["gateway"]');
  await ovc.hears(() => ovc.dials.length > dials);
  server.status = undefined;
  assert.equal(await gateway.ended, 75);
  assert.match(gateway.text, /"reason":"upgrade","msg":"restarting"/);
  assert.doesNotMatch(gateway.text, /token=secret/);
  await box.launch(t).says('running 99.0.0');
});
