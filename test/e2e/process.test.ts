import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type TestContext, test } from 'node:test';
import type { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import type { Finding } from '../../src/support/finding.ts';
import { alive, GatewayProcess } from '../peers/gateway-process.ts';
import { motion } from '../peers/heard-camera.ts';
import { CODE, siteConfig, startCamera, startOvc } from '../peers/site.ts';

const PATIENT = { timeoutMs: 20_000 };

async function site(t: TestContext) {
  const [ovc, camera] = await Promise.all([startOvc(t), startCamera(t)]);
  return { ovc, camera, gateway: GatewayProcess.run(t, siteConfig(ovc, [camera])) };
}

const report = (ovc: OvcSimulator) => ovc.devices.get(CODE)?.report;
const online = (ovc: OvcSimulator) => ovc.waitFor(() => report(ovc)?.channels.some(({ state }) => state > 0), PATIENT);

interface Stage {
  readonly name: string;
  reach(ovc: OvcSimulator, gateway: GatewayProcess): Promise<unknown>;
}

const publish = (ovc: OvcSimulator) =>
  ovc.request(CODE, 'RTMPPublish', { channel: 0, url: ovc.rtmpUrl('live', 'p'), stream_id: 's', max_bitrate: 0 });

/** How far the gateway gets before it is told to end. */
const STAGES: readonly Stage[] = [
  { name: 'right after the start', reach: (_, gateway) => gateway.says('starting') },
  { name: 'while it logs in', reach: (ovc) => ovc.waitFor(() => report(ovc)?.connected, PATIENT) },
  {
    name: 'while a push is being opened',
    reach: async (ovc, gateway) => {
      await online(ovc);
      ovc.faults.setRtmp({ acceptAfterMs: 600_000 });
      publish(ovc).catch(() => undefined);
      await gateway.says('publish ordered');
    },
  },
  {
    name: 'while it is live',
    reach: async (ovc) => {
      await online(ovc);
      await publish(ovc);
    },
  },
];

for (const { name, reach } of STAGES) {
  test(`SIGTERM ${name} ends the gateway in good order and leaves no child`, async (t) => {
    const { ovc, gateway } = await site(t);
    await reach(ovc, gateway);
    const children = gateway.children;
    gateway.kill('SIGTERM');
    assert.equal(await gateway.ended, 0);
    assert.deepEqual(children.filter(alive), []);
    for (const { ended } of ovc.streams) assert.equal(ended?.how, 'unpublished');
    assert.doesNotMatch(gateway.text, /hunter2|"level":(50|60)/);
  });
}

test('not even at level trace is there a secret in the log, and a quiet gateway says nothing', async (t) => {
  const [ovc, camera] = await Promise.all([startOvc(t), startCamera(t)]);
  const config = { ...JSON.parse(siteConfig(ovc, [camera])), log: { level: 'trace' } };
  const gateway = GatewayProcess.run(t, JSON.stringify(config));
  await online(ovc);
  const url = ovc.rtmpUrl('live', 'key-hunter2?token=hunter2');
  await ovc.request(CODE, 'RTMPPublish', { channel: 0, url, stream_id: 's', max_bitrate: 0 });
  const callback = ovc.recordings.callbackUrl('traced');
  const session = { session_id: 'traced', channel: 0, max_bitrate: 0, seg_duration: 1, seg_max_size: 10_000_000 };
  const rest = { seg_max_count: 4, prerecord_seconds: 0, start_ts: 0, cbk_url: `${callback}?token=hunter2` };
  await ovc.request(CODE, 'StartCloudRecord', { ...session, ...rest });
  await ovc.request(CODE, 'Snapshot', { channel: 0, pic_upload_url: `${ovc.pictures.offer().url}?sign=hunter2` });
  camera.equipment.events.emit(motion(true));
  await gateway.says('"msg":"segment delivered"');
  const told = gateway.lines.filter((line) => /"level":[3-6]0/.test(line)).length;
  const delivered = () => gateway.lines.filter((line) => line.includes('"msg":"segment delivered"')).length;
  while (delivered() < 4) await gateway.heard();
  // Live, recording and connected: nobody has to read anything.
  assert.deepEqual(gateway.lines.filter((line) => /"level":[3-6]0/.test(line)).slice(told), []);
  assert.doesNotMatch(gateway.text, /hunter2/);
  // What every user of the box sees with ps.
  const seen = gateway.children.map((pid) => readFileSync(`/proc/${pid}/cmdline`, 'utf8')).join('\n');
  assert.match(seen, /ffmpeg/);
  assert.doesNotMatch(seen, /hunter2|rtsp:/);
});

test('RebootDevice ends the gateway in good order, to be started again', async (t) => {
  const { ovc, gateway } = await site(t);
  await online(ovc);
  await publish(ovc);
  const children = gateway.children;
  ovc.say(CODE, JSON.stringify({ event: 'RebootDevice' }));
  assert.equal(await gateway.ended, 76);
  assert.deepEqual(children.filter(alive), []);
  assert.match(gateway.text, /"reason":"ordered by the platform","msg":"restarting"/);
});

test('after SIGKILL of the gateway its ffmpeg ends by itself', async (t) => {
  const { ovc, gateway } = await site(t);
  await online(ovc);
  await publish(ovc);
  const children = gateway.children;
  assert.ok(children.length > 0);
  gateway.kill('SIGKILL');
  await gateway.ended;
  // Its pipes are broken, which it finds out at its next write.
  const deadline = Date.now() + 10_000;
  while (children.some(alive) && Date.now() < deadline) await new Promise((resolve) => setTimeout(resolve, 50));
  assert.deepEqual(children.filter(alive), []);
});

test('an ffmpeg that is killed is replaced, and the push goes on', async (t) => {
  const { ovc, gateway } = await site(t);
  await online(ovc);
  await publish(ovc);
  const [ffmpeg = 0] = gateway.children;
  process.kill(ffmpeg, 'SIGKILL');
  const frames = ovc.streams[0]?.video?.frames ?? 0;
  await ovc.waitFor(() => (ovc.streams[0]?.video?.frames ?? 0) > frames + 20, PATIENT);
  assert.equal(ovc.streams.length, 1);
  assert.ok(!gateway.children.includes(ffmpeg));
  const warnings = gateway.lines.filter((line) => line.includes('"level":40'));
  assert.ok(warnings.every((line) => line.length < 1_000));
});

test('a configuration that is not valid ends with exit code 78 and all its faults', async (t) => {
  const gateway = GatewayProcess.run(t, 'platform: { url: nope, login_code: 1 }\nfoo: 1');
  assert.equal(await gateway.ended, 78);
  for (const words of ['platform.url', 'platform.login_code', 'login_password', 'unknown key: foo']) {
    assert.ok(gateway.text.includes(words), words);
  }
});

test('bad usage ends with exit code 2 and the usage', async (t) => {
  for (const args of [[], ['nonsense'], ['run', '--nonsense'], ['run', 'extra'], ['demo', '--cameras', 'x']]) {
    const gateway = new GatewayProcess(t, args);
    assert.equal(await gateway.ended, 2, args.join(' '));
    assert.match(gateway.text, /usage|ovd-gateway run/);
  }
});

test('a refused login is said in plain words', async (t) => {
  const [ovc, camera] = await Promise.all([startOvc(t), startCamera(t)]);
  ovc.faults.set({ refuseLogin: 'status' });
  const gateway = GatewayProcess.run(t, siteConfig(ovc, [camera]));
  assert.match(await gateway.says('refuses this login'), /HTTP 401/);
});

test('check says of each part whether it would work, and shows no secret', async (t) => {
  const [ovc, camera] = await Promise.all([startOvc(t), startCamera(t)]);
  const config = JSON.parse(siteConfig(ovc, [camera])) as { channels: Array<{ onvif: object }> };
  const wrong = { channel: 1, onvif: { ...config.channels[0]?.onvif, password: 'other-hunter2' } };
  const nobody = { channel: 2, rtsp: { url: 'rtsp://127.0.0.1:9/x' } };
  const text = JSON.stringify({ ...config, channels: [...config.channels, wrong, nobody] });
  const gateway = GatewayProcess.check(t, text);
  assert.equal(await gateway.ended, 1);
  const findings = JSON.parse(gateway.text) as Finding[];
  const of = (what: string) => findings.find((finding) => finding.what === what);
  for (const what of ['configuration', 'ffmpeg', 'H.264 encoder', 'state directory', 'platform login']) {
    assert.equal(of(what)?.verdict, 'ok', what);
  }
  for (const part of ['camera', 'login', 'clock', 'video', 'PTZ', 'events', 'snapshot']) {
    assert.equal(of(`channel 0: ${part}`)?.verdict, 'ok', part);
  }
  assert.match(of('channel 0: video')?.words ?? '', /H264 640x360/);
  assert.match(of('channel 1: login')?.words ?? '', /password/);
  assert.match(of('channel 2: camera')?.words ?? '', /cannot be reached/);
  assert.deepEqual(
    findings.filter(({ ok }) => !ok).map(({ channel }) => channel),
    [1, 2],
  );
  // Whatever is not as it should be comes with something to do.
  for (const { verdict, advice, what } of findings) assert.equal(advice === '', verdict === 'ok', what);
  assert.doesNotMatch(gateway.text, /hunter2/);
});
