import assert from 'node:assert/strict';
import { test } from 'node:test';
import { GatewayError } from '../../src/runtime/errors.ts';
import { failureOf, visitor } from '../peers/onvif-visit.ts';
import { enveloped, RawSoapServer, type SoapReply } from '../peers/raw-soap-server.ts';
import { rightBut, rightReply } from '../peers/soap-replies.ts';

const PROFILES = (inside: string): SoapReply => ({
  body: enveloped(`<trt:GetProfilesResponse>${inside}</trt:GetProfilesResponse>`),
});

/** What a camera may answer to GetSystemDateAndTime, and the words that a person reads for it. */
const GREETINGS: readonly (readonly [string, SoapReply, string, string])[] = [
  ['a web page', { body: '<html>hi</html>' }, 'not-onvif', 'no ONVIF service at this address: a web page'],
  [
    'another protocol',
    { raw: 'SSH-2.0-OpenSSH_9.2\r\n' },
    'not-onvif',
    'no ONVIF service at this address: not an HTTP reply',
  ],
  [
    'random bytes',
    { raw: Buffer.from(Array.from({ length: 999 }, (_, at) => (at * 7919) % 256)) },
    'not-onvif',
    'no ONVIF service at this address: not an HTTP reply',
  ],
  ['a lost connection', 'reset', 'camera-unreachable', 'camera cannot be reached: connection lost'],
  ['an end without a word', { raw: '' }, 'camera-unreachable', 'camera cannot be reached: connection lost'],
  [
    'less than it promised',
    { raw: 'HTTP/1.1 200 OK\r\nContent-Length: 5000\r\n\r\n<env:Envelope>' },
    'camera-fault',
    'camera sent a reply that makes no sense: cut off',
  ],
  [
    'half an envelope',
    { raw: 'HTTP/1.0 200 OK\r\n\r\n<env:Envelope><env:Body>' },
    'camera-fault',
    'camera sent a reply that makes no sense: cut off',
  ],
  ['ten megabytes', { body: Buffer.alloc(10_000_000, 'x') }, 'camera-fault', 'camera sent a reply that is too large'],
  [
    'an entity bomb',
    { body: `<!DOCTYPE x [<!ENTITY a "aaaa">]>${enveloped('&a;')}` },
    'camera-fault',
    'camera sent a reply that makes no sense: a document type definition',
  ],
  [
    'a hundred thousand levels',
    { body: enveloped('<a>'.repeat(100_000)) },
    'camera-fault',
    'camera sent a reply that makes no sense: broken XML',
  ],
];
for (const [name, reply, kind, sentence] of GREETINGS) {
  test(`survives ${name} and says so`, async (t) => {
    const server = await RawSoapServer.listen(t, () => reply);
    const err = await failureOf(visitor(t, server.port).watch());
    assert.deepEqual([err.kind, err.sentence], [kind, sentence]);
  });
}

const NO_STREAM = 'camera has no usable stream: ';
const LATER: readonly (readonly [string, Parameters<typeof rightBut>[0], string])[] = [
  ['no profiles', { GetProfiles: () => PROFILES('') }, `${NO_STREAM}it has no media profiles`],
  [
    'profiles without a token',
    { GetProfiles: () => PROFILES('<trt:Profiles/><trt:Profiles/>') },
    `${NO_STREAM}it has no media profiles`,
  ],
  ['no stream address', { GetStreamUri: () => ({ status: 400, body: '' }) }, `${NO_STREAM}it tells no stream address`],
  [
    'a stream address of another protocol',
    {
      GetStreamUri: () => ({
        body: enveloped(
          '<trt:GetStreamUriResponse><trt:MediaUri><tt:Uri>http://h/</tt:Uri></trt:MediaUri></trt:GetStreamUriResponse>',
        ),
      }),
    },
    `${NO_STREAM}it tells no stream address`,
  ],
  [
    'profiles that are a web page',
    { GetProfiles: () => ({ status: 500, body: '<html>500</html>' }) },
    'camera failed to answer',
  ],
];
for (const [name, bent, sentence] of LATER) {
  test(`survives a camera with ${name} and says so`, async (t) => {
    const server = await RawSoapServer.listen(t, rightBut(bent));
    assert.equal((await failureOf(visitor(t, server.port).watch())).sentence, sentence);
  });
}

test('uses a profile without an encoder when its stream has a codec', async (t) => {
  const bare = PROFILES('<trt:Profiles token="0"><tt:Name>x</tt:Name></trt:Profiles>');
  const server = await RawSoapServer.listen(t, rightBut({ GetProfiles: () => bare }));
  const { streams } = await visitor(t, server.port).info();
  assert.deepEqual(
    streams.map(({ profile, video }) => [profile, video]),
    [['0', 'H264']],
  );
});

test('says so when neither profile nor stream has a codec that we know', async (t) => {
  const bare = PROFILES('<trt:Profiles token="0"/>');
  const server = await RawSoapServer.listen(t, rightBut({ GetProfiles: () => bare }));
  const describe = async () => ({ video: undefined, audio: undefined });
  const err = await failureOf(visitor(t, server.port, { describe }).watch());
  assert.equal(err.sentence, `${NO_STREAM}no video codec that we know`);
});

/** A small generator of its own (mulberry32), so that a failure can be had again by its seed. */
function* randomly(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    yield ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }
}

const SPLINTERS = [
  '<',
  '>',
  '&',
  '"',
  '\0',
  '</',
  '<!--',
  '<![CDATA[',
  ']]>',
  '<tt:Name>',
  '&#xFFFFFF;',
  '-1',
  '中',
  '',
];

/** The text with some pieces cut out, doubled, moved or replaced. */
function mutated(text: string, random: Generator<number, never>): string {
  const upTo = (limit: number): number => Math.floor(random.next().value * limit);
  let bent = text;
  for (let times = 1 + upTo(4); times > 0; times--) {
    const from = upTo(bent.length);
    const piece = bent.slice(from, from + upTo(60));
    const splinter = SPLINTERS[upTo(SPLINTERS.length)] ?? '';
    const put = [splinter, piece + piece, '', piece.toUpperCase(), splinter.repeat(upTo(200))][upTo(5)] ?? '';
    bent = bent.slice(0, from) + put + bent.slice(from + piece.length);
  }
  return bent;
}

test('survives five hundred garbled replies', async (t) => {
  const random = randomly(20_260_102);
  const server = await RawSoapServer.listen(t, rightReply);
  const outcomes = new Map<string, number>();
  let garbled = 0;
  while (garbled < 500) {
    server.answer = (question) => {
      const reply = rightReply(question);
      const isSpared = random.next().value < 0.45;
      if (isSpared || typeof reply === 'string' || 'raw' in reply) return reply;
      garbled++;
      return { ...reply, body: mutated(String(reply.body), random) };
    };
    const outcome = await visitor(t, server.port)
      .info()
      .then(
        ({ streams }) => (streams.length > 0 ? 'in' : 'no streams'),
        (err: unknown) => (err instanceof GatewayError ? err.kind : `crash: ${err}`),
      );
    outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
  }
  const expected = new Set(['in', 'camera-fault', 'not-onvif', 'camera-unauthorized', 'no-usable-profile']);
  assert.deepEqual(
    [...outcomes.keys()].filter((outcome) => !expected.has(outcome)),
    [],
  );
  assert.ok((outcomes.get('in') ?? 0) > 20 && (outcomes.get('camera-fault') ?? 0) > 20, JSON.stringify([...outcomes]));
});
