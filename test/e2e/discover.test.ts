import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configFile, GatewayProcess } from '../peers/gateway-process.ts';
import { CAMERA_USER, Lan, written } from '../peers/lan.ts';

test('discover shows the cameras of a network with their channels, and where it has searched', async (t) => {
  const lan = await Lan.start(t);
  const { camera } = await lan.camera(1, lan.host(2));
  await lan.camera(2, lan.host(3));
  const config = {
    platform: { url: 'ws://127.0.0.1:1', login_code: 'a', login_password: 'b' },
    discovery: lan.discovery,
    channels: [
      { channel: 3, onvif: { host: lan.host(2), port: camera.port } },
      { channel: 4, onvif: { host: lan.host(9) } },
    ],
  };
  const file = configFile(t, JSON.stringify(config));
  const shown = new GatewayProcess(t, ['discover', '--seconds', '1', '-c', file]);
  const told = new GatewayProcess(t, ['discover', '--seconds', '1', '-c', file, '--json']);
  assert.equal(await shown.ended, 0);
  assert.match(shown.text, /searched from 127\.0\.0\.1 for 1 s: 2 devices/);
  assert.match(shown.text, new RegExp(`${lan.host(2)}:${camera.port} +Camera 1 +Virtual camera +02:00:00:00:01:01 +3`));
  assert.match(shown.text, /not seen: the ONVIF cameras of channel 4/);
  assert.equal(await told.ended, 0);
  const { devices } = JSON.parse(told.text) as { devices: { channel: number | null; name: string }[] };
  assert.deepEqual(devices.map(({ name, channel }) => [name, channel]).sort(), [
    ['Camera 1', 3],
    ['Camera 2', null],
  ]);
});

test('probe says what is wrong with its words', async (t) => {
  const words = [['probe'], ['probe', 'http://x/'], ['probe', 'h:99999'], ['probe', 'h', '-u', 'admin']];
  const codes = await Promise.all(words.map((args) => new GatewayProcess(t, args).ended));
  assert.deepEqual(codes, [2, 2, 2, 2]);
  const nobody = new GatewayProcess(t, ['probe', '127.0.0.1:1', '--json']);
  assert.equal(await nobody.ended, 1);
  assert.match(nobody.text, /"fault": "camera cannot be reached: connection refused"/);
});

test('check finds a camera that is given by its endpoint', async (t) => {
  const lan = await Lan.start(t);
  await lan.camera(1, lan.host(2));
  const onvif = { endpoint: 'urn:uuid:5f5a69c2-e0ae-504f-829b-020000000101', ...written(CAMERA_USER) };
  const config = {
    platform: { url: 'ws://127.0.0.1:1', login_code: 'a', login_password: 'b' },
    discovery: lan.discovery,
    channels: [{ channel: 3, onvif }],
  };
  const checked = GatewayProcess.check(t, JSON.stringify(config));
  await checked.ended;
  const findings = JSON.parse(checked.text) as { channel?: number; ok: boolean; words: string }[];
  const ofCamera = findings.filter(({ channel }) => channel === 3);
  assert.ok(ofCamera.length > 0);
  assert.ok(ofCamera.every(({ ok }) => ok));
  assert.match(ofCamera.map(({ words }) => words).join('\n'), /Virtual camera/);
});
