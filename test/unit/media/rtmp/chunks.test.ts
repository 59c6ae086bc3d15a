import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ChunkReader } from '../../../../src/media/rtmp/chunk-reader.ts';
import { ChunkWriter } from '../../../../src/media/rtmp/chunk-writer.ts';
import { CHUNK_STREAM, type ChunkStream, type RtmpMessage, TYPE } from '../../../../src/media/rtmp/message.ts';
import { isKind } from '../../../../src/runtime/errors.ts';
import { seeded } from './seeded.ts';

const video = (timestampMs: number, bytes: number): RtmpMessage => ({
  type: TYPE.video,
  streamId: 1,
  timestampMs,
  body: Buffer.alloc(bytes, timestampMs & 0xff),
});

const written = (messages: readonly RtmpMessage[], writer = new ChunkWriter()): Buffer =>
  Buffer.concat(messages.flatMap((message) => writer.chunks(CHUNK_STREAM.video, message)));

/** Times of the messages, and the header form of each (0 full, 1 same stream, 2 only time). */
const FORMS: ReadonlyArray<readonly [string, ReadonlyArray<readonly [number, number]>, readonly number[]]> = [
  [
    'the first message has a full header, the next a shorter one',
    [
      [0, 9],
      [40, 8],
    ],
    [0, 1],
  ],
  [
    'a message of the same length leaves the length out',
    [
      [0, 9],
      [40, 9],
    ],
    [0, 2],
  ],
  [
    'time that runs backwards needs a full header',
    [
      [40, 9],
      [0, 9],
    ],
    [0, 0],
  ],
  [
    'time that wraps round after 49.7 days needs a full header',
    [
      [2 ** 32 - 20, 9],
      [2 ** 32 + 20, 9],
    ],
    [0, 0],
  ],
  [
    'a step too large for 24 bits needs a full header',
    [
      [0, 9],
      [0xffffff, 9],
    ],
    [0, 0],
  ],
  [
    'small steps stay short beyond an extended time',
    [
      [0x1000000, 9],
      [0x1000028, 9],
    ],
    [0, 2],
  ],
];

for (const [name, messages, forms] of FORMS) {
  test(name, () => {
    const writer = new ChunkWriter();
    const seen = messages.map(([time, bytes]) => (written([video(time, bytes)], writer)[0] ?? 0) >> 6);
    assert.deepEqual(seen, forms);
  });
}

test('an extended time stands in the header and is repeated in every further chunk', () => {
  const bytes = written([video(0x01020304, 130)]);
  assert.equal(bytes.toString('hex', 0, 16), '06ffffff000082090100000001020304');
  assert.equal(bytes.toString('hex', 16 + 128, 16 + 128 + 5), 'c601020304');
});

test('a body is never copied', () => {
  const message = video(0, 1000);
  const writer = new ChunkWriter();
  const bodies = writer.chunks(CHUNK_STREAM.video, message).filter((_, n) => n % 2 === 1);
  assert.equal(bodies.length, 8);
  assert.ok(bodies.every((body) => body.buffer === message.body.buffer));
});

test('what is written is read again, however it is interleaved and cut', () => {
  const random = seeded(7);
  const streams: ChunkStream[] = [CHUNK_STREAM.audio, CHUNK_STREAM.video, CHUNK_STREAM.command];
  for (const start of [0, 0xfffff0, 2 ** 31, 2 ** 32 - 200]) {
    const writer = new ChunkWriter();
    const sent: RtmpMessage[] = [];
    const wire: Buffer[] = [];
    for (let n = 0; n < 60; n++) {
      const message = {
        ...video(start + n * 11 - random(30), random(900)),
        type: 8 + random(2),
        streamId: 1 + random(2),
      };
      sent.push({ ...message, timestampMs: message.timestampMs >>> 0 });
      wire.push(...writer.chunks(streams[random(3)] ?? CHUNK_STREAM.video, message));
    }
    const all = Buffer.concat(wire);
    const reader = new ChunkReader();
    const heard: RtmpMessage[] = [];
    for (let at = 0; at < all.length; ) {
      const end = at + 1 + random(300);
      heard.push(...reader.read(all.subarray(at, end)));
      at = end;
    }
    assert.deepEqual(heard, sent);
  }
});

