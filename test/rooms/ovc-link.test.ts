import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { OvcLink } from '../../src/ovc/ovc-link.ts';
import { aborted } from '../../src/runtime/scope.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { isKeepalive, linked, PASSWORD } from '../peers/linked.ts';
import { RawOvc } from '../peers/raw-ovc.ts';

const TLS = join(import.meta.dirname, '..', 'fixtures', 'tls');
const tls = { key: readFileSync(join(TLS, 'localhost.key')), cert: readFileSync(join(TLS, 'localhost.crt')) };

const publish = (channel: number) => ({ channel, stream_id: 's', url: 'rtmp://h/a/k', max_bitrate: 0 });

test('the gateway logs in, sends a keepalive at once and asks for the servers once', async (t) => {
  const { ovc, link, end, running } = await linked(t);
  await ovc.until(() => link.status.server !== undefined || ovc.heard.length > 2);
  assert.deepEqual(ovc.dials.map(String), [
    `${ovc.url}ovc?login_code=OVD%201&login_passwd=p%40ss%20word&hardware_model=box&firmware_model=1.0`,
  ]);
  assert.deepEqual(ovc.heard, [
    { req: 'Keepalive', params: { state: 1, channels: [] }, seq: 1 },
    { req: 'GetServerInfo', seq: 2 },
  ]);
  const answer = await ovc.request('QueryTime');
  assert.deepEqual(answer, { seq: 1, resp: { datetime: '2026-01-02T03:04:05' } });
  assert.equal(link.status.link.state, 'up');
  assert.ok(link.status.keepalive);
  assert.deepEqual(link.status.server, {});
  end.abort();
  await running;
  await ovc.until(() => ovc.ends.length === 1);
  assert.deepEqual(ovc.ends, [{ code: 1000, reason: '' }]);
});

test('a link that is cut comes back within a second and counts from 1 again', async (t) => {
  const { ovc, link, lines } = await linked(t, { random: 1 });
  await ovc.hears(isKeepalive);
  await ovc.request('QueryTime');
  const before = ovc.heard.length;
  const cutAt = performance.now();
  ovc.cut();
  const first = await ovc.hears(isKeepalive, before);
  assert.ok(performance.now() - cutAt < 1_500);
  assert.equal(first.seq, 1);
  await ovc.request('QueryTime');
  assert.equal(link.status.link.state, 'up');
  const down = lines.find(({ msg }) => msg === 'the OVC closed the link');
  assert.equal(down?.level, 40);
});

test('an OVC that closes the link soon after each login is told of once, with what may be the matter', async (t) => {
  const clock = new FakeClock();
  const { ovc, link, lines } = await linked(t, { clock, random: 1 });
  const told = () => lines.filter(({ msg }) => msg.includes('in use twice')).length;
  for (let logins = 1, heard = 0; logins <= 7; logins++) {
    await ovc.hears(isKeepalive, heard);
    heard = ovc.heard.length;
    ovc.cut();
    const { pauseMs } = await failure(link, clock);
    assert.equal(told(), logins < 5 ? 0 : 1);
    if (logins < 7) await clock.advance(pauseMs);
  }
});

test('an OVC that is not there is tried again, never later than 15 s and soon while the outage is young', async (t) => {
  const clock = new FakeClock();
  const ovc = await new RawOvc().listen();
  ovc.welcome = 503;
  const { link } = await linked(t, { ovc, clock, random: 1 });
  const pauses: number[] = [];
  for (let tries = 1; tries <= 32; tries++) {
    await ovc.until(() => ovc.dials.length === tries);
    const { why, pauseMs } = await failure(link, clock);
    assert.equal(why, 'the OVC did not open the link: HTTP 503');
    pauses.push(pauseMs);
    await clock.advance(pauseMs);
  }
  const outageMs = pauses.map((_, index) => pauses.slice(0, index).reduce((sum, pauseMs) => sum + pauseMs, 0));
  for (const [index, pauseMs] of pauses.entries()) {
    assert.ok(pauseMs <= Math.min(15_000, 1_001 + (outageMs[index] ?? 0) * 0.2), `${pauseMs} after ${outageMs[index]}`);
  }
  assert.equal(pauses.at(-1), 15_000);
});

