import assert from 'node:assert/strict';
import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type {
  ErrorAnswer,
  PlatformTestAnswer,
  SessionAnswer,
  SettingsAnswer,
  SiteStatus,
  TryAnswer,
} from '../../src/admin/api.ts';
import { GatewayProcess } from '../peers/gateway-process.ts';
import { PageVisitor } from '../peers/page-visitor.ts';
import { scratch } from '../peers/scratch.ts';
import { CAMERA_PASSWORD, CODE, OVC_PASSWORD, startCamera, startOvc } from '../peers/site.ts';

const PATIENT = { timeoutMs: 60_000 };
const PAGE_PASSWORD = 'page-hunter2';

test('from nothing to a live channel by the page alone, and through all it does', async (t) => {
  const [ovc, camera, folder] = await Promise.all([startOvc(t), startCamera(t), scratch(t)]);
  const file = join(folder, 'etc', 'gateway.yaml');
  const gateway = new GatewayProcess(t, ['run', '-c', file], { OVD_WEB_LISTEN: '127.0.0.1:0' });
  const visitor = await PageVisitor.of(gateway, 'give this code');
  const platform = { url: ovc.url, login_code: CODE, login_password: OVC_PASSWORD };
  const at = { host: camera.host, port: camera.onvifPort, username: 'admin' };
  const status = () => visitor.json<SiteStatus>('/api/status');
  const until = async (isSo: (status: SiteStatus) => boolean): Promise<SiteStatus> => {
    for (;;) {
      const now = await status();
      if (isSo(now)) return now;
    }
  };

  await t.test('the set-up: platform tested, file written for the owner alone, gateway at work', async () => {
    assert.equal((await visitor.json<SessionAnswer>('/api/session')).state, 'set-up');
    assert.equal((await visitor.ask('/readyz')).status, 503);
    const wrong = { ...platform, login_password: 'wrong' };
    const refused = await visitor.send<PlatformTestAnswer>('/api/platform/test', wrong);
    assert.equal('kind' in refused && refused.kind, 'login-refused');
    assert.deepEqual(await visitor.send('/api/platform/test', platform), { ok: true });
    assert.ok(!existsSync(file));
    assert.deepEqual(await visitor.send('/api/setup', { password: PAGE_PASSWORD, platform }), { ok: true });
    assert.equal(statSync(file).mode & 0o777, 0o600);
    assert.doesNotMatch(readFileSync(file, 'utf8'), new RegExp(PAGE_PASSWORD));
    await until(({ link }) => link.state === 'up');
    assert.equal((await visitor.ask('/readyz')).status, 200);
  });

  await t.test('a camera: tried with a wrong and a right login, adopted, seen', async () => {
    const wrong = await visitor.send<TryAnswer>('/api/cameras/try', { ...at, password: 'wrong' });
    assert.equal('kind' in wrong && wrong.kind, 'camera-unauthorized');
    const right = await visitor.send<TryAnswer>('/api/cameras/try', { ...at, password: CAMERA_PASSWORD });
    assert.ok(right.ok && right.profiles.length > 0);
    assert.match(right.picture ?? '', /^data:image\/jpeg;base64,\/9j/);
    const onvif = { ...at, password: CAMERA_PASSWORD };
    assert.deepEqual(await visitor.send('/api/channels', { name: 'Door', onvif }), { channel: 0 });
    const { channels } = await until((now) => now.channels[0]?.camera.presence === 'online');
    assert.deepEqual([channels[0]?.name, channels[0]?.trouble], ['Door', []]);
    const taken = await visitor.send<ErrorAnswer>('/api/channels', { channel: 0, onvif });
    assert.equal(taken.error.kind, 'channel-taken');
  });

  await t.test('ten who look cost the camera one session, a second picture in two seconds nothing', async () => {
    const views = await Promise.all(Array.from({ length: 10 }, () => visitor.ask('/api/channels/0/live.flv')));
    for (const { body } of views) {
      const reader = body?.getReader();
      const first = await reader?.read();
      assert.equal(Buffer.from(first?.value ?? []).toString('latin1', 0, 3), 'FLV');
      await reader?.cancel();
    }
    const players = Object.values(camera.counts.rtsp).reduce((sum, mount) => sum + (mount?.players ?? 0), 0);
    assert.equal(players, 1);
    const before = camera.counts.snapshots;
    const pictures = await Promise.all(Array.from({ length: 5 }, () => visitor.ask('/api/channels/0/picture')));
    for (const picture of pictures) assert.equal(picture.headers.get('content-type'), 'image/jpeg');
    assert.ok(camera.counts.snapshots - before <= 1);
  });

  await t.test('whoever moves the camera and goes has it stopped', async () => {
    const { ptz } = camera.equipment;
    const stream = await visitor.ask('/api/events');
    const reader = stream.body?.getReader();
    await reader?.read();
    await visitor.send('/api/channels/0/ptz', { op: 'left', value: 50 });
    while (!ptz.isMoving) await status();
    await reader?.cancel();
    while (ptz.isMoving) await status();
  });

  await t.test(
    'settings: a bad value is refused with its place, a good one keeps comments, and there is a way back',
    async () => {
      const before = readFileSync(file, 'utf8');
      const change = (path: string, value: unknown) =>
        visitor.ask('/api/settings', { method: 'PATCH', body: [{ path, value }] });
      const bad = await change('discovery.interval', 'soon');
      assert.equal(bad.status, 422);
      assert.match(await bad.text(), /"path":"discovery\.interval"/);
      assert.equal((await change('ffmpeg.path', '/tmp/evil')).status, 422);
      assert.equal(readFileSync(file, 'utf8'), before);
      assert.equal((await change('log.level', 'debug')).status, 200);
      const after = readFileSync(file, 'utf8');
      assert.match(after, /level: debug/);
      assert.match(after, /# Written by the local page/);
      assert.equal((await visitor.ask('/api/settings/undo', { method: 'POST' })).status, 200);
      assert.equal(readFileSync(file, 'utf8'), before);
      const settings = await visitor.json<SettingsAnswer>('/api/settings');
      assert.doesNotMatch(JSON.stringify(settings), /hunter2|scrypt:\d/);
    },
  );

  await t.test('another number, another name, gone', async () => {
    await visitor.send('/api/channels/0/number', { channel: 7 });
    await ovc.waitFor(() => ovc.devices.get(CODE)?.report.channels[0]?.channel === 7, PATIENT);
    await visitor.send('/api/channels/7', { name: 'Yard' }, 'PATCH');
    assert.equal((await until(({ channels }) => channels[0]?.name === 'Yard')).channels[0]?.channel, 7);
    const metrics = await (await visitor.ask('/metrics')).text();
    assert.match(metrics, /^ovd_link_up 1$/m);
    assert.match(metrics, /^ovd_channel_online\{channel="7",name="Yard"\} [01]$/m);
    assert.equal((await visitor.ask('/api/channels/7', { method: 'DELETE' })).status, 200);
    await until(({ channels }) => channels.length === 0);
  });

  await t.test('a restart ends the process to be started again; nothing it said was secret', async () => {
    const packets = await (await visitor.ask('/api/packets')).text();
    assert.match(packets, /"seq":1,"method":"Keepalive","afterMs"/);
    const log = await (await visitor.ask('/api/log?level=trace')).text();
    assert.doesNotMatch(packets + log, /hunter2/);
    assert.equal((await visitor.ask('/api/restart', { method: 'POST' })).status, 200);
    assert.equal(await gateway.ended, 75);
    assert.doesNotMatch(gateway.text, /hunter2/);
  });
});
