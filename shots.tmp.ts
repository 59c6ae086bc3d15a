import { test } from 'node:test';
import { CODE, startSite } from './test/peers/site.ts';
import { motion } from './test/peers/heard-camera.ts';
import { startRecord, stored } from './test/peers/recorded.ts';
import { Window } from './test/peers/browser.ts';
const window = new Window();
test('x', { timeout: 120000 }, async (t) => {
  const site = await startSite(t, { cameras: [{ main: { gopSeconds: 1 } }, {}] });
  const { ovc } = site;
  await site.publish('s1', 'front-door');
  await site.publish('s2', 'old', { channel: 1 });
  await ovc.request(CODE, 'RTMPStopPublish', { channel: 1, stream_id: 's2' });
  site.cameras[0]?.equipment.events.emit(motion(true));
  await startRecord(ovc, 'rec-1');
  await stored(ovc, 'rec-1', 2);
  await ovc.request(CODE, 'CtrlPTZ', { channel: 9 });
  const only = process.env.ONLY?.split(',');
  if (!only || only.includes('rules')) await ovc.tours.begin(CODE, { only: ['unknown-method','answer-order','query-time','preset-list','alarm-edges','publish-limit'], });
  const places = ['', 'live', 'recordings', 'alarms', 'faults', 'rules'].filter((p) => !only || only.includes(p || 'packets'));
  const looks = { desk: { viewport: { width: 1280, height: 900 } }, phone: { viewport: { width: 390, height: 844 }, locale: 'zh-CN', colorScheme: 'dark' as const, hasTouch: true } };
  for (const [look, options] of Object.entries(looks)) {
    for (const place of places) {
      const page = await window.open(t, `${ovc.pageUrl(CODE)}#/${place}`, options);
      await page.locator('main h2').first().waitFor();
      if (place === '') { await page.locator('.exchange').first().waitFor(); await page.locator('.exchange summary').first().click(); }
      if (place === 'live') await new Promise((r) => setTimeout(r, 2500));
      if (place === 'recordings') { await page.locator('td button').first().click(); await new Promise((r) => setTimeout(r, 3000)); }
      await new Promise((r) => setTimeout(r, 400));
      const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
      if (wide > 0) console.log(look, place, 'too wide by', wide);
      await page.screenshot({ path: `/tmp/simpage-shots/${look}-${place || 'packets'}.png`, fullPage: true });
      await page.context().close();
    }
    if (!only) { const page = await window.open(t, ovc.pageUrl(), options); await page.locator('td').first().waitFor(); await page.screenshot({ path: `/tmp/simpage-shots/${look}-devices.png` }); await page.context().close(); }
  }
});
