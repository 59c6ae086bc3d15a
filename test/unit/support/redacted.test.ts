import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'yaml';
import { redactedYaml } from '../../../src/support/redacted.ts';

test('a configuration is shown without what is secret, and without remarks', () => {
  const shown = redactedYaml(`
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
    assert.doesNotMatch(redactedYaml(text), /hunter2/);
  });
}
