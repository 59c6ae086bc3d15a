import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { createRequire } from 'node:module';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { METHODS } from '../../src/ovc/protocol.ts';
import { Secret } from '../../src/runtime/secret.ts';
import { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { IN_BROWSER, Window } from '../peers/browser.ts';
import { FfmpegPush } from '../peers/ffmpeg-push.ts';
import { RawDevice } from '../peers/raw-device.ts';
import { RawRecorder } from '../peers/raw-recorder.ts';
import { readableLog } from '../peers/readable-log.ts';

const window = new Window();
const LOGIN = { login_code: 'OVD1', login_passwd: 'x', hardware_model: 'camera-9', firmware_model: '1.2' };
const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true };
const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** A platform and a device that answers whatever it is asked, both on this machine. */
async function stage(t: TestContext, options: { rtmp?: false; token?: Secret } = { rtmp: false }) {
  const ovc = await OvcSimulator.listen({ accounts: 'any', log: readableLog().log, ...options });
  t.after(() => ovc.close());
  const device = await RawDevice.logIn(ovc.url, LOGIN);
  t.after(() => device.close());
  device.answers(() => ({ resp: {} }));
  const channels = [
    { channel: 0, state: 2, stream_id: 'front', alarm: 8 },
    { channel: 1, state: 0 },
  ];
  device.send({ req: 'Keepalive', params: { state: 1, channels }, seq: 1 });
  await ovc.waitFor(() => ovc.devices.get('OVD1')?.report.channels.length === 2);
  return { ovc, device };
}

/** The form is filled in by the simulator; until then nothing can be sent. */
async function send(page: Page, method: string): Promise<void> {
  await page.getByLabel('Method', { exact: true }).selectOption(method);
  await page.getByRole('form', { name: method }).getByRole('button', { name: 'Send', exact: true }).click();
}

test('every method is sent by its form, with parameters that fit the contract', IN_BROWSER, async (t) => {
  const { ovc, device } = await stage(t, {});
  const page = await window.open(t, ovc.pageUrl('OVD1'));
  for (const [method, { kind, params }] of Object.entries(METHODS)) {
    await send(page, method);
    const heard = await device.hears(({ req, event }) => (kind === 'RPC' ? req : event) === method);
    assert.ok(params.safeParse(heard['params'] ?? {}).success, JSON.stringify(heard));
    await page
      .locator('.send-form [role=status]')
      .getByText(kind === 'RPC' ? 'after' : 'Sent.')
      .waitFor();
  }
});

test('packets appear as they pass, paired, pretty and filtered, and broken ones can be sent', IN_BROWSER, async (t) => {
  const { ovc, device } = await stage(t);
  const page = await window.open(t, ovc.pageUrl('OVD1'));
  const row = (text: string) => page.locator('.exchange', { hasText: text });
  await row('Keepalive').getByText('ok').waitFor();
  await row('logged in: camera-9').waitFor();
  device.send({ req: 'Teleport', params: { to: '<b>home</b>' }, seq: 2 });
  await row('Teleport').getByText('err 101').waitFor();
  await row('Teleport').getByText('no such method').waitFor();
  await row('Teleport').locator('summary').focus();
  await page.keyboard.press('Enter');
  await row('Teleport').locator('pre', { hasText: '"to": "<b>home</b>"' }).waitFor();
  await page.getByLabel('Show').selectOption('faults');
  await row('Keepalive').waitFor({ state: 'detached' });
  await page.getByRole('button', { name: 'Raw packet' }).click();
  await page.getByRole('button', { name: 'broken JSON' }).click();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await device.hears(({ text }) => text === '{"req":"QueryTime",');
  await page.getByLabel('Text, sent as it is').fill('\u0000\u0001');
  await page.getByLabel('As a binary message').check();
  await page.getByRole('button', { name: 'Send', exact: true }).click();
  await ovc.waitFor(() => ovc.devices.get('OVD1')?.packets.some(({ text }) => text === 'binary, 2 bytes: 0001'));
});

