import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CameraStream } from '../../../../src/channel/ports.ts';
import { feedCall, givesFlv, type Recipe } from '../../../../src/media/ffmpeg/arguments.ts';
import { ENCODERS } from '../../../../src/media/ffmpeg/encoders.ts';
import { addressWithCredentials } from '../../../../src/media/ffmpeg/rtsp-input.ts';
import { Secret } from '../../../../src/runtime/secret.ts';

const STREAM: CameraStream = {
  profile: 'main',
  name: 'Main',
  url: new URL('rtsp://192.168.1.10:554/live?channel=1&stream=0'),
  credentials: undefined,
  video: 'H264',
  audio: 'G711',
  width: undefined,
  height: undefined,
  framesPerSecond: 15,
  bitsPerSecond: undefined,
};
const RECIPE: Recipe = { probe: 'small', times: 'camera', audio: 'encode', order: 'asTheyCome' };

function line(stream: Partial<CameraStream> = {}, recipe: Partial<Recipe> = {}): string {
  const order = { stream: { ...STREAM, ...stream }, plan: { way: 'copy' as const }, recipe: { ...RECIPE, ...recipe } };
  const { args, script } = feedCall(order);
  return `${args.join(' ')} ${script.replaceAll('\n', ' ')}`;
}

function transcoding(encoder: string, stream: Partial<CameraStream>, maxBitsPerSecond = 0): string[] {
  const row = ENCODERS.find(({ name }) => name === encoder);
  assert.ok(row);
  const plan = { way: 'transcode' as const, encoder: row, maxBitsPerSecond };
  return feedCall({ stream: { ...STREAM, ...stream }, plan, recipe: RECIPE }).args;
}

const ADDRESSES = [
  { user: 'admin', password: 'secret', url: 'rtsp://10.0.0.1/a', becomes: 'rtsp://admin:secret@10.0.0.1/a' },
  {
    user: 'a:b',
    password: "p@s/s#?%'(é ",
    url: 'rtsp://10.0.0.1/a',
    becomes: 'rtsp://a%3Ab:p%40s%2Fs%23%3F%25%27%28%C3%A9%20@10.0.0.1/a',
  },
  { user: 'u', password: '', url: 'rtsp://[fe80::1]:8554/a?b=c&d', becomes: 'rtsp://u:@[fe80::1]:8554/a?b=c&d' },
  { user: 'u', password: '$&', url: 'rtsps://cam.local/', becomes: 'rtsps://u:%24%26@cam.local/' },
];

for (const { user, password, url, becomes } of ADDRESSES) {
  test(`user ${user} with password ${password} is written as ${becomes}`, () => {
    const credentials = { username: user, password: new Secret(password) };
    assert.equal(addressWithCredentials(new URL(url), credentials), becomes);
  });
}

test('an address without credentials stays as it is', () => {
  assert.equal(addressWithCredentials(STREAM.url, undefined), STREAM.url.href);
});

test('no argument holds the address, and quotes in it do not end it', () => {
  const credentials = { username: 'admin', password: new Secret('cam-secret') };
  const url = new URL("rtsp://10.0.0.1/it's?token=t0ken");
  const plan = { way: 'copy' as const };
  const { args, script } = feedCall({ stream: { ...STREAM, url, credentials }, plan, recipe: RECIPE });
  assert.doesNotMatch(args.join(' '), /10\.0\.0\.1|secret|t0ken/);
  assert.match(script, /^file 'rtsp:\/\/admin:cam-secret@10\.0\.0\.1\/it'\\''s\?token=t0ken'$/m);
});

const ROWS: ReadonlyArray<{
  words: string;
  stream?: Partial<CameraStream>;
  recipe?: Partial<Recipe>;
  has: string;
  hasNot: string;
}> = [
  { words: 'the first try probes little', has: 'option analyzeduration 0 option probesize 5000', hasNot: 'setts' },
  {
    words: 'the full probe is ffmpeg’s own',
    recipe: { probe: 'full' },
    has: 'option rtsp_transport tcp',
    hasNot: 'option probesize',
  },
  {
    words: 'times are filled in where they are missing',
    recipe: { times: 'filled' },
    has: 'setts=pts=',
    hasNot: 'nobuffer',
  },
  { words: 'AAC is copied', recipe: { audio: 'copy' }, has: '-c:a copy', hasNot: '-c:a aac' },
  { words: 'other audio becomes AAC', has: '-c:a aac', hasNot: ' -an ' },
  {
    words: 'without audio the track is not even asked for',
    recipe: { audio: 'none' },
    has: 'option allowed_media_types video ',
    hasNot: '-c:a',
  },
  { words: 'H.264 goes to both pipes', has: ']pipe:1|[onfail=abort:f=mpegts', hasNot: 'select' },
  {
    words: 'sound and picture go out as they come',
    has: '-max_interleave_delta 1 -f tee',
    hasNot: 'no_duration_filesize:max_interleave_delta=4000000',
  },
  {
    words: 'late sound is sorted in',
    recipe: { order: 'sorted' },
    has: 'no_duration_filesize:max_interleave_delta=4000000]pipe:1',
    hasNot: '-max_interleave_delta 1 ',
  },
  { words: 'H.265 goes to the TS alone', stream: { video: 'H265' }, has: ']pipe:3', hasNot: 'pipe:1' },
  { words: 'ffmpeg’s stdin stays open', has: '-f tee', hasNot: '-nostdin' },
];

for (const { words, stream, recipe, has, hasNot } of ROWS) {
  test(words, () => {
    const args = line(stream, recipe);
    assert.ok(args.includes(has), args);
    assert.ok(!args.includes(hasNot), args);
  });
}

test('H.265 is transcoded for the FLV and copied for the TS, MJPEG is transcoded for both', () => {
  assert.ok(transcoding('libx264', { video: 'H265' }).join(' ').includes('-c:v:1 copy'));
  assert.ok(!transcoding('libx264', { video: 'MJPEG' }).join(' ').includes('-c:v:1'));
});

test('a software encoder is kept to 720p and every encoder to the bit rate', () => {
  const software = transcoding('libx264', { video: 'H265' }, 1_000_000).join(' ');
  assert.match(software, /fps=15,scale='min\(1280,iw\)':'min\(720,ih\)'/);
  assert.match(software, /-maxrate:v:0 920000 -bufsize:v:0 920000 -g:v:0 30/);
  assert.doesNotMatch(transcoding('h264_vaapi', { video: 'H265' }).join(' '), /scale=/);
});

test('the device of an encoder stands before the input', () => {
  const args = transcoding('h264_vaapi', { video: 'H265' });
  assert.ok(args.indexOf('-vaapi_device') < args.indexOf('-i'));
});

test('MJPEG cannot be copied, and says so', () => {
  assert.throws(() => line({ video: 'MJPEG' }), { kind: 'feed-failed', fields: { reason: 'MJPEG' } });
});

test('FLV comes from a copy of H.264 and from every transcode', () => {
  assert.deepEqual(
    [givesFlv('H264', 'copy'), givesFlv('H265', 'copy'), givesFlv('H265', 'transcode')],
    [true, false, true],
  );
});
