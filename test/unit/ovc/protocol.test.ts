import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isMethod, METHODS, REQUESTS } from '../../../src/ovc/protocol.ts';

const publish = { channel: 0, url: 'rtmp://h/app/key', stream_id: 's', max_bitrate: 0 };

/** Addresses that a URL parser would partly rewrite; the stream key must reach the RTMP server to the letter. */
const KEPT = [
  'rtmp://h/app/key',
  'rtmps://h:443/app/key?sign=a%2Fb&t=1',
  'RTMP://h/app/key',
  'rtmp://h/app/key?',
  'rtmp://h/a//b/KEY==',
  'rtmp://u:p@[::1]:1935/app/~k!*()[1]|^',
  'rtmp://h/app/a b',
  'rtmp://h/app/{a}',
  'rtmp://h/app/../key',
];

for (const url of KEPT) {
  test(`${url} is taken with its key as it is`, () => {
    assert.equal(METHODS.RTMPPublish.params.parse({ ...publish, url }).url, url);
  });
}

const BAD_PUBLISH: ReadonlyArray<readonly [name: string, params: object, field: string]> = [
  ['without a channel', { channel: undefined }, 'channel'],
  ['a negative channel', { channel: -1 }, 'channel'],
  ['a channel in quotes', { channel: '0' }, 'channel'],
  ['a broken channel', { channel: 0.5 }, 'channel'],
  ['without a url', { url: undefined }, 'url'],
  ['an http url', { url: 'http://h/app/key' }, 'url'],
  ['a url without host', { url: 'rtmp:///app/key' }, 'url'],
  ['no url at all', { url: 'key' }, 'url'],
  ['a url of 2049 characters', { url: `rtmp://h/app/${'k'.repeat(2049 - 13)}` }, 'url'],
  ['an empty stream_id', { stream_id: '' }, 'stream_id'],
  ['a stream_id of 257 characters', { stream_id: 's'.repeat(257) }, 'stream_id'],
  ['without max_bitrate', { max_bitrate: undefined }, 'max_bitrate'],
  ['a negative max_bitrate', { max_bitrate: -1 }, 'max_bitrate'],
];

for (const [name, params, field] of BAD_PUBLISH) {
  test(`RTMPPublish with ${name} is refused for its ${field}`, () => {
    const { error } = METHODS.RTMPPublish.params.safeParse({ ...publish, ...params });
    assert.deepEqual(
      error?.issues.map(({ path }) => path.join('.')),
      [field],
    );
  });
}

test('a url of 2048 characters is taken', () => {
  const url = `rtmp://h/app/${'k'.repeat(2048 - 13)}`;
  assert.equal(METHODS.RTMPPublish.params.parse({ ...publish, url }).url, url);
});

test('a quality that nobody knows is no reason to refuse an order', () => {
  const quality = (value: unknown) => METHODS.RTMPPublish.params.parse({ ...publish, quality: value }).quality;
  assert.deepEqual(['hd', '8k', 7, null].map(quality), ['hd', undefined, undefined, undefined]);
});

test('fields that the contract does not name are ignored', () => {
  assert.deepEqual(METHODS.RTMPStopPublish.params.parse({ channel: 1, stream_id: 's', token: 'x' }), {
    channel: 1,
    stream_id: 's',
  });
});

const PTZ: ReadonlyArray<readonly [name: string, params: object, taken: boolean]> = [
  ['a move without speed', { op: 'up' }, true],
  ['a move at full speed', { op: 'zoomin', value: 100 }, true],
  ['a move faster than that', { op: 'left', value: 101 }, false],
  ['a stop with any value', { op: 'stop', value: 'x' }, true],
  ['a preset without its number', { op: 'goto_preset' }, false],
  ['preset 255', { op: 'set_preset', value: 255 }, true],
  ['preset 256', { op: 'clear_preset', value: 256 }, false],
  ['an unknown op', { op: 'dance' }, false],
];

for (const [name, params, taken] of PTZ) {
  test(`CtrlPTZ takes ${name}: ${taken}`, () => {
    assert.equal(METHODS.CtrlPTZ.params.safeParse({ channel: 0, ...params }).success, taken);
  });
}

test('a name that every object has is no method', () => {
  assert.deepEqual(['QueryTime', 'constructor', '__proto__', 'querytime'].map(isMethod), [true, false, false, false]);
});

test('an OVC that answers GetServerInfo with an empty text has no servers', () => {
  assert.deepEqual(REQUESTS.GetServerInfo.resp.parse(''), {});
  assert.deepEqual(REQUESTS.GetServerInfo.resp.parse({ turn: 'h:1' }), { turn: 'h:1' });
});
