import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import type { Page } from 'playwright-core';
import { FakeBox } from '../peers/box/fake-box.ts';
import { IN_BROWSER, Window } from '../peers/browser.ts';

const window = new Window();

interface Pad {
  readonly box: FakeBox;
  readonly page: Page;
  /** The orders so far, without those that only confirm a move. */
  readonly orders: () => string[];
  readonly hears: (...ops: string[]) => Promise<void>;
}

async function padOf(t: TestContext, options: object = {}): Promise<Pad> {
  const box = await FakeBox.listen();
  t.after(() => box.close());
  box.video = false;
  const page = await window.open(t, `${box.url}#/channels/0`, options);
  await page.getByRole('button', { name: 'Up', exact: true }).waitFor();
  const orders = (): string[] => {
    const ops = box.heard.flatMap((line) => /ptz \{"op":"(\w+)"/.exec(line)?.[1] ?? []);
    return ops.filter((op, at) => op !== ops[at - 1]);
  };
  const hears = async (...ops: string[]): Promise<void> => {
    await box.until(
      () => orders().join() === ops.join(),
      () => `heard ${orders().join()}`,
    );
  };
  return { box, page, orders, hears };
}

test('a held button moves the camera and confirms it, and letting go stops it', IN_BROWSER, async (t) => {
  const { box, page, hears } = await padOf(t);
  await page.getByRole('button', { name: 'Up', exact: true }).hover();
  await page.mouse.down();
  await hears('up');
  await box.until(() => box.heard.filter((line) => line.includes('"up"')).length >= 3);
  await page.mouse.up();
  await hears('up', 'stop');
});

test('letting go beside the button stops it too', IN_BROWSER, async (t) => {
  const { page, hears } = await padOf(t);
  await page.getByRole('button', { name: 'Left', exact: true }).hover();
  await page.mouse.down();
  await hears('left');
  await page.mouse.move(5, 400);
  await page.mouse.up();
  await hears('left', 'stop');
});

test(
  'one arrow key after the other moves and stops; a button under the finger does not stop by moving the focus',
  IN_BROWSER,
  async (t) => {
    const { page, hears } = await padOf(t);
    await page.getByRole('button', { name: 'Right', exact: true }).focus();
    await page.keyboard.down('ArrowUp');
    await hears('up');
    await page.keyboard.up('ArrowUp');
    await hears('up', 'stop');
    await page.getByRole('button', { name: 'Zoom in' }).hover();
    await page.mouse.down();
    await hears('up', 'stop', 'zoomin');
    await page.mouse.up();
    await hears('up', 'stop', 'zoomin', 'stop');
  },
);

test('a finger moves it, and a finger that the system takes away stops it', IN_BROWSER, async (t) => {
  const { page, hears } = await padOf(t, { hasTouch: true, isMobile: true, viewport: { width: 390, height: 844 } });
  const down = page.getByRole('button', { name: 'Down', exact: true });
  await down.scrollIntoViewIfNeeded();
  const box = await down.boundingBox();
  assert.ok(box);
  const touch = await page.context().newCDPSession(page);
  const touchPoints = [{ x: box.x + 10, y: box.y + 10 }];
  await touch.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints });
  await hears('down');
  await touch.send('Input.dispatchTouchEvent', { type: 'touchCancel', touchPoints: [] });
  await hears('down', 'stop');
});

const TAKEN_AWAY: ReadonlyArray<readonly [how: string, take: (pad: Pad) => Promise<unknown>]> = [
  ['the window loses the focus', ({ page }) => page.evaluate('window.dispatchEvent(new Event("blur"))')],
  ['the page goes elsewhere', ({ page }) => page.evaluate('void (location.hash = "#/")')],
  ['the page is closed', ({ page }) => page.close({ runBeforeUnload: false })],
];

for (const [how, take] of TAKEN_AWAY) {
  test(`the camera stops when ${how}`, IN_BROWSER, async (t) => {
    const pad = await padOf(t);
    await pad.page.getByRole('button', { name: 'Up', exact: true }).hover();
    await pad.page.mouse.down();
    await pad.hears('up');
    await take(pad);
    await pad.hears('up', 'stop');
  });
}

test('the camera is not moved on when the box was away', IN_BROWSER, async (t) => {
  const { box, page, orders, hears } = await padOf(t);
  await page.getByRole('button', { name: 'Up', exact: true }).hover();
  await page.mouse.down();
  await hears('up');
  await box.vanish();
  await page.getByText('The box does not answer').first().waitFor();
  await box.reappear();
  await page.getByText('The box does not answer').first().waitFor({ state: 'detached' });
  assert.deepEqual(
    orders()
      .slice(1)
      .filter((op) => op !== 'stop'),
    [],
  );
  await page.mouse.up();
});

test('a preset is gone to, saved and cleared', IN_BROWSER, async (t) => {
  const { box, page, hears } = await padOf(t);
  await page.getByRole('button', { name: 'Go to 2' }).click();
  await page.getByLabel('Save this position as').first().fill('7');
  await page.getByRole('button', { name: 'Save this position as 7' }).click();
  await page.getByText('Preset 7 saved').waitFor();
  await page.getByRole('button', { name: 'Clear preset 5' }).click();
  await page.getByText('Preset 5 cleared').waitFor();
  await hears('goto_preset', 'set_preset', 'clear_preset');
  assert.match(box.heard.join(' '), /goto_preset","value":2.*set_preset","value":7.*clear_preset","value":5/);
});
