import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verdictOn } from '../../../../src/media/ffmpeg/failures.ts';
import { GatewayError } from '../../../../src/runtime/errors.ts';

/** Last lines of ffmpeg 5.1 and 7, as they came. */
const SAMPLES = [
  { line: '[rtsp @ 0x55] method DESCRIBE failed: 401 Unauthorized', kind: 'camera-unauthorized' },
  {
    line: 'rtsp://u:p@10.0.0.1/x: Server returned 401 Unauthorized (authorization failed)',
    kind: 'camera-unauthorized',
  },
  { line: '[rtsp @ 0x55] method DESCRIBE failed: 404 Not Found', kind: 'feed-failed' },
  {
    line: '[tcp @ 0x55] Connection to tcp://10.0.0.1:554?timeout=0 failed: Connection refused',
    kind: 'camera-unreachable',
  },
  { line: 'rtsp://10.0.0.1/x: Connection timed out', kind: 'camera-unreachable' },
  { line: 'rtsp://10.0.0.1/x: No route to host', kind: 'camera-unreachable' },
  { line: '[tcp @ 0x55] Failed to resolve hostname cam: Name or service not known', kind: 'camera-unreachable' },
  { line: '[rtsp @ 0x55] method SETUP failed: 453 Not Enough Bandwidth', kind: 'feed-failed' },
  { line: '[rtsp @ 0x55] method DESCRIBE failed: 503 Service Unavailable', kind: 'camera-fault' },
  { line: '[rtsp @ 0x55] Nonmatching transport in server reply', kind: 'feed-failed' },
  { line: '[flv @ 0x55] Video codec hevc not compatible with flv', kind: 'feed-failed' },
  { line: "Stream map '0:v:0' matches no streams.", kind: 'feed-failed' },
] as const;

for (const { line, kind } of SAMPLES) {
  test(`${line.replace(/^\[.*?\] /, '')} is ${kind}`, () => {
    const { err } = verdictOn(['[h264 @ 0x56] a warning before', line, 'Conversion failed!'], undefined);
    assert.equal(err.kind, kind);
  });
}

const REMEDIES = [
  { line: '[flv @ 0x55] Packet is missing PTS', remedy: { times: 'filled' } },
  {
    line: '[rtsp @ 0x5] Could not find codec parameters for stream 0 (Video: h264, none): unspecified size',
    remedy: { probe: 'full' },
  },
  { line: 'Too many packets buffered for output stream 0:1.', remedy: { audio: 'none' } },
  { line: '[flv @ 0x55] Packets are not in the proper order with respect to DTS', remedy: { order: 'sorted' } },
] as const;

for (const { line, remedy } of REMEDIES) {
  test(`${line} has a remedy`, () => {
    assert.deepEqual(verdictOn([line], undefined).remedy, remedy);
  });
}

test('the reason is what ffmpeg said, without its objects and without any address', () => {
  const { err } = verdictOn(
    ['[tcp @ 0x55] Connection to tcp://u:secret@10.0.0.1:554 failed: Connection refused'],
    undefined,
  );
  assert.equal(err.fields['reason'], 'Connection to (address) failed: Connection refused');
});

test('where the lines say nothing the end of the process counts', () => {
  const outcome = new GatewayError('process-failed', 'process failed');
  assert.equal(verdictOn(['a warning'], outcome).err, outcome);
  assert.equal(verdictOn([], undefined).err.message, 'camera ended the stream');
});
