import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { tryLogin } from '../../src/ovc/try-login.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { type ErrorKind, isKind } from '../../src/runtime/errors.ts';
import { FakeClock } from '../peers/fake-clock.ts';
import { loginAt } from '../peers/linked.ts';
import { RawOvc, type Welcome } from '../peers/raw-ovc.ts';

async function listening(t: TestContext, welcome: Welcome = 'open'): Promise<RawOvc> {
  const ovc = await new RawOvc().listen();
  ovc.welcome = welcome;
  t.after(() => ovc.close());
  return ovc;
}

const { signal } = new AbortController();

test('a login that works is tried, told and closed again, without a keepalive', async (t) => {
  const ovc = await listening(t);
  await tryLogin(loginAt(ovc.url), { clock: systemClock, signal });
  await ovc.until(() => ovc.ends.length === 1);
  assert.deepEqual(ovc.ends, [{ code: 1000, reason: '' }]);
  assert.deepEqual(
    ovc.heard.map(({ req }) => req),
    ['GetServerInfo'],
  );
});

test('an OVC that says nothing has accepted us when it has not closed for two seconds', async (t) => {
  const ovc = await listening(t);
  ovc.answering = false;
  const clock = new FakeClock();
  const tried = tryLogin(loginAt(ovc.url), { clock, signal });
  await ovc.hears(({ req }) => req === 'GetServerInfo');
  await clock.advance(2_000);
  await tried;
});

const REFUSALS: ReadonlyArray<readonly [welcome: Welcome, kind: ErrorKind, words: string]> = [
  [401, 'login-refused', 'the OVC refuses this login code and password: HTTP 401'],
  [403, 'login-refused', 'the OVC refuses this login code and password: HTTP 403'],
  ['shut', 'login-refused', 'the OVC refuses this login code and password: it closed the link at once, without a word'],
  [404, 'link-lost', 'the OVC did not open the link: HTTP 404'],
  [302, 'link-lost', 'the OVC did not open the link: HTTP 302'],
];

for (const [welcome, kind, words] of REFUSALS) {
  test(`a check of a login met with ${welcome} fails in plain words`, async (t) => {
    const ovc = await listening(t, welcome);
    await assert.rejects(
      tryLogin(loginAt(ovc.url), { clock: systemClock, signal }),
      (err) => isKind(err, kind) && err.sentence === words,
    );
  });
}

test('a check of an OVC that is not there says so', async () => {
  const ovc = await new RawOvc().listen();
  const { url } = ovc;
  await ovc.close();
  await assert.rejects(
    tryLogin(loginAt(url), { clock: systemClock, signal }),
    (err) => isKind(err, 'link-lost') && err.sentence === 'no link to the OVC: connection refused',
  );
});

test('a check that is cut short ends at once and says so', async (t) => {
  const ovc = await listening(t);
  ovc.answering = false;
  const end = new AbortController();
  const tried = tryLogin(loginAt(ovc.url), { clock: systemClock, signal: end.signal });
  await ovc.hears(({ req }) => req === 'GetServerInfo');
  end.abort();
  await assert.rejects(tried, (err) => isKind(err, 'ended-early'));
});
