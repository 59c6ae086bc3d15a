import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inspect } from 'node:util';
import { GatewayError } from '../../../src/runtime/errors.ts';
import { createLog, scrubber } from '../../../src/runtime/log.ts';
import { Secret } from '../../../src/runtime/secret.ts';

const LEAKY: ReadonlyArray<readonly [string, string]> = [
  ['user info in a URL', 'rtsp://admin:hunter2@10.0.0.5/1: Connection refused'],
  ['user info with an odd password', 'rtsp://admin:p%40ss:hunter2@10.0.0.5/1'],
  ['the login of the platform', 'ws://ovc/ovc?login_code=A&login_passwd=hunter2&x=1'],
  ['a stream key', 'could not write to rtmp://ovc.example.com/live/hunter2?a=b'],
  ['a signed upload address', 'PUT https://store.example.com/a.ts?sign=hunter2'],
  ['an upload address that an object store signed', 'https://s3.example.com/a.jpg?X-Amz-Signature=hunter2'],
  ['an address that a CDN signed', 'https://cdn.example.com/cbk?txTime=1&txSecret=hunter2&auth_key=hunter2'],
  ['a login in the path', 'rtsp://10.0.0.5/user=admin_password=hunter2_channel=1_stream=0.sdp'],
  ['a token', 'https://store.example.com/a.ts?x=1&token=hunter2&y=2'],
];

for (const [what, text] of LEAKY) {
  test(`${what} never reaches the log`, () => {
    assert.doesNotMatch(scrubber([])(text), /hunter2/);
  });
}

test('a configured secret is masked wherever it turns up, also percent-encoded and in JSON', () => {
  const scrub = scrubber([new Secret('päss"wörd')]);
  assert.equal(scrub('päss"wörd'), '***');
  assert.equal(scrub(encodeURIComponent('päss"wörd')), '***');
  assert.equal(scrub(JSON.stringify('päss"wörd')), '"***"');
});

test('a secret cannot be printed by accident', () => {
  const secret = new Secret('hunter2');
  assert.doesNotMatch(`${secret} ${JSON.stringify({ secret })} ${inspect({ secret })}`, /hunter2/);
  assert.equal(secret.reveal(), 'hunter2');
});

test('an error of ours is logged with its kind, fields and cause, scrubbed, without a stack', () => {
  const lines: string[] = [];
  const log = createLog({ level: 'info', scrub: scrubber([]) }, { write: (line) => lines.push(line) });
  const cause = new Error('connect rtsp://a:hunter2@10.0.0.5');
  log.warn(
    { err: new GatewayError('camera-unreachable', 'the camera does not answer', { host: 'x', cause }) },
    'failed',
  );
  const [line = ''] = lines;
  assert.doesNotMatch(line, /hunter2|stack/);
  const { err } = JSON.parse(line) as { err: Record<string, unknown> };
  assert.deepEqual(err, {
    kind: 'camera-unreachable',
    message: 'the camera does not answer',
    host: 'x',
    cause: 'Error: connect rtsp://***@10.0.0.5',
  });
});

test('the sentence of an error holds its reason where there is one', () => {
  assert.equal(new GatewayError('refused', 'it said no', { reason: 'full' }).sentence, 'it said no: full');
  assert.equal(new GatewayError('refused', 'it said no').sentence, 'it said no');
});
