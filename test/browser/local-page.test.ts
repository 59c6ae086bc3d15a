import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { BrowserContextOptions } from 'playwright-core';
import { fault } from '../../src/runtime/fault.ts';
import { accessFaults } from '../peers/axe.ts';
import { FakeBox, Refusal } from '../peers/box/fake-box.ts';
import { siteStatus, trouble } from '../peers/box/states.ts';
import { IN_BROWSER, Window } from '../peers/browser.ts';

const window = new Window();
const PHONE: BrowserContextOptions = { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true };
/** How much of the view has moved by itself, as browsers measure it; below 0.1 it counts as calm. */
const JUMPS = `new Promise((resolve) => {
  let sum = 0;
  new PerformanceObserver((list) => { for (const { value, hadRecentInput } of list.getEntries()) sum += hadRecentInput ? 0 : value; })
    .observe({ type: 'layout-shift', buffered: true });
  requestAnimationFrame(() => requestAnimationFrame(() => resolve(sum)));
})`;
const MOST_JUMPING = 0.1;
const PLACES = ['/', '/channels/0', '/cameras', '/platform', '/settings', '/system', '/welcome'];

async function boxWith(t: TestContext, change: (box: FakeBox) => void = () => undefined): Promise<FakeBox> {
  const box = await FakeBox.listen();
  t.after(() => box.close());
  change(box);
  return box;
}

for (const [name, options] of [
  ['a screen', {}],
  ['a phone, dark, in Chinese', { ...PHONE, colorScheme: 'dark', locale: 'zh-CN' }],
] as const) {
  test(`axe finds no serious fault on ${name}, and nothing is wider than it`, IN_BROWSER, async (t) => {
    const box = await boxWith(t);
    const page = await window.open(t, box.url, options);
    for (const place of PLACES) {
      await page.goto('about:blank');
      await page.goto(`${box.url}#${place}`);
      await page.locator('main :is(h1, section)').first().waitFor();
      if (place === '/settings') await page.locator('main form').waitFor();
      assert.deepEqual(await accessFaults(page), [], place);
      const jumped = (await page.evaluate(JUMPS)) as number;
      assert.ok(jumped < MOST_JUMPING, `${place} jumps by ${jumped}`);
      const wide = await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth');
      assert.ok(Number(wide) <= 0, `${place} is too wide`);
    }
    box.session = { ...box.session, state: 'set-up' };
    for (const state of ['set-up', 'signed-out'] as const) {
      box.session = { ...box.session, state };
      await page.reload();
      await page.locator('main form').waitFor();
      assert.deepEqual(await accessFaults(page), [], state);
    }
  });
}

test(
  'the page speaks the language of the browser, and another one when told to, also after a reload',
  IN_BROWSER,
  async (t) => {
    const box = await boxWith(t);
    const page = await window.open(t, box.url, { locale: 'zh-TW' });
    await page.getByText('已连接平台').waitFor();
    assert.equal(await page.locator('html').getAttribute('lang'), 'zh-CN');
    await page.getByRole('button', { name: 'English' }).click();
    await page.getByText('Connected to the platform').waitFor();
    await page.reload();
    await page.getByText('Connected to the platform').waitFor();
  },
);

test(
  'every trouble says since when, what comes next and what to do, and a machine’s words only when asked',
  IN_BROWSER,
  async (t) => {
    const box = await boxWith(t, (fake) => {
      const down = trouble('login-refused', 'check-platform-login', 'answer 401');
      fake.status = siteStatus({ link: { state: 'down', reconnects: 3, trouble: down } });
    });
    const page = await window.open(t, box.url);
    const link = page.getByRole('region', { name: 'Platform' });
    await link.getByText('The platform refuses login code or password').waitFor();
    await link.getByText(/since 13 minutes ago · next try (in \d+ seconds|just now)/).waitFor();
    await link.getByText('Compare login code and password').waitFor();
    assert.equal(await link.getByText('answer 401').isVisible(), false);
    await link.getByText('Detail').click();
    await link.getByText('answer 401').waitFor();
  },
);

