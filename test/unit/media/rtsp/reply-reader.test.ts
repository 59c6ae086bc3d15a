import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ReplyReader } from '../../../../src/media/rtsp/reply-reader.ts';
import { readSdp } from '../../../../src/media/rtsp/sdp.ts';
import { isKind } from '../../../../src/runtime/errors.ts';

const REPLY =
  'RTSP/1.0 401 No\r\nCSeq: 1\r\nWWW-Authenticate: Digest a\r\nwww-authenticate : Basic b\r\nContent-Length: 4\r\n\r\nbödy';

test('cuts replies from bytes that come in any pieces', () => {
  const bytes = Buffer.from(REPLY.replace('4\r\n\r\n', '5\r\n\r\n'), 'utf8');
  for (const size of [1, 7, 1000]) {
    const reader = new ReplyReader();
    const replies = [];
    const twice = Buffer.concat([bytes, bytes]);
    for (let at = 0; at < twice.length; at += size) {
      const reply = reader.push(twice.subarray(at, at + size));
      if (reply) replies.push(reply);
    }
    const [first] = replies;
    assert.equal(first?.status, 401);
    assert.deepEqual(first?.headers.get('www-authenticate'), ['Digest a', 'Basic b']);
    assert.equal(first?.body, 'bödy');
    assert.equal(replies.length, size === 1000 ? 1 : 2);
  }
});

test('takes bare newlines, and blank lines before a reply', () => {
  assert.equal(new ReplyReader().push(Buffer.from('\r\n\r\nRTSP/1.0 200 OK\nCSeq: 1\n\n'))?.status, 200);
});

for (const [name, text] of [
  ['another protocol', 'HTTP/1.1 200 OK\r\n\r\n'],
  ['a head without end', `RTSP/1.0 200 OK\r\n${'x'.repeat(20_000)}`],
  ['a body beyond measure', 'RTSP/1.0 200 OK\r\nContent-Length: 99999999\r\n\r\n'],
  ['a length that is none', 'RTSP/1.0 200 OK\r\nContent-Length: -5\r\n\r\n'],
  ['a broken status line', 'RTSP/1.0 OK\r\n\r\n'],
] as const) {
  test(`refuses ${name}`, () => {
    assert.throws(
      () => new ReplyReader().push(Buffer.from(text)),
      (err) => isKind(err, 'camera-fault'),
    );
  });
}

const SDPS: readonly (readonly [string, string, string | undefined, string | undefined])[] = [
  [
    'H.264 and AAC',
    'm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\nm=audio 0 RTP/AVP 97\r\na=rtpmap:97 MPEG4-GENERIC/16000/1\r\n',
    'H264',
    'AAC',
  ],
  ['H.265 in lower case', 'm=video 0 RTP/AVP 98\na=rtpmap:98 h265/90000\n', 'H265', undefined],
  ['MJPEG and PCMU by their numbers', 'm=video 0 RTP/AVP 26\r\nm=audio 0 RTP/AVP 0\r\n', 'MJPEG', 'G711'],
  [
    'MPEG-4 and G.726',
    'm=video 0 RTP/AVP 96\r\na=rtpmap:96 MP4V-ES/90000\r\nm=audio 0 RTP/AVP 97\r\na=rtpmap:97 G726-32/8000\r\n',
    'MPEG4',
    'G726',
  ],
  [
    'metadata first',
    'm=application 0 RTP/AVP 107\r\na=rtpmap:107 vnd.onvif.metadata/90000\r\nm=video 0 RTP/AVP 96\r\na=rtpmap:96 H264/90000\r\n',
    'H264',
    undefined,
  ],
  [
    'an unknown audio before a known',
    'm=audio 0 RTP/AVP 97\r\na=rtpmap:97 opus/48000/2\r\nm=audio 0 RTP/AVP 8\r\n',
    undefined,
    'G711',
  ],
  ['nothing', '', undefined, undefined],
  ['rubbish', 'm=\nm=video\nm=video x y (((\n', undefined, undefined],
];
for (const [name, sdp, video, audio] of SDPS) {
  test(`reads a description with ${name}`, () => {
    assert.deepEqual(readSdp(`v=0\r\n${sdp}`), { video, audio });
  });
}