/** Waits, without passing time, until the link's newest dial has failed; says why, and for how long it pauses. */
async function failure(link: OvcLink, clock: FakeClock): Promise<{ why: string; pauseMs: number }> {
  for (;;) {
    await clock.advance(0);
    const { link: now } = link.status;
    const pauseMs = now.state === 'down' ? now.nextTryAt.getTime() - clock.wall().getTime() : 0;
    if (now.state === 'down' && pauseMs > 0) return { why: now.why, pauseMs };
  }
}

for (const welcome of [401, 403, 'shut'] as const) {
  test(`a login refused by ${welcome} is said plainly, without the password, and tried again after 60 s`, async (t) => {
    const clock = new FakeClock();
    const ovc = await new RawOvc().listen();
    ovc.welcome = welcome;
    const { link, lines, text } = await linked(t, { ovc, clock });
    await ovc.until(() => ovc.dials.length === 1);
    const { why, pauseMs } = await failure(link, clock);
    assert.match(why, /^the OVC refuses this login code and password: /);
    assert.equal(pauseMs, 60_000);
    assert.deepEqual(
      lines.filter(({ level }) => level >= 40).map(({ msg }) => msg),
      ['the OVC refuses this login code and password'],
    );
    assert.ok(!text().includes(PASSWORD) && !text().includes(encodeURIComponent(PASSWORD)));
    ovc.welcome = 'open';
    await clock.advance(60_000);
    await ovc.hears(isKeepalive);
  });
}

test('answers leave in the order of asking, while work for other channels goes on', async (t) => {
  const begun: number[] = [];
  let open = (): void => undefined;
  const slow = new Promise<void>((resolve) => {
    open = resolve;
  });
  const { ovc } = await linked(t, {
    publish: async ({ channel }) => {
      begun.push(channel);
      if (channel === 0) await slow;
      else open();
    },
  });
  await ovc.hears(isKeepalive);
  const answers = [
    ovc.request('RTMPPublish', publish(0)),
    ovc.request('QueryTime'),
    ovc.request('RTMPPublish', publish(1)),
  ];
  await Promise.all(answers);
  assert.deepEqual(begun, [0, 1]);
  assert.deepEqual(
    ovc.heard.filter(({ req }) => req === undefined).map(({ seq }) => seq),
    [1, 2, 3],
  );
});

test('a camera that hangs costs its own request 12 s and no other link or channel anything', async (t) => {
  const clock = new FakeClock();
  const publish0 = ({ channel }: { channel: number }, signal: AbortSignal): Promise<void> =>
    channel === 0 ? aborted(signal) : Promise.resolve();
  const { ovc } = await linked(t, { clock, publish: publish0 });
  await ovc.hears(isKeepalive);
  const answers = Promise.all([ovc.request('RTMPPublish', publish(0)), ovc.request('RTMPPublish', publish(1))]);
  // Both have arrived when a ping sent after them is answered; the clock may move then.
  await ovc.ping();
  await clock.advance(12_000);
  assert.deepEqual(await answers, [
    { seq: 1, err: { code: 1, msg: 'timed out' } },
    { seq: 2, resp: {} },
  ]);
  assert.equal(ovc.dials.length, 1);
});

const MALFORMED: ReadonlyArray<readonly [name: string, message: string | Buffer, reason: string]> = [
  ['text that is no JSON', `rubbish ${'x'.repeat(500)}`, 'not JSON'],
  ['a binary message', Buffer.from('{"event":"E"}'), 'not text'],
  ['a response to nothing', '{"seq":99,"resp":{}}', ''],
];

for (const [name, message, reason] of MALFORMED) {
  test(`${name} closes the link with 1002, and a new one is opened`, async (t) => {
    const { ovc, lines } = await linked(t);
    await ovc.hears(isKeepalive);
    ovc.say(message);
    await ovc.until(() => ovc.ends.length === 1);
    assert.equal(ovc.ends[0]?.code, 1002);
    await ovc.until(() => ovc.dials.length === 2);
    const err = lines.find(({ level }) => level === 40)?.['err'] as Record<string, unknown>; // As logged.
    assert.equal(err['kind'], 'protocol-broken');
    assert.equal(err['reason'] ?? '', reason);
    assert.ok(String(err['packet'] ?? '').length <= 200);
  });
}

