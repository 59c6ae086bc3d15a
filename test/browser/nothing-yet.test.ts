import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { FakeBox } from '../peers/box/fake-box.ts';
import { channel, siteStatus } from '../peers/box/states.ts';
import { IN_BROWSER, Window } from '../peers/browser.ts';

/** What has not happened is not told as if it had. */

const window = new Window();
const STREAM = { profile: 'main', video: 'H264', bitsPerSecond: 1_000_000, droppedGops: 0, transcoding: false };

async function boxWith(t: TestContext, change: (box: FakeBox) => void): Promise<FakeBox> {
  const box = await FakeBox.listen();
  t.after(() => box.close());
  change(box);
  return box;
}

test('while the search goes on nobody says that it has found every camera', IN_BROWSER, async (t) => {
  const found = [{ address: 'http://192.168.1.10/', host: '192.168.1.10', port: 80, channel: 0 }];
  const answer = { scanning: true, found };
  let list = (): void => undefined;
  const listed = new Promise<void>((resolve) => {
    list = resolve;
  });
  const box = await boxWith(t, ({ routes }) => {
    routes['GET /api/cameras'] = () => {
      list();
      return answer;
    };
    routes['POST /api/cameras/scan'] = () => answer;
  });
  const page = await window.open(t, box.url);
  let finish = (): void => undefined;
  const searched = new Promise<void>((resolve) => {
    finish = resolve;
  });
  await page.route('**/api/cameras/scan', async (route) => {
    await searched;
    await route.continue();
  });
  await page.goto(`${box.url}#/cameras`);
  await listed;
  await page.getByRole('button', { name: 'Searching…' }).waitFor();
  assert.equal(await page.getByText('Every camera found').count(), 0);
  finish();
  await page.getByText('Every camera found has its channel.').waitFor();
});

test('a stream that was never opened again is not counted, and an empty plot says so', IN_BROWSER, async (t) => {
  const steady = channel(0, 'Steady', { stream: { ...STREAM, restarts: 0 } });
  const shaky = channel(1, 'Shaky', { stream: { ...STREAM, restarts: 2 } });
  const box = await boxWith(t, (fake) => {
    fake.status = siteStatus({ channels: [steady, shaky] });
    const series = [{ name: 'load', unit: 'none', values: [null, null] }];
    fake.routes['GET /api/history'] = () => ({ startAt: new Date().toISOString(), stepSeconds: 30, series });
  });
  const page = await window.open(t, `${box.url}#/channels/0`);
  await page.getByText('1.0 Mbit/s; key frame').waitFor();
  assert.equal(await page.getByText('opened again').count(), 0);
  await page.goto(`${box.url}#/channels/1`);
  await page.getByText('opened again 2 times').waitFor();
  await page.goto(`${box.url}#/system`);
  await page.getByText('Nothing yet').waitFor();
});

test('a camera that was numbered by itself is kept by one button', IN_BROWSER, async (t) => {
  const box = await boxWith(t, (fake) => {
    fake.status = siteStatus({ channels: [channel(4, 'Yard', { discovered: true })] });
  });
  const page = await window.open(t, `${box.url}#/cameras`);
  await page.getByText('Found and numbered by itself.').waitFor();
  await page.getByRole('button', { name: 'Keep it: Yard' }).click();
  await box.until(() => box.heard.some((line) => line.startsWith('POST api/channels/4/keep')));
  await page.getByText('Yard is in the configuration now').waitFor();
});
