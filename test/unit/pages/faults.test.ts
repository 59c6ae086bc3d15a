import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { Refusal } from '../../../src/admin/refusal.ts';
import { type Config, jsonSchema } from '../../../src/config/schema.ts';
import { leavesOf, type SchemaNode } from '../../../src/pages/admin/settings/schema.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { FAULT_WORDS, type Fault, type FaultKind } from '../../../src/runtime/fault.ts';
import { Configuration } from '../../../src/service/configuration.ts';
import { FileEditing } from '../../../src/service/editing.ts';
import { textRows } from '../../peers/text-tables.ts';

const TABLE = textRows('admin/words/fault-texts.ts');
const CHINESE = new Map(TABLE.map(({ key, zh }) => [key, zh]));

test('the page’s English for each fault is the gateway’s own', () => {
  const english = Object.fromEntries(TABLE.map(({ key, en }) => [key, en]));
  assert.deepEqual(english, { ...FAULT_WORDS });
});

const CONTENT = JSON.stringify({
  platform: { url: 'ws://ovc.example', login_code: 'D1', login_password: 'of the platform' },
  channels: [
    { channel: 0, onvif: { host: 'one', username: 'u', password: 'of one' } },
    { channel: 1, rtsp: { url: 'rtsp://two/', username: 'u', password: 'of two' } },
  ],
});

/** What somebody may type, or a script may send, for any key. */
const WRONG = [undefined, '', 'x y', -1, 1.5, 99_999_999_999, ['', 7]];
/** What needs more than one wrong key. */
const TOGETHER: ReadonlyArray<readonly [string, unknown]> = [
  ['channels.0.name', `\${${'HOME'}}`],
  ['channels.0.onvif.host', true],
  ['channels.0.name', 'one\u0007'],
  ['channels.1.rtsp.url', 'rtsp://user:word@two/'],
  ['channels.1.channel', 0],
  ['web.password', 'short'],
  ['web.listen', '0.0.0.0:80'],
  ['platform.url', 'ws://elsewhere.example'],
  ['channels.0.onvif', { host: 'one', endpoint: 'urn:uuid:1' }],
  ['channels.0.rtsp', { url: 'rtsp://one/' }],
  ['channels.0.ptz.function_presets', [[1], [1, 2, 3]]],
  ['log.loudness', 7],
  ['log', 7],
  ['platform.url.more', 7],
];
const SURELY: readonly FaultKind[] = [
  ...(['required', 'empty', 'unquoted', 'not-text', 'not-number', 'not-whole', 'not-switch', 'not-list'] as const),
  ...([
    'control-characters',
    'not-keys',
    'not-one-of',
    'too-small',
    'too-large',
    'not-above',
    'too-few',
    'too-many',
    'too-short',
  ] as const),
  ...(['unknown-key', 'not-platform-url', 'not-rtsp-url', 'login-in-url', 'not-host', 'not-listen'] as const),
  ...(['password-missing', 'password-to-listen', 'login-halved', 'host-or-endpoint', 'onvif-or-rtsp'] as const),
  ...(['duplicate-channel', 'in-file-only', 'names-environment', 'password-again', 'no-place'] as const),
];

/** Where a Chinese sentence has English in it that is no name of a key, a unit or a form. */
const ENGLISH = /[A-Za-z]{2,} [A-Za-z]{2,}/;

test('whatever the settings form and a channel’s form may be refused for is said in Chinese', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'faults-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'gateway.yaml');
  const configuration = new Configuration({ file, env: { HOME: '/root' }, version: '0.0.0' });
  let config: Config | undefined;
  const reload = async (): Promise<void> => {
    const look = configuration.look();
    if (look.found === 'config') config = look.config;
  };
  const editing = new FileEditing({
    ...{ configuration, config: () => config, channels: () => config?.channels ?? [], reload },
    ...{
      adopted: () => undefined,
      platformChanged: () => undefined,
      whyNoPageAt: async () => undefined,
      setUpAddress: '127.0.0.1:0',
      version: '0.0.0',
      clock: systemClock,
    },
  });
  const refusedFor = async (path: string, value: unknown): Promise<readonly Fault[]> => {
    writeFileSync(file, CONTENT);
    await reload();
    try {
      await editing.change([{ path, value }]);
      return [];
    } catch (err) {
      assert.ok(err instanceof Refusal && err.kind === 'configuration-refused', `${path}: ${err}`);
      return err.fields.faults as Fault[];
    }
  };
  const { channels, ...parts } = (jsonSchema() as SchemaNode).properties ?? {};
  assert.ok(channels?.items);
  const { items } = channels;
  const leaves = [
    ...leavesOf({ properties: parts }, { path: '', key: '' }),
    ...leavesOf(items, { path: 'channels.0', key: 'channels' }).filter(({ path }) => !path.includes('rtsp')),
    ...leavesOf(items, { path: 'channels.1', key: 'channels' }).filter(({ path }) => path.includes('rtsp')),
  ];
  const tries = [...leaves.flatMap(({ path }) => WRONG.map((value) => [path, value] as const)), ...TOGETHER];
  const seen = new Set<FaultKind>();
  for (const [path, value] of tries) {
    for (const { kind, what = '' } of await refusedFor(path, value)) {
      const said = CHINESE.get(kind)?.replace('{what}', what) ?? '';
      assert.match(said, /[\u4e00-\u9fff]/, `${path}: ${kind}`);
      assert.doesNotMatch(said, ENGLISH, `${path}: ${kind}`);
      seen.add(kind);
    }
  }
  assert.deepEqual(
    SURELY.filter((kind) => !seen.has(kind)),
    [],
  );
});
