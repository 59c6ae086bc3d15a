import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { jsonSchema } from '../../../src/config/schema.ts';
import { redactedYaml } from '../../../src/support/redacted.ts';

const yamlOf = (text: string): string => redactedYaml(text, jsonSchema());

test('a configuration is shown without what is secret, and without remarks', () => {
  const shown = yamlOf(`
platform:
  url: wss://user:hunter2@ovc.example.com
  login_code: OVD1
  login_password: hunter2 # it was hunter2 before, too
web: { password_file: /etc/ovd/web, password: hunter2 }
channels:
  - { channel: 0, onvif: { host: cam, username: admin, password: "hunter2" } }
`);
  assert.doesNotMatch(shown, /hunter2/);
  assert.deepEqual(parse(shown), {
    platform: { url: 'wss://[secret]@ovc.example.com', login_code: 'OVD1', login_password: '[secret]' },
    web: { password_file: '/etc/ovd/web', password: '[secret]' },
    channels: [{ channel: 0, onvif: { host: 'cam', username: 'admin', password: '[secret]' } }],
  });
});

for (const text of ['password: [hunter2', 'a: *hunter2', 'hunter2: "', '\thunter2: {']) {
  test(`what cannot be read is left out as a whole: ${JSON.stringify(text)}`, () => {
    assert.doesNotMatch(yamlOf(text), /hunter2/);
  });
}

test('what has a slip of the pen in its name is left out, and so is what an address may hide', () => {
  const shown = yamlOf(`
platform: { url: wss://ovc.example.com, login_code: OVD1, passwrd: hunter2 }
pasword: hunter2
web: hunter2
channels:
  - { channel: 0, onvif: [hunter2], names: { deep: [hunter2] } }
  - { channel: 1, rtsp: { url: "rtsp://cam/live?channel=1&psw=hunter2&loginpas=hunter2" } }
  - { channel: 2, rtsp: { url: "rtsp://cam/user=admin_password=hunter2_channel=2_stream=0.sdp" } }
  - { channel: 3, rtsp: { url: "rtsp://u:hun@ter2/hunter2@cam/1" } }
  - { channel: 4, onvif: { host: "u:hunter2@10.0.0.5" } }
  - { channel: 5, rtsp: { url: "rtsp://cam/?password=123&stream=1" } }
`);
  assert.doesNotMatch(shown, /hunter2|ter2|=123/);
  assert.match(shown, /passwrd: "?\[not understood\]/);
  assert.match(shown, /channel=1&psw=\[secret\]/);
});
