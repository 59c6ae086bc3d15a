import assert from 'node:assert/strict';
import { test } from 'node:test';
import { configSchema, jsonSchema } from '../../../src/config/schema.ts';
import { shown, shownAsWritten } from '../../../src/config/shown.ts';
import { leavesOf, type SchemaNode } from '../../../src/pages/admin/settings/schema.ts';
import { isSecretName } from '../../../src/runtime/secret-name.ts';
import { redacted } from '../../../src/support/redacted.ts';

test('what holds a secret is known by its name, what names its place is not taken for one', () => {
  for (const name of [
    'login_passwd',
    'password',
    'camera_pass',
    'pwd',
    'token',
    'clientSecret',
    'stream_key',
    'Signature',
    'credential',
  ])
    assert.ok(isSecretName(name), name);
  for (const name of ['password_file', 'login_code', 'keys', 'keyframes', 'passenger', 'username', 'credentials'])
    assert.ok(!isSecretName(name), name);
});

test('of the configuration those keys are secret that its schema keeps secret, and no others', () => {
  const { channels, ...parts } = (jsonSchema() as SchemaNode).properties ?? {};
  assert.ok(channels?.items);
  const leaves = [
    ...leavesOf({ properties: parts }, { path: '', key: '' }),
    ...leavesOf(channels.items, { path: 'channels', key: 'channels' }),
  ];
  const secret = leaves.filter(({ path }) => isSecretName(path.split('.').at(-1) ?? '')).map(({ path }) => path);
  const expected = ['platform.login_password', 'web.password', 'web.token', 'channels.onvif.password'];
  assert.deepEqual(secret, [...expected, 'channels.rtsp.password']);
});

const HIDDEN = { set: true };

test('a login of new cameras shows its name, and not its password', () => {
  const credentials = [{ username: 'admin', password: 'hunter2' }];
  const content = {
    platform: { url: 'ws://a', login_code: '1', login_password: 'hunter2' },
    discovery: { credentials },
  };
  const login = { username: 'admin', password: HIDDEN };
  assert.deepEqual(shownAsWritten(content), {
    platform: { url: 'ws://a', login_code: '1', login_password: HIDDEN },
    discovery: { credentials: [login] },
  });
  assert.doesNotMatch(JSON.stringify([shown(configSchema.parse(content)), redacted(content, jsonSchema())]), /hunter2/);
});
