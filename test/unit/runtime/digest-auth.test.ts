import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { test } from 'node:test';
import { DigestAuth, parseChallenges } from '../../../src/runtime/digest-auth.ts';
import { Secret } from '../../../src/runtime/secret.ts';

const MUFASA = { username: 'Mufasa', password: new Secret('Circle of Life') };
const FIXED = (): string => 'f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ';
const RFC_NONCE = '7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v';
const RFC_REST = `realm="http-auth@example.org", qop="auth, auth-int", nonce="${RFC_NONCE}", opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS"`;

function answer(auth: DigestAuth, method = 'GET', uri = '/dir/index.html'): ReadonlyMap<string, string> {
  const [challenge] = parseChallenges([auth.authorization(method, uri) ?? '']);
  return challenge?.params ?? new Map();
}

for (const [algorithm, response] of [
  ['MD5', '8ca523f5e9506fed4657c9700eebdbec'],
  ['SHA-256', '753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1'],
] as const) {
  test(`gives the answer of RFC 7616 for ${algorithm}`, () => {
    const auth = new DigestAuth(MUFASA, FIXED);
    assert.equal(auth.challenged([`Digest ${RFC_REST}, algorithm=${algorithm}`]), true);
    assert.equal(answer(auth).get('response'), response);
  });
}

test('gives the answer of RFC 2069 to a challenge without qop', () => {
  const auth = new DigestAuth({ username: 'Mufasa', password: new Secret('CircleOfLife') });
  auth.challenged(['Digest realm="testrealm@host.com", nonce="dcd98b7102dd2f0e8b11d0f600bfb0c093"']);
  const given = answer(auth);
  // The example of RFC 2069 with the answer as its errata have it.
  assert.equal(given.get('response'), '1949323746fe6a43ef61f9606e7febea');
  assert.equal(given.has('nc'), false);
});

test('answers MD5-sess with a key of its own session', () => {
  const md5 = (text: string): string => createHash('md5').update(text).digest('hex');
  const auth = new DigestAuth(MUFASA, () => 'c');
  auth.challenged(['Digest realm="r", nonce="n", qop="auth", algorithm=MD5-sess']);
  const key = md5(`${md5('Mufasa:r:Circle of Life')}:n:c`);
  assert.equal(answer(auth).get('response'), md5(`${key}:n:00000001:c:auth:${md5('GET:/dir/index.html')}`));
});

const CHOICES: readonly (readonly [string, readonly string[], string | undefined])[] = [
  ['MD5 when SHA-256 stands first', ['Digest nonce="s", algorithm=SHA-256', 'Digest nonce="m", algorithm=MD5'], 'm'],
  ['MD5 when both stand in one header', ['Digest nonce="s", algorithm=SHA-256, Digest nonce="m"'], 'm'],
  ['a scheme in lower case', ['digest nonce="m"'], 'm'],
  ['an algorithm in lower case', ['Digest nonce="m", algorithm="md5"'], 'm'],
  ['qop with auth-int first', ['Digest nonce="m", qop="auth-int,auth"'], 'm'],
  ['qop without quotes', ['Digest qop=auth,auth-int, nonce="m"'], 'm'],
  ['blanks around the equals sign', ['Digest  nonce = "m" ,qop = "auth"'], 'm'],
  ['Digest when Basic stands first', ['Basic realm="b"', 'Digest nonce="m"'], 'm'],
  ['another digest than the one with auth-int only', ['Digest nonce="i", qop="auth-int"', 'Digest nonce="m"'], 'm'],
];
for (const [name, headers, nonce] of CHOICES) {
  test(`takes ${name}`, () => {
    const auth = new DigestAuth(MUFASA);
    assert.equal(auth.challenged(headers), true);
    assert.equal(answer(auth).get('nonce'), nonce);
  });
}

test('answers Basic where nothing else is offered, in UTF-8', () => {
  const auth = new DigestAuth({ username: 'admin', password: new Secret('pässwort中') });
  assert.equal(auth.challenged(['Basic realm="camera"']), true);
  const [, sent = ''] = (auth.authorization('GET', '/') ?? '').split(' ');
  assert.equal(Buffer.from(sent, 'base64').toString('utf8'), 'admin:pässwort中');
  assert.equal(auth.challenged(['Basic realm="camera"']), false);
});

for (const header of ['', 'Negotiate', 'Digest', 'Digest nonce="x", algorithm=WHIRLPOOL', 'nonce="x"', '"', ',,,=']) {
  test(`knows no answer to ${JSON.stringify(header)}`, () => {
    const auth = new DigestAuth(MUFASA);
    assert.equal(auth.challenged([header]), false);
    assert.equal(auth.authorization('GET', '/'), undefined);
  });
}

test('counts the uses of a nonce and starts again with a new one', () => {
  const auth = new DigestAuth(MUFASA);
  auth.challenged(['Digest nonce="a", qop="auth"']);
  assert.deepEqual([answer(auth).get('nc'), answer(auth).get('nc')], ['00000001', '00000002']);
  auth.challenged(['Digest nonce="b", qop="auth"']);
  assert.equal(answer(auth).get('nc'), '00000001');
});

test('takes a refused answer to a fresh nonce for a wrong password', () => {
  const auth = new DigestAuth(MUFASA);
  auth.challenged(['Digest nonce="a"']);
  auth.authorization('GET', '/');
  assert.equal(auth.challenged(['Digest nonce="b"']), false);
});

test('answers once more when the nonce was stale, or may have been', () => {
  const auth = new DigestAuth(MUFASA);
  auth.challenged(['Digest nonce="a"']);
  auth.authorization('GET', '/');
  assert.equal(auth.challenged(['Digest nonce="b", stale=TRUE']), true);
  auth.authorization('GET', '/');
  auth.authorization('GET', '/');
  assert.equal(auth.challenged(['Digest nonce="c"']), true);
});

test('lets no name of a user end its quotes or its line', () => {
  const auth = new DigestAuth({ username: 'a"b\\c\r\nX: y', password: new Secret('p') });
  auth.challenged(['Digest realm="r", nonce="n"']);
  const header = auth.authorization('GET', '/') ?? '';
  assert.match(header, /username="a\\"b\\\\cX: y", realm/);
  assert.equal(header.includes('\n'), false);
});

test('sends a name beyond ASCII as UTF-8 bytes', () => {
  const auth = new DigestAuth({ username: 'jürgen', password: new Secret('p') });
  auth.challenged(['Digest realm="r", nonce="n"']);
  const sent = Buffer.from(answer(auth).get('username') ?? '', 'latin1').toString('utf8');
  assert.equal(sent, 'jürgen');
});

test('reads a hostile header in no time', () => {
  const since = performance.now();
  for (const header of [
    'a'.repeat(1e6),
    `Digest ${'a="'.repeat(3e5)}`,
    `Digest ${' ='.repeat(5e5)}`,
    ','.repeat(1e6),
  ]) {
    parseChallenges([header]);
  }
  assert.ok(performance.now() - since < 1000);
});
