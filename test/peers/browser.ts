import { after, type TestContext } from 'node:test';
import { type Browser, type BrowserContextOptions, chromium as driver, type Page } from 'playwright-core';
import { bundleStalePages } from '../../src/pages/bundle.mjs';
import { chromium } from '../chromium.mjs';

/** Options of a test that looks through a browser; without one it is skipped, and the run's last line says so. */
export const IN_BROWSER = {
  skip: chromium() === undefined && 'there is no Chromium; npm run setup says how to get it',
};

const PATIENCE_MS = 15_000;

/** One browser for all tests of a file; each page has a profile of its own. */
export class Window {
  #browser: Promise<Browser> | undefined;

  constructor() {
    after(async () => (await this.#browser)?.close());
  }

  async open(t: TestContext, url: string, options: BrowserContextOptions = {}): Promise<Page> {
    this.#browser ??= this.#start();
    const browser = await this.#browser;
    const context = await browser.newContext({ locale: 'en-GB', ...options });
    t.after(() => context.close());
    context.setDefaultTimeout(PATIENCE_MS);
    const page = await context.newPage();
    const faults: string[] = [];
    page.on('pageerror', (err) => faults.push(String(err)));
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) faults.push(message.text());
    });
    t.after(() => {
      if (faults.length > 0) throw new Error(`the page has faults: ${faults.join('; ')}`);
    });
    await page.goto(url);
    return page;
  }

  async #start(): Promise<Browser> {
    await bundleStalePages();
    const executablePath = chromium();
    return driver.launch({ ...(executablePath && { executablePath }), args: ['--disable-dev-shm-usage'] });
  }
}
