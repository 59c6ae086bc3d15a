import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { networkInterfaces } from 'node:os';
import { test } from 'node:test';
import { z } from 'zod';
import { parseConfig } from '../../../src/config/read.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { Page } from '../../../src/service/page.ts';
import { houseWith } from '../../peers/admin-desk.ts';
import { FakeClock } from '../../peers/fake-clock.ts';
import { readableLog } from '../../peers/readable-log.ts';

const LEAST = { platform: { url: 'ws://ovc.example', login_code: 'D1', login_password: 'p' } };
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

test('a page that cannot be opened where it should be stays where it is', async (t) => {
  const { log, lines } = readableLog();
  const taken = createServer().listen(0, '127.0.0.1');
  await once(taken, 'listening');
  t.after(() => taken.close());
  const { port } = taken.address() as AddressInfo;
  let listen = '127.0.0.1:0';
  const config = () =>
    parseConfig(JSON.stringify({ ...LEAST, web: { listen, password: 'long enough' } }), { source: 'a', env: {} });
  const page = new Page({
    ...{ house: houseWith(), config, setUpAddress: '', version: '1', clock: systemClock, log },
  });
  const stop = new AbortController();
  const done = page.run(stop.signal);
  t.after(async () => {
    stop.abort();
    await done;
  });
  await page.follow();
  while (!lines.some(({ msg }) => msg === 'the local page is open')) await new Promise(setImmediate);
  const [url] = z.array(z.string()).parse(lines.find(({ msg }) => msg === 'the local page is open')?.['urls']);
  listen = `127.0.0.1:${port}`;
  await page.follow();
  assert.equal(lines.at(-1)?.['reason'], 'another program has this port');
  assert.equal((await fetch(`${url}healthz`)).status, 200);
  listen = '192.0.2.1:8080';
  await page.follow();
  assert.equal(lines.at(-1)?.['reason'], 'this box has no such address');
});
