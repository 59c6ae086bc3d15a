import assert from 'node:assert/strict';
import { test } from 'node:test';
import { edited, pathOf, refused } from '../../../src/config/edit.ts';
import { parseConfig } from '../../../src/config/read.ts';
import { shown, shownAsWritten } from '../../../src/config/shown.ts';

const FILE = `# our site
platform:
  url: ws://ovc.example # the old one
  login_code: A
  login_password_file: /etc/ovd/ovc

# the cameras
channels:
  - channel: 0 # the door
    onvif: { host: 192.168.1.10, username: admin, password: secret }
  - channel: 1
    rtsp: { url: "rtsp://192.168.1.11/s" }
`;

test('only what is changed changes: comments, order and style of the rest stay', () => {
  const text = edited(FILE, [
    { path: ['platform', 'url'], value: 'wss://new.example' },
    { path: ['channels', 0, 'name'], value: 'Door' },
    { path: ['log', 'level'], value: 'debug' },
  ]);
  for (const kept of ['# our site', '# the old one', '# the cameras', '# the door', 'url: wss://new.example']) {
    assert.ok(text.includes(kept), kept);
  }
  assert.match(text, /onvif: \{ host: 192\.168\.1\.10, username: admin, password: secret \}/);
  assert.match(text, /log:\n {2}level: debug/);
});

test('a secret that is given takes the place of the file that held it', () => {
  const text = edited(FILE, [{ path: ['platform', 'login_password'], value: 'new' }]);
  assert.match(text, /login_password: new/);
  assert.doesNotMatch(text, /login_password_file/);
});

test('channels come, go and change their number', () => {
  const more = edited(FILE, [{ path: ['channels', 2], value: { channel: 5, rtsp: { url: 'rtsp://a/b' } } }]);
  const less = edited(more, [{ path: ['channels', 0], value: undefined }]);
  const renumbered = edited(less, [{ path: ['channels', 0, 'channel'], value: 9 }]);
  const { channels } = parseConfig(renumbered.replace('_file: /etc/ovd/ovc', ': x'), { source: 'a.yaml', env: {} });
  assert.deepEqual(
    channels.map(({ channel }) => channel),
    [9, 5],
  );
});

test('an empty list is filled line by line, but in braces', () => {
  const add = [{ path: ['channels', 0], value: { channel: 0, onvif: { host: 'one' } } }];
  assert.equal(edited('channels: []\n', add), 'channels:\n  - channel: 0\n    onvif:\n      host: one\n');
  assert.equal(edited('{ "channels": [] }', add), '{ "channels": [ { channel: 0, onvif: { host: one } } ] }\n');
});

test('a file without a section gets one, in JSON too', () => {
  assert.match(
    edited('platform: { url: ws://a }\nchannels:\n', [{ path: ['channels', 0, 'channel'], value: 0 }]),
    /channels:\n {2}- channel: 0/,
  );
  assert.deepEqual(JSON.parse(edited('{"log": {"level": "info"}}', [{ path: ['log', 'level'], value: 'warn' }])), {
    log: { level: 'warn' },
  });
});

const FORBIDDEN: ReadonlyArray<readonly [path: string, value: unknown]> = [
  ['upgrade.keys', []],
  ['upgrade', undefined],
  ['ffmpeg.path', '/tmp/evil'],
  ['ffmpeg', { path: '/tmp/evil' }],
  ['device', { reboot_command: ['sh'] }],
  ['state_dir', '/'],
  ['platform.login_password_file', '/etc/shadow'],
  ['channels.0.onvif', { host: 'a', username: 'u', password_file: '/etc/shadow' }],
  ['channels.0.name', ['$', '{OVC_PASSWORD}'].join('')],
];

for (const [path, value] of FORBIDDEN) {
  test(`${path} cannot be set to ${JSON.stringify(value)} from the page`, () => {
    assert.equal(refused([{ path: pathOf(path), value }]).length, 1);
  });
}

test('of a secret only is shown that there is one', () => {
  const text = FILE.replace('login_password_file: /etc/ovd/ovc', 'login_password: hunter2');
  const config = parseConfig(text, { source: 'a.yaml', env: {} });
  const all = JSON.stringify([shown(config), shownAsWritten(JSON.parse(JSON.stringify({ web: { token: 'abc' } })))]);
  assert.doesNotMatch(all, /hunter2|secret|abc/);
  assert.match(all, /"username":"admin","password":\{"set":true\}/);
  assert.match(all, /"login_password":\{"set":true\}/);
});
