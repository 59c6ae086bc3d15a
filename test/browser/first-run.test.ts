import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { DISCOVERY_GROUP } from '../../src/onvif/discovery/scan.ts';
import { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { IN_BROWSER, Window } from '../peers/browser.ts';
import { GatewayProcess } from '../peers/gateway-process.ts';
import { Lan } from '../peers/lan.ts';
import { fact } from '../peers/onvif-visit.ts';
import { readableLog } from '../peers/readable-log.ts';
import { CAMERA_PASSWORD, CODE, OVC_PASSWORD, startCamera, startOvc } from '../peers/site.ts';

const window = new Window();
const PAGE_PASSWORD = 'correct horse battery';

/** A box that nobody has set up, on a network with two cameras, and a platform that waits for it. */
async function newBox(t: TestContext) {
  const lan = await Lan.start(t);
  const folder = mkdtempSync(join(tmpdir(), 'ovd-first-run-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const discovery = { port: lan.port, group: DISCOVERY_GROUP };
  const wish = (number: number) => ({
    name: `Camera ${number}`,
    serial: `S${number}`,
    mac: `02:00:00:00:02:0${number}`,
    host: lan.host(number + 1),
    discovery,
  });
  const [ovc, ...cameras] = await Promise.all([startOvc(t), startCamera(t, wish(1)), startCamera(t, wish(2))]);
  const file = join(folder, 'gateway.yaml');
  const env = { OVD_WEB_LISTEN: '127.0.0.1:0' };
  const box = new GatewayProcess(t, ['run', '-c', file], env);
  const { urls } = JSON.parse(await box.says('no configuration yet')) as { urls: string[] };
  return { lan, ovc, cameras, file, box, url: urls[0] ?? '' };
}

/** A part of one long story: when it fails, its name is told, and the story ends there. */
async function step(page: Page, name: string, play: () => Promise<void>): Promise<void> {
  try {
    await play();
  } catch (err) {
    const seen = await page.locator('main').innerText();
    throw new Error(`at "${name}": ${err instanceof Error ? err.message : err}\nThe page says: ${seen}`, {
      cause: err,
    });
  }
}

/** What a network of its own needs in the file; a site's network needs nothing. */
async function searchIn(page: Page, { discovery }: Lan): Promise<void> {
  const changes = Object.entries(discovery).map(([name, value]) => ({ path: `discovery.${name}`, value }));
  const status = await page.evaluate(async (body) => {
    const headers = { 'content-type': 'application/json' };
    return (await fetch('api/settings', { method: 'PATCH', headers, body })).status;
  }, JSON.stringify(changes));
  assert.equal(status, 200);
}

test('from an empty box to live pictures, without a file edited by hand', IN_BROWSER, async (t) => {
  const { lan, ovc, cameras, file, box, url } = await newBox(t);
  const page = await window.open(t, url);
  const button = (name: string | RegExp) => page.getByRole('button', { name });
  const states = () => ovc.devices.get(CODE)?.report.channels.map(({ channel, state }) => `${channel}:${state}`) ?? [];

  await step(page, 'a password is chosen, and typed twice the same', async () => {
    await page.getByLabel('Password', { exact: true }).fill(PAGE_PASSWORD);
    await page.getByLabel('Once more').fill('something else');
    await button('Next').click();
    await page.getByText('The two are not the same').waitFor();
    await page.getByLabel('Once more').fill(PAGE_PASSWORD);
    await button('Next').click();
  });

  await step(
    page,
    'the platform’s answer to a wrong password is told in plain words, then a right one logs in',
    async () => {
      await page.getByLabel('Address of the platform').fill(ovc.url);
      await page.getByLabel('Login code').fill(CODE);
      await page.getByLabel('Login password').fill('wrong');
      await button('Test').click();
      await page.getByText('The platform refuses this login code or password').waitFor();
      await page.getByLabel('Login password').fill(OVC_PASSWORD);
      await button('Test').click();
      await page.getByText('The platform accepts this login').waitFor();
      // Before the page searches for the first time, for such a search takes its time.
      await page.route('**/api/cameras/scan', (route) => searchIn(page, lan).then(() => route.continue()), {
        times: 1,
      });
      await button('Save and go on').click();
      await page.getByRole('heading', { name: 'Add the cameras' }).waitFor();
      await ovc.waitFor(() => ovc.devices.get(CODE));
    },
  );

  await step(
    page,
    'the cameras of the network show their pictures once the password fits, and get their numbers',
    async () => {
      await page.getByText('Camera 2', { exact: true }).waitFor();
      await page.getByLabel('Password of the cameras').fill('wrong');
      await button('Try on 2 cameras').click();
      await page.getByText('Password refused').nth(1).waitFor();
      await page.getByLabel('Password of the cameras').fill(CAMERA_PASSWORD);
      await button('Try on 2 cameras').click();
      await page.getByRole('img', { name: 'Picture of Camera 1' }).waitFor();
      await page.getByRole('img', { name: 'Picture of Camera 2' }).waitFor();
      await button('Add all 2').click();
      await page.getByText('Every camera found has its channel.').waitFor();
      await page.getByRole('link', { name: 'Done' }).click();
      await page.getByText('2 of 2 cameras online').waitFor();
      await ovc.waitFor(() => states().join() === '0:1,1:1');
    },
  );

  await step(page, 'a channel is live, and the camera moves as long as a button is held', async () => {
    await page.getByRole('link', { name: /^.*Camera \d.*Channel 0/ }).click();
    await page.locator('figure.live[data-state=playing]').waitFor();
    // Which of the two has channel 0 is decided by who answered first.
    await button(/^Right$/).hover();
    await page.mouse.down();
    await fact(() => cameras.some(({ equipment }) => equipment.ptz.isMoving));
    const moving = cameras.find(({ equipment }) => equipment.ptz.isMoving);
    await page.mouse.up();
    await fact(() => moving?.equipment.ptz.isMoving === false);
    assert.ok((moving?.equipment.ptz.position.pan ?? 0) > 0);
  });

  await step(page, 'a channel gets another number, and the platform sees it under that', async () => {
    await page.getByRole('link', { name: 'Cameras' }).click();
    await button(/^Number: /)
      .nth(1)
      .click();
    const dialog = page.getByRole('dialog');
    await dialog.getByText('The platform knows a camera by this number.').waitFor();
    await dialog.getByLabel('Channel number').fill('0');
    await dialog.getByText('Another camera has this number').waitFor();
    await dialog.getByLabel('Channel number').fill('7');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText(/is now channel 7/).waitFor();
    await ovc.waitFor(() => states().join() === '0:1,7:1');
  });

  await step(page, 'when the platform goes away the page says so, and that it is back', async () => {
    await page.getByRole('link', { name: 'Overview' }).click();
    const { port } = new URL(ovc.url);
    await ovc.close();
    await page.getByText('No connection to the platform').waitFor();
    const accounts = { [CODE]: OVC_PASSWORD };
    const back = await OvcSimulator.listen({ port: Number(port), accounts, log: readableLog('warn').log });
    t.after(() => back.close());
    await page.getByText('Connected to the platform').waitFor();
  });

  await step(page, 'a stranger needs the password, and no secret stands in file, log or page', async () => {
    const stranger = await window.open(t, page.url().replace(/#.*/, ''), { locale: 'zh-CN' });
    await stranger.getByLabel('密码', { exact: true }).fill('guess');
    await stranger.getByRole('button', { name: '登录' }).click();
    await stranger.getByText('不正确。请检查大小写后重试。').waitFor();
    await stranger.getByLabel('密码', { exact: true }).fill(PAGE_PASSWORD);
    await stranger.getByRole('button', { name: '登录' }).click();
    await stranger.getByText('已连接平台').waitFor();
    assert.doesNotMatch(readFileSync(file, 'utf8'), new RegExp(PAGE_PASSWORD));
    assert.doesNotMatch(box.text, new RegExp([PAGE_PASSWORD, OVC_PASSWORD, CAMERA_PASSWORD].join('|')));
  });
});
