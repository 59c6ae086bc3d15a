import assert from 'node:assert/strict';
import { test } from 'node:test';
import { getProfiles, getStreamUri } from '../../../src/onvif/media.ts';
import { getProfiles2 } from '../../../src/onvif/media2.ts';

const NOTHING = { video: undefined, audio: undefined, width: undefined, height: undefined };
const NO_SOURCE = { sourceToken: undefined, sourceConfiguration: undefined };
const BARE = { ...NOTHING, ...NO_SOURCE, framesPerSecond: undefined, bitsPerSecond: undefined, ptzToken: undefined };

test('reads a profile of Media1', () => {
  const Profiles = {
    '@token': '001',
    Name: 'main',
    VideoEncoderConfiguration: {
      Encoding: 'h264',
      Resolution: { Width: '1920', Height: '1080' },
      RateControl: { FrameRateLimit: '25', BitrateLimit: '4096' },
    },
    AudioEncoderConfiguration: { Encoding: 'G711' },
    PTZConfiguration: { '@token': '1.0' },
    VideoSourceConfiguration: { '@token': 'vsc', SourceToken: 'vs' },
  };
  assert.deepEqual(getProfiles.reply.parse({ Profiles }), [
    {
      token: '001',
      name: 'main',
      service: 'media',
      video: 'H264',
      audio: 'G711',
      width: 1920,
      height: 1080,
      framesPerSecond: 25,
      bitsPerSecond: 4_096_000,
      ptzToken: '1.0',
      sourceToken: 'vs',
      sourceConfiguration: 'vsc',
    },
  ]);
});

test('reads H.265 from a profile of Media2', () => {
  const Profiles = [{ '@token': 'a', Configurations: { VideoEncoder: { Encoding: 'H265' }, PTZ: { '@token': 'p' } } }];
  assert.deepEqual(getProfiles2.reply.parse({ Profiles }), [
    { ...BARE, token: 'a', name: 'a', service: 'media2', video: 'H265', ptzToken: 'p' },
  ]);
});

const ODD: readonly (readonly [string, unknown, number])[] = [
  ['no profile', {}, 0],
  ['text for the whole', 'nothing', 0],
  ['text for a profile', { Profiles: 'x' }, 0],
  ['a profile without a token', { Profiles: { Name: 'x' } }, 0],
  ['a list of lists', { Profiles: [[{ '@token': 'x' }], null, 7] }, 1],
  ['an encoder that is text', { Profiles: { '@token': 'x', VideoEncoderConfiguration: 'H264' } }, 1],
  ['two encoders', { Profiles: { '@token': 'x', VideoEncoderConfiguration: ['', {}] } }, 1],
  [
    'numbers that are none',
    { Profiles: { '@token': 'x', VideoEncoderConfiguration: { Resolution: { Width: '-1', Height: 'NaN' } } } },
    1,
  ],
];
for (const [name, reply, count] of ODD) {
  test(`makes the best of ${name}`, () => {
    const profiles = getProfiles.reply.parse(reply);
    assert.equal(profiles.length, count);
    for (const profile of profiles) assert.deepEqual(profile, { ...BARE, token: 'x', name: 'x', service: 'media' });
  });
}

test('takes no more than 32 profiles', () => {
  const Profiles = Array.from({ length: 500 }, (_, at) => ({ '@token': String(at) }));
  assert.equal(getProfiles.reply.parse({ Profiles }).length, 32);
});

test('asks for a stream with the token exactly as told', () => {
  assert.match(String(getStreamUri('0"<&>1').arguments), /ProfileToken>0&quot;&lt;&amp;&gt;1</);
});