test('chunks of two messages may take turns', () => {
  const [one, two] = [new ChunkWriter(), new ChunkWriter()];
  const a = one.chunks(CHUNK_STREAM.video, video(0x1000000, 300));
  const b = two.chunks(CHUNK_STREAM.audio, { ...video(5, 200), type: TYPE.audio });
  const turns = [...a.slice(0, 2), ...b.slice(0, 2), ...a.slice(2, 4), ...b.slice(2), ...a.slice(4)];
  const heard = [...new ChunkReader().read(Buffer.concat(turns))];
  assert.deepEqual(
    heard.map(({ type, timestampMs, body }) => [type, timestampMs, body.length]),
    [
      [8, 5, 200],
      [9, 0x1000000, 300],
    ],
  );
});

test('a header without a change takes the step of the one before', () => {
  const hex = '0600000a00000109' + '01000000' + 'aa' + '86000014' + 'bb' + 'c6' + 'cc';
  const heard = [...new ChunkReader().read(Buffer.from(hex, 'hex'))];
  assert.deepEqual(
    heard.map(({ timestampMs }) => timestampMs),
    [10, 30, 50],
  );
});

test('an aborted message is forgotten', () => {
  const writer = new ChunkWriter();
  const half = writer.chunks(CHUNK_STREAM.video, video(0, 200)).slice(0, 2);
  const abort = writer.chunks(CHUNK_STREAM.control, {
    type: TYPE.abort,
    streamId: 0,
    timestampMs: 0,
    body: Buffer.from('00000006', 'hex'),
  });
  const next = new ChunkWriter().chunks(CHUNK_STREAM.video, video(1, 3));
  const heard = [...new ChunkReader().read(Buffer.concat([...half, ...abort, ...next]))];
  assert.deepEqual(
    heard.map(({ type, body }) => [type, body.length]),
    [
      [TYPE.abort, 4],
      [TYPE.video, 3],
    ],
  );
});

test('long chunk stream ids are understood', () => {
  const rest = '000000000001090100000000';
  const heard = [...new ChunkReader().read(Buffer.from(`0005${rest}` + `010203${rest}`, 'hex'))];
  assert.equal(heard.length, 2);
});

const HOSTILE: ReadonlyArray<readonly [string, () => Buffer]> = [
  ['a message of sixteen megabytes', () => Buffer.from('06000000ffffff0901000000', 'hex')],
  ['a chunk that continues nothing', () => Buffer.of(0xc6)],
  ['a chunk size of zero', () => Buffer.from('020000000000040100000000' + '00000000', 'hex')],
  ['a control message cut short', () => Buffer.from('020000000000020100000000' + '0000', 'hex')],
  [
    'a message inside another on its own stream',
    () => Buffer.concat([written([video(0, 200)]).subarray(0, 140), written([video(0, 1)])]),
  ],
  [
    'a hundred chunk streams',
    () => Buffer.concat(Array.from({ length: 100 }, (_, n) => Buffer.from([0, n, 0, 0, 0, 0, 0, 1, 9, 0, 0, 0, 0, 0]))),
  ],
  [
    'half messages without end',
    () =>
      Buffer.concat(
        Array.from({ length: 60 }, (_, n) => {
          const size = n === 0 ? [Buffer.from('020000000000040100000000' + '00080000', 'hex')] : [];
          return Buffer.concat([
            ...size,
            Buffer.from([3 + n, 0, 0, 0, 0x10, 0, 0, 9, 0, 0, 0, 0]),
            Buffer.alloc(0x80000),
          ]);
        }),
      ),
  ],
];

for (const [name, bytes] of HOSTILE) {
  test(`${name} is refused`, () =>
    assert.throws(() => [...new ChunkReader().read(bytes())], { kind: 'protocol-broken' }));
}

test('no bytes whatever make it fail in another way', () => {
  const random = seeded(3);
  for (let round = 0; round < 1000; round++) {
    const reader = new ChunkReader();
    try {
      for (let n = 0; n < 5; n++)
        Array.from(reader.read(Buffer.from(Array.from({ length: 80 }, () => (random(4) ? random(8) : random(256))))));
    } catch (err) {
      assert.ok(isKind(err, 'protocol-broken'), String(err));
    }
  }
});
