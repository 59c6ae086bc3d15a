import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseAddress } from '../../../../src/media/rtmp/address.ts';

/** URL → host, port, application, stream key, tcUrl. The split is ffmpeg's unless the line says otherwise. */
const ADDRESSES: ReadonlyArray<readonly [string, string, number, string, string, string]> = [
  ['rtmp://h/live/key', 'h', 1935, 'live', 'key', 'rtmp://h:1935/live'],
  ['rtmps://h/live/key', 'h', 443, 'live', 'key', 'rtmps://h:443/live'],
  ['RTMP://h:1936/live/key', 'h', 1936, 'live', 'key', 'rtmp://h:1936/live'],
  ['rtmp://[::1]:5/live/key', '::1', 5, 'live', 'key', 'rtmp://[::1]:5/live'],
  [
    'rtmp://bücher.example/live/key',
    'xn--bcher-kva.example',
    1935,
    'live',
    'key',
    'rtmp://xn--bcher-kva.example:1935/live',
  ],
  ['rtmp://h/app/instance/key', 'h', 1935, 'app/instance', 'key', 'rtmp://h:1935/app/instance'],
  ['rtmp://h/app/instance/a/b', 'h', 1935, 'app/instance', 'a/b', 'rtmp://h:1935/app/instance'],
  ['rtmp://h/app/mp4:folder/file', 'h', 1935, 'app', 'mp4:folder/file', 'rtmp://h:1935/app'],
  ['rtmp://h/key', 'h', 1935, '', 'key', 'rtmp://h:1935/'],
  ['rtmp://h/app?vhost=v/key', 'h', 1935, 'app?vhost=v', 'key', 'rtmp://h:1935/app?vhost=v'],
  // Byte for byte: nothing is decoded, escaped or folded.
  [
    'rtmp://h/live/K%20e|y{}^é ü?sign=a+b%2F==&x="\'#top',
    'h',
    1935,
    'live',
    'K%20e|y{}^é ü?sign=a+b%2F==&x="\'#top',
    'rtmp://h:1935/live',
  ],
  ['rtmp://h/live/../key', 'h', 1935, 'live/..', 'key', 'rtmp://h:1935/live/..'],
  // Unlike ffmpeg, which would take `b` for the key.
  ['rtmp://h/live/key?token=a/b', 'h', 1935, 'live', 'key?token=a/b', 'rtmp://h:1935/live'],
];

for (const [url, ...parts] of ADDRESSES) {
  test(`${url} is taken apart`, () => {
    const { host, port, app, streamKey, tcUrl, tls } = parseAddress(url);
    assert.deepEqual([host, port, app, streamKey, tcUrl], parts);
    assert.equal(tls, /^rtmps/i.test(url));
  });
}

const UNUSABLE: ReadonlyArray<readonly [string, RegExp]> = [
  ['http://h/live/key', /does not begin with rtmp/],
  ['live/key', /does not begin with rtmp/],
  ['rtmp://user:pass@h/live/key', /user name/],
  ['rtmp:///live/key', /host/],
  ['rtmp://h:0/live/key', /port/],
  ['rtmp://h:99999/live/key', /port/],
  ['rtmp://h:x/live/key', /host/],
  ['rtmp://[h]/live/key', /host/],
  ['rtmp://h', /stream key/],
  ['rtmp://h/live/', /stream key/],
  ['rtmp://h/live/ke\ny', /control character/],
  [`rtmp://h/live/${'k'.repeat(5000)}`, /too long/],
];

for (const [url, reason] of UNUSABLE) {
  test(`${JSON.stringify(url.slice(0, 40))} is refused in words that show nothing of it`, () => {
    assert.throws(
      () => parseAddress(url),
      (err: { kind: string; fields: { reason: string } }) => {
        assert.equal(err.kind, 'bad-parameter');
        assert.match(err.fields.reason, reason);
        return !/pass|ke/.test(err.fields.reason.replace('stream key', '').replace('makes', ''));
      },
    );
  });
}