test('when new platform settings do not log in, the way back is offered', IN_BROWSER, async (t) => {
  const box = await boxWith(t, (fake) => {
    const { configuration } = fake.status;
    fake.status = siteStatus({ configuration: { ...configuration, offerUndo: true } });
  });
  const page = await window.open(t, box.url);
  await page.getByRole('button', { name: 'Go back to the old platform settings' }).click();
  await page.getByText('The old settings are back').waitFor();
  assert.match(box.heard.join(), /POST api\/settings\/undo/);
});

test('a wrong password is told beside its field, and a right one lets in', IN_BROWSER, async (t) => {
  const box = await boxWith(t, (fake) => {
    fake.session = { ...fake.session, state: 'signed-out' };
    fake.routes['POST /api/session'] = ({ body }) => {
      if (body['password'] !== 'correct horse') throw new Refusal(401, 'wrong-password');
      fake.session = { ...fake.session, state: 'signed-in' };
      return { ok: true };
    };
  });
  const page = await window.open(t, box.url);
  const field = page.getByLabel('Password', { exact: true });
  await field.fill('guess');
  await field.press('Enter');
  await page.getByText('Wrong. Check capital letters and try again.').waitFor();
  assert.equal(await field.getAttribute('aria-invalid'), 'true');
  await field.fill('correct horse');
  await field.press('Enter');
  await page.getByText('Connected to the platform').waitFor();
});

test('whoever sets the box up over the network needs the code of its log', IN_BROWSER, async (t) => {
  const box = await boxWith(t, (fake) => {
    fake.session = { ...fake.session, state: 'set-up', needsCode: true };
    fake.routes['POST /api/session'] = ({ body }) => {
      if (body['code'] !== 'H63RMYX5') throw new Refusal(429, 'slow-down', { retryAfter: 3.2 });
      fake.session = { ...fake.session, needsCode: false };
      return { ok: true };
    };
  });
  const page = await window.open(t, box.url);
  const field = page.getByLabel('Set-up code');
  await field.fill('guess');
  await field.press('Enter');
  await page.getByText('Too many tries. Wait 4 s, then try again.').waitFor();
  await field.fill(' H63RMYX5 ');
  await field.press('Enter');
  await page.getByRole('heading', { name: 'A password for this page' }).waitFor();
});

test(
  'a refused setting is told beside its field, in the page’s language, and what was typed stays',
  IN_BROWSER,
  async (t) => {
    const box = await boxWith(t, (fake) => {
      fake.routes['PATCH /api/settings'] = () => {
        const faults = [
          fault('not-listen', { path: 'web.listen' }),
          fault('not-host', { path: 'web.hosts.1' }),
          fault('duplicate-channel', { path: 'channels' }),
        ];
        throw new Refusal(422, 'configuration-refused', { faults });
      };
    });
    const page = await window.open(t, `${box.url}#/settings`);
    await page.getByLabel('Seconds between two searches').fill('5');
    await page.getByText('Too small: 10 at least').waitFor();
    await page.getByLabel('Seconds between two searches').fill('60');
    const listen = page.getByLabel('Address and port of this page');
    await listen.fill('0.0.0.0:99999');
    await page.getByRole('button', { name: 'Save (1)' }).click();
    await page.getByText('Not accepted: must look like 127.0.0.1:8080').waitFor();
    assert.equal(await listen.inputValue(), '0.0.0.0:99999');
    await page.getByRole('button', { name: '中文' }).click();
    await page.getByText('不被接受：格式应为 127.0.0.1:8080').waitFor();
    await page.getByText('不被接受：必须是主机名').waitFor();
    await page.getByText('通道编号不能重复').waitFor();
  },
);

test(
  'when the box goes away the page says so, and it goes on by itself when the box is back',
  IN_BROWSER,
  async (t) => {
    const box = await boxWith(t);
    const page = await window.open(t, box.url);
    await page.getByText('Connected to the platform').waitFor();
    await box.vanish();
    await page.getByText('The box does not answer').waitFor();
    box.status = siteStatus({ link: { state: 'down', reconnects: 3 } });
    await box.reappear();
    await page.getByText('Not connected to the platform').waitFor();
    await page.getByText('The box does not answer').waitFor({ state: 'detached' });
  },
);
