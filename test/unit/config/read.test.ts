import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { parseConfig, readConfig } from '../../../src/config/read.ts';
import { GatewayError } from '../../../src/runtime/errors.ts';

const LEAST = 'platform: { url: "ws://ovc", login_code: OVD1, login_password: pass1 }\n';
const read = (text: string, env = {}) => parseConfig(text, { source: 'gateway.yaml', env });

function faultsOf(text: string, env = {}): string[] {
  try {
    read(text, env);
  } catch (err) {
    assert.ok(err instanceof GatewayError && err.kind === 'config-invalid');
    return err.fields.faults as string[];
  }
  return assert.fail('the configuration was accepted');
}

test('the least configuration gets all defaults', () => {
  const config = read(LEAST);
  assert.equal(config.platform.hardware_model, 'ovd-gateway');
  assert.equal(config.platform.login_password.reveal(), 'pass1');
  assert.deepEqual(config.channels, []);
  assert.equal(config.web.listen, '127.0.0.1:8080');
  assert.equal(config.recording.spool_max_bytes, 2_147_483_648);
});

test('a channel gets its defaults and one value for its login', () => {
  const { channels } = read(`${LEAST}channels: [{ channel: 3, onvif: { host: cam, username: u, password: p } }]`);
  assert.deepEqual(channels[0]?.live, { profile: 'auto', video: 'auto', audio: 'auto' });
  assert.equal(channels[0]?.onvif?.credentials?.username, 'u');
  assert.equal(channels[0]?.onvif?.credentials?.password.reveal(), 'p');
});

test('JSON is read as well', () => {
  assert.equal(read('{"platform":{"url":"wss://o","login_code":"1","login_password":"x"}}').platform.login_code, '1');
});

test('a text takes values from the environment', () => {
  const text = 'platform:\n  url: ws://$HOST:1\n  login_code: A\n  login_password: $PASS\n'.replace(
    /\$(\w+)/g,
    '$${$1}',
  );
  const { platform } = read(text, { HOST: 'ovc', PASS: 'secret' });
  assert.equal(platform.url, 'ws://ovc:1');
  assert.equal(platform.login_password.reveal(), 'secret');
});

test('a secret may stand in a file, whose last line end is not part of it', (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ovd-config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'pass'), 'from file\n');
  const file = join(folder, 'gateway.yaml');
  writeFileSync(file, 'platform: { url: "ws://o", login_code: A, login_password_file: pass }');
  assert.equal(readConfig(file, {}).platform.login_password.reveal(), 'from file');
});

const WRONG: ReadonlyArray<readonly [string, string, RegExp]> = [
  ['a missing platform', '{}', /^platform: is required$/],
  ['an unknown key', `${LEAST}webs: {}`, /unknown key: webs/],
  ['a number that should be text', LEAST.replace('OVD1', '0001'), /login_code: must be text: put it in quotes/],
  ['an http address', LEAST.replace('ws://', 'http://'), /platform\.url: must be a ws:\/\/ or wss:\/\/ address/],
  ['no password', 'platform: { url: "ws://o", login_code: A }', /login_password: is required/],
  ['two cameras for a channel', `${LEAST}channels: [{ channel: 0 }]`, /channels\.0: needs onvif or rtsp/],
  [
    'one number twice',
    `${LEAST}channels: [{ channel: 0, rtsp: { url: "rtsp://a/" } }, { channel: 0, rtsp: { url: "rtsp://b/" } }]`,
    /channels: channel numbers must differ/,
  ],
  [
    'a login inside a URL',
    `${LEAST}channels: [{ channel: 0, rtsp: { url: "rtsp://a:b@c/" } }]`,
    /must not hold a login/,
  ],
  ['a username alone', `${LEAST}channels: [{ channel: 0, onvif: { host: a, username: u } }]`, /go together/],
  ['a host with a scheme', `${LEAST}channels: [{ channel: 0, onvif: { host: "http://a" } }]`, /without http/],
  ['a variable nobody set', `${LEAST}log:\n  level: \${NOPE}`, /the environment has no NOPE/],
  [
    'a file that is not there',
    'platform: { url: "ws://o", login_code: A, login_password_file: nope }',
    /there is no such file/,
  ],
];

