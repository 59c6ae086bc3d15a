import assert from 'node:assert/strict';
import type { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { Page } from '../../../src/service/page.ts';
import { houseWith } from '../../peers/admin-desk.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { readableLog } from '../../peers/readable-log.ts';

type Cards = ReturnType<typeof networkInterfaces>;
const CARD = { netmask: '255.255.255.0', mac: '00:00:00:00:00:00', internal: false, cidr: null } as const;

test('where the page is, is told again when the box has got its address', async (t) => {
  const clock = new FakeClock();
  const { log, lines } = readableLog();
  let cards: Cards = {};
  const page = new Page({
    ...{ house: houseWith(), config: () => undefined, setUpAddress: '0.0.0.0:0', version: '1', clock, log },
    cards: () => cards,
  });
  const stop = new AbortController();
  const done = page.run(stop.signal);
  t.after(async () => {
    stop.abort();
    await done;
  });
  await page.follow();
  const told = () => lines.filter(({ msg }) => String(msg).startsWith('no configuration yet'));
  while (told().length === 0) await new Promise(setImmediate);
  await clock.advance(60_000);
  assert.equal(told().length, 1);
  cards = { eth0: [{ ...CARD, family: 'IPv4', address: '192.0.2.7' }] };
  await clock.advance(10_000);
  assert.equal(told().length, 2);
  assert.match(JSON.stringify(told()[1]), /http:\/\/192\.0\.2\.7:/);
});