test('a push is seen live with codec, size, bit rate and delay', IN_BROWSER, async (t) => {
  const { ovc } = await stage(t, {});
  const pushing = new FfmpegPush(ovc.rtmpUrl('live', 'front'));
  t.after(() => pushing.kill());
  const page = await window.open(t, `${ovc.pageUrl('OVD1')}#/live`);
  const figure = (name: string, value: RegExp) =>
    page.locator('.facts > div', { hasText: name }).locator('dd', { hasText: value }).waitFor();
  await figure('Codec', /^H264 \+ AAC$/);
  await figure('Size', /^320 × 240$/);
  await figure('Bit rate', /\d [kM]bit\/s$/);
  await figure('Delay in the browser', /^\d+ ms$/);
  await pushing.stop();
  await page.getByText('stopped by the device').waitFor();
});

test('the switches of the platform are moved, and moved back together', IN_BROWSER, async (t) => {
  const { ovc, device } = await stage(t, {});
  const page = await window.open(t, `${ovc.pageUrl('OVD1')}#/faults`);
  const moved = async (move: () => Promise<unknown>): Promise<void> => {
    const put = page.waitForResponse((response) => response.request().method() === 'PUT');
    await Promise.all([put, move()]);
  };
  await moved(() => page.getByLabel('silent').check());
  await page.getByLabel('answer_delay_ms').fill('70');
  await moved(() => page.getByLabel('answer_delay_ms').blur());
  await moved(() => page.getByLabel('refuse_login').selectOption('status'));
  await moved(() => page.getByLabel('put', { exact: true }).uncheck());
  const { silent, answerDelayMs, refuseLogin } = ovc.faults.link('OVD1');
  assert.deepEqual([silent, answerDelayMs, refuseLogin], [true, 70, 'status']);
  assert.deepEqual(ovc.faults.storage().steps, ['next_dts', 'create', 'fail', 'save']);
  await page.getByText('The platform misbehaves').waitFor();
  await page.getByRole('link', { name: 'refuse_login, silent, answer_delay_ms, steps' }).waitFor();
  await page.getByRole('button', { name: 'Cut the link off' }).click();
  await device.closed;
  await page.getByRole('button', { name: 'Behave again' }).click();
  await page.getByText('The platform behaves again.').waitFor();
  assert.equal(ovc.faults.link('OVD1').silent, false);
  await page.getByRole('checkbox', { name: 'silent', checked: false }).waitFor();
});

test('the tour is played by a button, and shows each rule with what was seen', IN_BROWSER, async (t) => {
  const { ovc } = await stage(t);
  const page = await window.open(t, `${ovc.pageUrl('OVD1')}#/rules`);
  const rule = page.locator('.rule', { hasText: 'is answered with err 101' });
  await rule.getByText('not tried').waitFor();
  await rule.getByRole('button', { name: 'Try' }).click();
  await rule.getByText('fail', { exact: true }).waitFor();
  await rule.getByText(/^\{\} after/).waitFor();
  await page.getByText('1 of 1 tried').waitFor();
});

/** Two seconds of a recording, which go on where the one before ended. */
async function footage(number: number) {
  const source = '-f lavfi -i testsrc=size=320x180:rate=25 -t 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p';
  const output = `-output_ts_offset ${number * 2} -muxdelay 0 -f mpegts pipe:1`;
  const args = `-v error ${source} ${output}`.split(' ');
  return (await promisify(execFile)('ffmpeg', args, { encoding: 'buffer', maxBuffer: 2 ** 24 })).stdout;
}

test('a recording is played from its list, and told with its segments', IN_BROWSER, async (t) => {
  const { ovc } = await stage(t);
  const recorder = new RawRecorder(ovc, 'front');
  const first = await recorder.bring(0, {}, await footage(0));
  await recorder.bring(1, { last_file_name: first }, await footage(1));
  const page = await window.open(t, `${ovc.pageUrl('OVD1')}#/recordings`);
  await page.getByRole('cell', { name: '4.0 s' }).waitFor();
  await page.getByRole('button', { name: 'Play' }).click();
  await page.locator('video.recorded').waitFor();
  // Into the second segment.
  await page.evaluate(`new Promise((resolve) => {
    const video = document.querySelector('video.recorded');
    video.addEventListener('timeupdate', () => { if (video.currentTime > 2.1) resolve(); });
  })`);
  await page.getByText('Segments (2)').click();
  await page.getByText('not confirmed').waitFor();
});