for (const [what, text, words] of WRONG) {
  test(`${what} is refused in words that name it`, () => {
    assert.ok(
      faultsOf(text).some((fault) => words.test(fault)),
      JSON.stringify(faultsOf(text)),
    );
  });
}

/** What people do to a file with an editor, and the place that the one line about it names. */
const BROKEN: ReadonlyArray<readonly [string, string, string]> = [
  ['a bracket that is not closed', 'platform: [', 'line 1, column 12: the indentation does not fit, or a bracket'],
  ['a wrong indentation', 'platform:\n  url: a\n login_code: b\n', 'line 3, column 1: the indentation does not fit'],
  ['a tab', 'platform:\n\turl: a\n', 'line 2, column 1: there is a tab'],
  ['a key twice', 'log: {}\nlog: {}\n', 'line 2, column 1: this key stands here twice'],
  ['a quote that is not closed', 'a: "hunter2\nb: 1\n', 'line 3, column 1: a character is missing'],
  ['a colon in a text', 'a: hunter2: c', 'line 1, column 4: a key and its value have to stand on one line'],
  ['a colon forgotten', 'platform\n  url: a\n', 'line 1, column 1: a key and its value have to stand on one line'],
  ['no space after a colon', 'log:{}\nweb: {}', 'line 1, column 1: a key and its value have to stand on one line'],
  ['an at sign', 'a: @hunter2\n', 'line 1, column 4: text cannot begin like this'],
  ['a backslash', 'a: "\\hunter2"\n', 'line 1, column 5: this backslash means nothing'],
  ['text behind a quote', 'a: "x"hunter2\n', 'line 1, column 7: something stands here'],
  ['two documents', 'a: 1\n---\nb: 2\n', 'line 2, column 1: something stands here'],
];

for (const [what, text, words] of BROKEN) {
  test(`${what} is one line with its place, in our words`, () => {
    const [fault = '', ...others] = faultsOf(text);
    assert.ok(fault.startsWith(words), fault);
    assert.doesNotMatch(fault, /hunter2|:$/);
    assert.deepEqual(others, []);
  });
}

test('all faults are told at once, each with its line', () => {
  const faults = faultsOf('platform:\n  url: nope\n  login_code: 7\n  login_password: x\nlog:\n  level: loud\n');
  assert.deepEqual(
    faults.map((fault) => fault.split(':')[0]),
    ['line 2, platform.url', 'line 3, platform.login_code', 'line 6, log.level'],
  );
});

test('a password that YAML takes for an alias is refused without being shown', () => {
  const [fault = '', ...others] = faultsOf(LEAST.replace('pass1', '*pass1'));
  assert.match(fault, /put in quotes/);
  assert.doesNotMatch(fault, /pass1/);
  assert.deepEqual(others, []);
});

test('no fault ever shows a secret', () => {
  const text = 'platform: { url: nope, login_code: A, login_password: hunter2 }\nchannels: hunter2x';
  assert.doesNotMatch(faultsOf(text).join(), /hunter2/);
});

test('what is no text file of a bearable size is refused at once', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'config-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const fifo = join(folder, 'fifo');
  execFileSync('mkfifo', [fifo]);
  const [large, latin] = [join(folder, 'large'), join(folder, 'latin')];
  writeFileSync(large, Buffer.alloc(5_000_000, ' '));
  writeFileSync(latin, Buffer.from(`# G\xe9rard\n${LEAST}`, 'latin1'));
  for (const [file, words] of [
    [fifo, /is no file/],
    [folder, /is no file/],
    ['/dev/zero', /is no file/],
    [large, /is larger than 4 MB/],
    [latin, /is not text in UTF-8/],
    [join(folder, 'none'), /there is no such file/],
  ] as const) {
    assert.throws(
      () => readConfig(file, {}),
      (err) => err instanceof GatewayError && words.test(String(err.fields.faults)),
      file,
    );
  }
});
