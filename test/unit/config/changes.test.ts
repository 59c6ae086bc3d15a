import assert from 'node:assert/strict';
import { test } from 'node:test';
import { costsOf } from '../../../src/config/changes.ts';
import { parseConfig } from '../../../src/config/read.ts';

const PLATFORM = { url: 'ws://ovc.example', login_code: 'A', login_password: 'secret' };
const read = (content: object) =>
  parseConfig(JSON.stringify({ platform: PLATFORM, ...content }), { source: 'test.yaml', env: {} });

const CASES: ReadonlyArray<readonly [name: string, after: object, costs: readonly string[]]> = [
  ['the same again', {}, []],
  ['a default written out', { log: { level: 'info' } }, []],
  ['the log level', { log: { level: 'debug' } }, ['log']],
  ['a new password alone', { platform: { ...PLATFORM, login_password: 'another' } }, ['link']],
  ['another authority', { platform: { ...PLATFORM, ca_file: '/ca.pem' } }, ['link', 'gateway']],
  ['a channel more', { channels: [{ channel: 1, rtsp: { url: 'rtsp://a/b' } }] }, ['channels']],
  ['the page', { web: { listen: '127.0.0.1:81' } }, ['web']],
  ['the spool', { recording: { spool_max_bytes: 1 } }, ['gateway']],
];

for (const [name, after, costs] of CASES) {
  test(`${name} costs ${costs.join(' and ') || 'nothing'}`, () => {
    assert.deepEqual([...costsOf(read({}), read(after))], costs);
  });
}
