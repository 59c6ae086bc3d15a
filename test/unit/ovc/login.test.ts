import assert from 'node:assert/strict';
import { test } from 'node:test';
import { closed, failed, type Login, loginUrl } from '../../../src/ovc/login.ts';
import { Secret } from '../../../src/runtime/secret.ts';

const login = (url: string, rest: Partial<Login> = {}): Login => ({
  url: new URL(url),
  loginCode: 'OVD1',
  password: new Secret('pw'),
  hardwareModel: 'hw',
  firmwareModel: 'fw',
  ...rest,
});

const QUERY = 'login_code=OVD1&login_passwd=pw&hardware_model=hw&firmware_model=fw';

const URLS: ReadonlyArray<readonly [configured: string, dialled: string]> = [
  ['ws://ovc.example.com', `ws://ovc.example.com/ovc?${QUERY}`],
  ['ws://ovc.example.com:8080/', `ws://ovc.example.com:8080/ovc?${QUERY}`],
  ['wss://ovc.example.com/ivc', `wss://ovc.example.com/ivc?${QUERY}`],
  ['ws://ovc.example.com/a/b/', `ws://ovc.example.com/a/b/?${QUERY}`],
  ['ws://ovc.example.com/?site=7', `ws://ovc.example.com/ovc?site=7&${QUERY}`],
  ['ws://ovc.example.com/ovc#top', `ws://ovc.example.com/ovc?${QUERY}`],
];

for (const [configured, dialled] of URLS) {
  test(`${configured} is dialled with the login in the query`, () => {
    assert.equal(loginUrl(login(configured)).href, dialled);
  });
}

test('values are percent-encoded, whatever they hold', () => {
  const odd = 'a b&c=d+e/f?g#h%i"é';
  const url = loginUrl(
    login('ws://h', { loginCode: odd, password: new Secret(odd), hardwareModel: odd, firmwareModel: odd }),
  );
  assert.match(url.search, /^\?login_code=a%20b%26c%3Dd%2Be%2Ff%3Fg%23h%25i%22%C3%A9&/);
  assert.deepEqual([...url.searchParams.values()], [odd, odd, odd, odd]);
});

test('the configured address is left as it is', () => {
  const mine = login('ws://h');
  loginUrl(mine);
  assert.equal(mine.url.href, 'ws://h/');
});

const ENDS: ReadonlyArray<readonly [name: string, code: number, openMs: number, heard: boolean, kind: string]> = [
  ['at once and without a word', 1000, 100, false, 'login-refused'],
  ['at once, without even a code', 1006, 1_999, false, 'login-refused'],
  ['at once for a policy', 1008, 0, false, 'login-refused'],
  ['at once, because it goes away', 1001, 100, false, 'link-lost'],
  ['at once, because it restarts', 1012, 100, false, 'link-lost'],
  ['after having spoken', 1000, 100, true, 'link-lost'],
  ['after two seconds', 1000, 2_000, false, 'link-lost'],
];

for (const [name, code, openMs, heard, kind] of ENDS) {
  test(`an OVC that closes ${name} means ${kind}`, () => assert.equal(closed(code, { openMs, heard }).kind, kind));
}

test('a failure without words is told by its code', () => {
  const err = new AggregateError([], '');
  assert.equal(failed(Object.assign(err, { code: 'ECONNREFUSED' })).sentence, 'no link to the OVC: connection refused');
});
