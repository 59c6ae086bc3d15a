import { execFileSync } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Browser, type BrowserContextOptions, chromium as driver, type Page } from 'playwright-core';
import { bundleStalePages } from '../../src/pages/bundle.mjs';
import { OvcSimulator } from '../../src/simulator/ovc/ovc-simulator.ts';
import { chromium } from '../chromium.mjs';
import { FakeBox } from '../peers/box/fake-box.ts';
import { RawDevice } from '../peers/raw-device.ts';
import { readableLog } from '../peers/readable-log.ts';

/** Pictures of both pages as each kind of visitor sees them, to be looked at; `--readme` renews those of the README. */

const ROOT = join(import.meta.dirname, '../..');
const PHONE: BrowserContextOptions = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const SCREEN: BrowserContextOptions = { viewport: { width: 1200, height: 800 } };
const PLACES: ReadonlyArray<readonly [name: string, route: string]> = [
  ['overview', '/'],
  ['channel', '/channels/0'],
  ['cameras', '/cameras'],
  ['platform', '/platform'],
  ['settings', '/settings'],
  ['system', '/system'],
  ['welcome', '/welcome'],
];
const LOOKS: ReadonlyArray<readonly [name: string, options: BrowserContextOptions]> = [
  ['screen', SCREEN],
  ['screen-dark', { ...SCREEN, colorScheme: 'dark' }],
  ['phone', PHONE],
  ['phone-zh', { ...PHONE, locale: 'zh-CN' }],
  ['phone-dark-zh', { ...PHONE, colorScheme: 'dark', locale: 'zh-CN' }],
];
const README: ReadonlyArray<readonly [file: string, route: string, options: BrowserContextOptions]> = [
  ['overview', '/', SCREEN],
  ['channel-phone', '/channels/0', { ...PHONE, colorScheme: 'dark' }],
  ['overview-phone-zh', '/', { ...PHONE, locale: 'zh-CN' }],
];

async function settled(page: Page): Promise<void> {
  await page.locator('main :is(h1, section, form)').first().waitFor();
  await page.getByText(/Opening the stream…|正在打开视频…/).waitFor({ state: 'hidden' });
  // Only here: pictures and a stream come in, and no line of text says when the last of them has.
  await page.waitForTimeout(1_200);
}

async function shot(browser: Browser, url: string, { path, ...options }: BrowserContextOptions & { path: string }) {
  const context = await browser.newContext({ locale: 'en-GB', ...options });
  const page = await context.newPage();
  await page.goto(url);
  await settled(page);
  await page.screenshot({ path, fullPage: options.isMobile !== true });
  await context.close();
}

async function gallery(browser: Browser, box: FakeBox, folder: string): Promise<void> {
  for (const [look, options] of LOOKS) {
    for (const [name, route] of PLACES) {
      await shot(browser, `${box.url}#${route}`, { ...options, path: join(folder, `${name}-${look}.png`) });
    }
    const { session } = box;
    for (const state of ['set-up', 'signed-out'] as const) {
      box.session = { ...session, state };
      await shot(browser, box.url, { ...options, path: join(folder, `${state}-${look}.png`) });
    }
    box.session = session;
  }
}

/** The simulator's page with a device that has said a few things. */
async function simulator(browser: Browser, folder: string): Promise<void> {
  const ovc = await OvcSimulator.listen({ accounts: 'any', rtmp: false, log: readableLog('warn').log });
  const login = { login_code: 'OVD1', login_passwd: 'x', hardware_model: 'camera-9', firmware_model: '1.2' };
  const device = await RawDevice.logIn(ovc.url, login);
  try {
    device.answers(() => ({ resp: {} }));
    const channels = [{ channel: 0, state: 2, stream_id: 'front', alarm: 8 }];
    device.send({ req: 'Keepalive', params: { state: 1, channels }, seq: 1 });
    await ovc.waitFor(() => ovc.devices.get('OVD1')?.report.channels.length === 1);
    for (const [look, options] of LOOKS) {
      await shot(browser, ovc.pageUrl(), { ...options, path: join(folder, `simulator-${look}.png`) });
      await shot(browser, ovc.pageUrl('OVD1'), { ...options, path: join(folder, `simulator-device-${look}.png`) });
    }
  } finally {
    await device.close();
    await ovc.close();
  }
}

/** Small ones, as they are looked at beside text. */
async function readme(browser: Browser, box: FakeBox, folder: string): Promise<void> {
  const target = join(ROOT, 'config/screenshots');
  mkdirSync(target, { recursive: true });
  for (const [name, route, options] of README) {
    const path = join(folder, `${name}.png`);
    await shot(browser, `${box.url}#${route}`, { ...options, path });
    execFileSync('ffmpeg', ['-v', 'error', '-y', '-i', path, '-quality', '80', join(target, `${name}.webp`)]);
  }
}

const folder = join(ROOT, 'screenshots');
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
await bundleStalePages();
const executablePath = chromium();
const browser = await driver.launch({ ...(executablePath && { executablePath }) });
const box = await FakeBox.listen();
try {
  if (process.argv.includes('--readme')) await readme(browser, box, folder);
  else await Promise.all([gallery(browser, box, folder), simulator(browser, folder)]);
  console.log(`see ${folder}`);
} finally {
  box.close();
  await browser.close();
}
