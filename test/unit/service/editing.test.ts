import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { createServer as createTlsServer } from 'node:tls';
import { parse } from 'yaml';
import { Refusal } from '../../../src/admin/refusal.ts';
import type { Config } from '../../../src/config/schema.ts';
import type { AdoptedCamera } from '../../../src/gateway/discovery.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { type Fault, fault } from '../../../src/runtime/fault.ts';
import { Configuration } from '../../../src/service/configuration.ts';
import { FileEditing } from '../../../src/service/editing.ts';

const TLS = join(import.meta.dirname, '..', '..', 'fixtures', 'tls');
const CERTIFICATE = {
  cert: readFileSync(join(TLS, 'localhost.crt')),
  key: readFileSync(join(TLS, 'localhost.key')),
};
const PLATFORM = { url: 'ws://ovc.example', login_code: 'D1', login_password: 'platform-password' };
const camera = (channel: number) => ({ channel, onvif: { host: `camera-${channel}` } });

function editingOf(t: TestContext, content?: object, adopted: (channel: number) => AdoptedCamera | undefined = nobody) {
  const folder = mkdtempSync(join(tmpdir(), 'editing-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'gateway.yaml');
  if (content) writeFileSync(file, JSON.stringify(content));
  const configuration = new Configuration({
    file,
    env: { HOME: '/root', SITE_LOGIN: 'of the site' },
    version: '0.0.0',
  });
  let config: Config | undefined;
  const reload = async (): Promise<void> => {
    const look = configuration.look();
    if (look.found === 'config') config = look.config;
  };
  const editing = new FileEditing({
    ...{ configuration, config: () => config, channels: () => config?.channels ?? [], adopted, reload },
    whyNoPageAt: async (listen) => (listen.endsWith(':9') ? fault('port-taken') : undefined),
    ...{ platformChanged: () => undefined, setUpAddress: '127.0.0.1:0', version: '0.0.0', clock: systemClock },
  });
  const written = () => readFileSync(file, 'utf8');
  const hosts = () => config?.channels.map(({ channel, onvif }) => `${channel} ${onvif?.host}`);
  return { editing, reload, file, written, hosts };
}

const nobody = (): undefined => undefined;
const refusal = (kind: string) => (err: unknown) => err instanceof Refusal && err.kind === kind;

test('two who add a camera at once get a channel each', async (t) => {
  const { editing, reload, hosts } = editingOf(t, { platform: PLATFORM, channels: [camera(0)] });
  await reload();
  const numbers = await Promise.all(['one', 'two'].map((host) => editing.addChannel({ onvif: { host } })));
  assert.deepEqual(numbers, [1, 2]);
  assert.deepEqual(hosts(), ['0 camera-0', '1 one', '2 two']);
});

test('two who remove a channel at once remove those they mean, and no other', async (t) => {
  const { editing, reload, hosts } = editingOf(t, { platform: PLATFORM, channels: [0, 1, 2].map(camera) });
  await reload();
  await Promise.all([editing.removeChannel(0), editing.removeChannel(1)]);
  assert.deepEqual(hosts(), ['2 camera-2']);
});

test('a channel is found where the file has it, also when the file is not in force yet', async (t) => {
  const { editing, reload, file, hosts } = editingOf(t, { platform: PLATFORM, channels: [0, 1].map(camera) });
  await reload();
  writeFileSync(file, JSON.stringify({ platform: PLATFORM, channels: [1, 0].map(camera) }));
  await editing.changeChannel(0, { onvif: { host: 'moved' } });
  assert.deepEqual(hosts(), ['1 camera-1', '0 moved']);
  await assert.rejects(editing.renumber(0, 1), refusal('channel-taken'));
  await assert.rejects(editing.removeChannel(7), refusal('no-such-channel'));
});

test('the password of the page is hashed whichever way it is set', async (t) => {
  const { editing, reload, written } = editingOf(t, { platform: PLATFORM });
  await reload();
  for (const [path, value] of [
    ['web.password', 'a new password'],
    ['web', { password: 'a new password' }],
  ] as const) {
    await editing.change([{ path, value }]);
    assert.match(written(), /scrypt:/);
    assert.doesNotMatch(written(), /a new password/);
  }
  await assert.rejects(
    editing.change([{ path: 'web', value: { password: 'short' } }]),
    refusal('configuration-refused'),
  );
});

test('neither a change nor the set-up can carry the environment out', async (t) => {
  const { editing, reload } = editingOf(t, { platform: PLATFORM });
  await reload();
  const taken = refusal('configuration-refused');
  const fromOutside = ['$', '{HOME}'].join('');
  await assert.rejects(editing.change([{ path: 'platform.login_code', value: fromOutside }]), taken);
  const fresh = editingOf(t);
  const request = { password: 'long enough', platform: { ...PLATFORM, login_code: fromOutside } };
  await assert.rejects(fresh.editing.setUp(request), taken);
});

test('a file that is no YAML is not changed, and what is said of it shows nothing that stands there', async (t) => {
  const { editing, reload, file } = editingOf(t, { platform: PLATFORM });
  await reload();
  writeFileSync(file, 'platform: {login_password: hunter2');
  await assert.rejects(editing.removeChannel(0), (err) => {
    assert.ok(refusal('configuration-refused')(err));
    assert.doesNotMatch(JSON.stringify(err), /hunter2/);
    return true;
  });
});

const WITH_LOGINS = {
  platform: { ...PLATFORM, url: 'wss://ovc.example' },
  channels: [
    { channel: 0, onvif: { host: 'one', username: 'admin', password: 'of one' } },
    { channel: 1, onvif: { host: 'two', tls: true, username: 'admin', password: 'of two' } },
    { channel: 2, rtsp: { url: 'rtsp://three/a', username: 'admin', password: 'of three' } },
  ],
};

for (const { to, changes, fault } of [
  { to: 'another platform', changes: [['platform.url', 'wss://evil']], fault: 'platform.login_password' },
  {
    to: 'the platform in the clear',
    changes: [['platform.url', 'ws://ovc.example']],
    fault: 'platform.login_password',
  },
  { to: 'another camera', changes: [['channels.0.onvif.host', 'evil']], fault: 'channels.0.onvif.password' },
  { to: 'a camera in the clear', changes: [['channels.1.onvif.tls', false]], fault: 'channels.1.onvif.password' },
  { to: 'another stream', changes: [['channels.2.rtsp.url', 'rtsp://evil/a']], fault: 'channels.2.rtsp.password' },
  {
    to: 'where another channel was, with a password given for a channel that goes',
    changes: [
      ['channels.0.onvif.password', 'given'],
      ['channels.1.onvif.host', 'evil'],
      ['channels.0', undefined],
    ],
    fault: 'channels.0.onvif.password',
  },
  { to: 'another path of the same host', changes: [['channels.2.rtsp.url', 'rtsp://THREE:8554/b']], fault: undefined },
  {
    to: 'another camera when it is given again',
    changes: [
      ['channels.0.onvif.host', 'moved'],
      ['channels.0.onvif.password', 'of one'],
    ],
    fault: undefined,
  },
  { to: 'the same camera at another place of the list', changes: [['channels.0', undefined]], fault: undefined },
] as const) {
  test(`a password of the file goes ${fault ? 'not ' : ''}to ${to}`, async (t) => {
    const { editing, reload, written } = editingOf(t, WITH_LOGINS);
    await reload();
    const before = written();
    const change = editing.change(changes.map(([path, value]) => ({ path, value })));
    if (!fault) return change;
    await assert.rejects(change, (err) => {
      assert.ok(err instanceof Refusal && err.kind === 'configuration-refused');
      const [{ path, kind }] = err.fields.faults as [Fault];
      assert.deepEqual([path, kind], [fault, 'password-again']);
      return true;
    });
    assert.equal(written(), before);
  });
}

test('a camera keeps its password when its channel is changed, and not when its address is', async (t) => {
  const { editing, reload, hosts } = editingOf(t, WITH_LOGINS);
  await reload();
  await editing.changeChannel(0, { name: 'Gate' });
  await assert.rejects(editing.changeChannel(0, { onvif: { host: 'evil' } }), refusal('configuration-refused'));
  await editing.changeChannel(0, { onvif: { host: 'moved', password: 'of one' } });
  assert.equal(hosts()?.[0], '0 moved');
});

test('a platform is tried with the password of the file only where that belongs', async (t) => {
  const { editing, reload } = editingOf(t, { platform: { ...PLATFORM, url: 'ws://127.0.0.1:9' } });
  await reload();
  const signal = new AbortController().signal;
  const login = { login_code: 'D1', url: 'ws://127.0.0.2:9' };
  await assert.rejects(editing.testPlatform(login, signal), refusal('configuration-refused'));
  for (const tried of [
    { ...login, login_password: 'given' },
    { ...login, url: 'ws://127.0.0.1:9' },
  ]) {
    const answer = await editing.testPlatform(tried, signal);
    assert.deepEqual([answer.ok, !answer.ok && answer.kind], [false, 'unreachable']);
  }
});

/** What answers a login, and what the page is told of it. */
const NO_PLATFORMS: ReadonlyArray<readonly [string, Server, string, string]> = [
  ['a web server', createHttpServer((_, answer) => answer.end('hello')), 'ws', 'no-platform'],
  ['one that hangs up', createServer((socket) => socket.destroy()), 'ws', 'no-platform'],
  ['one that is not encrypted', createHttpServer(), 'wss', 'no-tls'],
  ['one that nobody vouches for', createTlsServer(CERTIFICATE), 'wss', 'bad-certificate'],
];
for (const [name, server, scheme, kind] of NO_PLATFORMS) {
  test(`${name} is no platform, and the page is told why: ${kind}`, async (t) => {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const login = { url: `${scheme}://127.0.0.1:${port}`, login_code: 'D1', login_password: 'p' };
    const answer = await editingOf(t).editing.testPlatform(login, new AbortController().signal);
    assert.equal(!answer.ok && answer.kind, kind, JSON.stringify(answer));
  });
}

test('a platform whose name nobody knows is told so', async (t) => {
  const login = { url: 'ws://no-such-name.invalid', login_code: 'D1', login_password: 'p' };
  const answer = await editingOf(t).editing.testPlatform(login, new AbortController().signal);
  assert.equal(!answer.ok && answer.kind, 'unknown-name', JSON.stringify(answer));
});

test('the page is not moved to where it cannot be opened', async (t) => {
  const { editing, reload, written } = editingOf(t, { platform: PLATFORM });
  await reload();
  const before = written();
  await assert.rejects(editing.change([{ path: 'web.listen', value: '127.0.0.1:9' }]), (err) => {
    assert.ok(err instanceof Refusal);
    assert.match(JSON.stringify(err.fields), /web\.listen.*another program has this port/);
    return true;
  });
  assert.equal(written(), before);
  await editing.change([{ path: 'web.listen', value: '127.0.0.1:10' }]);
  assert.match(written(), /127\.0\.0\.1:10/);
});

test('a camera that found its channel by itself is written into the file, with its login as it stands there', async (t) => {
  const credentials = [{ username: 'admin', password: `\${${'SITE_LOGIN'}}` }];
  const found = { name: 'Yard', account: 0, onvif: { host: '192.168.1.20', port: 8000, serial: 'S1' } };
  const adopted = (channel: number) => (channel === 3 ? found : undefined);
  const content = { platform: PLATFORM, discovery: { auto_map: true, credentials }, channels: [camera(0)] };
  const { editing, reload, written, hosts } = editingOf(t, content, adopted);
  await reload();
  await editing.keepChannel(3);
  assert.deepEqual(hosts(), ['0 camera-0', '3 192.168.1.20']);
  const channels = parse(written()).channels;
  assert.deepEqual(channels[1], { channel: 3, name: 'Yard', onvif: { ...found.onvif, ...credentials[0] } });
  await editing.changeChannel(3, { name: 'Garden' });
  await assert.rejects(editing.keepChannel(3), refusal('channel-taken'));
  await assert.rejects(editing.keepChannel(4), refusal('no-such-channel'));
});