test('a message of 1 MiB is taken, a longer one closes the link', async (t) => {
  const { ovc } = await linked(t);
  await ovc.hears(isKeepalive);
  const frame = (bytes: number): string => {
    const empty = JSON.stringify({ event: 'E', more: '' });
    return JSON.stringify({ event: 'E', more: 'x'.repeat(bytes - empty.length) });
  };
  ovc.say(frame(1024 * 1024));
  await ovc.request('QueryTime');
  ovc.say(frame(1024 * 1024 + 1));
  await ovc.until(() => ovc.ends.length === 1);
  assert.equal(ovc.ends[0]?.code, 1009);
});

test('an OVC that falls silent is left after 20 s and dialled again', async (t) => {
  const clock = new FakeClock();
  const { ovc, link } = await linked(t, { clock });
  await ovc.hears(isKeepalive);
  await ovc.request('QueryTime');
  ovc.answering = false;
  await clock.advance(10_000);
  await ovc.until(() => ovc.heard.filter(isKeepalive).length === 2);
  await clock.advance(19_999);
  assert.equal(ovc.ends.length, 0);
  await clock.advance(1);
  await ovc.until(() => ovc.ends.length === 1);
  assert.equal((await failure(link, clock)).why, 'the OVC left a request without an answer');
  ovc.answering = true;
  await clock.advance(1_000);
  await ovc.until(() => ovc.dials.length === 2);
});

test('a link that is half open, so that not even a farewell gets through, is left all the same', async (t) => {
  const clock = new FakeClock();
  const { ovc } = await linked(t, { clock });
  await ovc.hears(isKeepalive);
  await ovc.request('QueryTime');
  ovc.freeze();
  await clock.advance(30_000);
  while (ovc.dials.length < 2) await clock.advance(500);
});

test('a keepalive does not wait for a hundred requests that hang', async (t) => {
  const clock = new FakeClock();
  const { ovc } = await linked(t, { clock, publish: (_order, signal) => aborted(signal) });
  await ovc.hears(isKeepalive);
  for (let seq = 1; seq <= 100; seq++) {
    ovc.say(JSON.stringify({ req: 'RTMPPublish', params: publish(seq % 2), seq }));
  }
  await ovc.ping();
  await clock.advance(10_000);
  await ovc.until(() => ovc.heard.filter(isKeepalive).length === 2);
  assert.ok(!ovc.heard.some(({ req }) => req === undefined));
});

test('an OVC that is slow to say its first word has accepted us once', async (t) => {
  const clock = new FakeClock();
  const ovc = await new RawOvc().listen();
  ovc.answering = false;
  const { lines } = await linked(t, { ovc, clock });
  await ovc.hears(isKeepalive);
  await clock.advance(2_000);
  ovc.say(JSON.stringify({ event: 'Late' }));
  while (!lines.some(({ msg }) => msg === 'unknown event ignored')) await new Promise(setImmediate);
  assert.equal(lines.filter(({ msg }) => msg === 'link up').length, 1);
});

test('a change is told at once', async (t) => {
  let state: 'online' | 'abnormal' = 'online';
  const { ovc, link } = await linked(t, { report: () => ({ state, channels: new Map() }) });
  await ovc.hears(isKeepalive);
  state = 'abnormal';
  link.changed();
  await ovc.hears(({ params }) => params?.['state'] === 3);
});

test('the gateway asks on behalf of others, and says so when the link is down', async (t) => {
  const { ovc, link, end, running } = await linked(t);
  await ovc.hears(isKeepalive);
  await link.call('Bind', { bind_id: 'b' });
  assert.deepEqual((await ovc.hears(({ req }) => req === 'Bind')).params, { bind_id: 'b' });
  end.abort();
  await running;
  await assert.rejects(link.call('Bind', { bind_id: 'b' }), { message: 'the link to the OVC is down' });
});

test('wss is used with the configured authority', async (t) => {
  const ovc = await new RawOvc(tls).listen();
  const { link } = await linked(t, { ovc, ca: String(tls.cert) });
  await ovc.hears(isKeepalive);
  await ovc.request('QueryTime');
  assert.equal(link.status.link.state, 'up');
});

test('an OVC whose certificate nobody vouches for is not given the password', async (t) => {
  const ovc = await new RawOvc(tls).listen();
  const { link } = await linked(t, { ovc });
  const down = await ovc.until(() => link.status.link.state === 'down' && link.status.link);
  assert.equal(down.why, 'no link to the OVC: certificate is not trusted');
  assert.equal(ovc.dials.length, 0);
});