test('alarms are shown with their pictures', IN_BROWSER, async (t) => {
  const { ovc, device } = await stage(t);
  const alarm = { channel: 0, datetime: '2026-01-02T03:04:05', type: 3, state: 'start', desc: 'a cat' };
  device.send({ req: 'AlarmNotify', params: alarm, seq: 2 });
  const { resp } = await device.hears(({ seq, resp }) => seq === 2 && resp !== undefined);
  const { pic_upload_url: url } = resp as { pic_upload_url: string }; // The simulator's own answer.
  await fetch(url, { method: 'POST', headers: { 'Content-Type': 'image/jpeg' }, body: Buffer.from('ffd8ffd9', 'hex') });
  const page = await window.open(t, `${ovc.pageUrl('OVD1')}#/alarms`);
  await page.getByRole('img', { name: 'Picture of motion, channel 0' }).waitFor({ state: 'attached' });
  await page.getByText('a cat').waitFor();
});

test('the page speaks Chinese on a phone, switches to English, and is never too wide', IN_BROWSER, async (t) => {
  const { ovc } = await stage(t);
  const page = await window.open(t, ovc.pageUrl('OVD1'), { ...PHONE, locale: 'zh-CN' });
  const places = [
    ['数据包', '向设备发送'],
    ['直播', '推流：通道 1'],
    ['录像', '还没有录像。'],
    ['告警', '还没有告警。'],
    ['故障', '此设备的连接'],
    ['规则', '检验全部规则'],
  ] as const;
  for (const [place, content] of places) {
    await page.getByRole('navigation').getByRole('link', { name: place }).click();
    if (place !== '直播') await page.getByText(content).first().waitFor();
    assert.equal(await page.evaluate('document.documentElement.scrollWidth > innerWidth'), false, place);
  }
  await page.getByRole('button', { name: 'English' }).click();
  await page.getByRole('button', { name: 'Try all rules' }).waitFor();
});

test('axe finds nothing serious on any part of the page, light and dark', IN_BROWSER, async (t) => {
  const { ovc } = await stage(t);
  for (const [colorScheme, places] of [
    ['light', ['', 'live', 'recordings', 'alarms', 'faults', 'rules']],
    ['dark', ['']],
  ] as const) {
    const page = await window.open(t, ovc.pageUrl('OVD1'), { colorScheme, bypassCSP: true });
    await page.addScriptTag({ path: AXE });
    for (const place of places) {
      await page.goto(`${ovc.pageUrl('OVD1')}#/${place}`);
      await page.locator('main h2').first().waitFor();
      const found = await page.evaluate('axe.run().then(({violations}) => violations)');
      // axe's own report; only what is looked at here is named.
      const serious = (found as Array<{ id: string; impact: string; nodes: Array<{ html: string }> }>).filter(
        ({ impact }) => impact === 'serious' || impact === 'critical',
      );
      assert.deepEqual(
        serious.map(({ id, nodes }) => [id, nodes[0]?.html]),
        [],
        `${colorScheme} ${place}`,
      );
    }
  }
});

test('all devices are listed; a page without the token says so', IN_BROWSER, async (t) => {
  const { ovc } = await stage(t, { rtmp: false, token: new Secret('s3cret') });
  const page = await window.open(t, ovc.pageUrl());
  await page.getByRole('link', { name: 'OVD1' }).click();
  await page.locator('.exchange').first().waitFor();
  await page.goto(new URL('/?login_code=OVD1', ovc.pageUrl()).href);
  await page.getByText('asks for its token').waitFor();
});
