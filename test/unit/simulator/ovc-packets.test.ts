import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_ANSWERS, judge } from '../../../src/simulator/ovc/answers.ts';
import { Bell } from '../../../src/simulator/ovc/bell.ts';
import { Faults } from '../../../src/simulator/ovc/faults.ts';
import { readPacket } from '../../../src/simulator/ovc/packet.ts';
import { PacketBook } from '../../../src/simulator/ovc/packet-book.ts';
import { fromWire, wireEntry, wireObject } from '../../../src/simulator/ovc/wire.ts';
import { FakeClock } from '../../peers/fake-clock.ts';

const READINGS: ReadonlyArray<readonly [string, string, object]> = [
  ['a request', '{"req":"A","params":{"x":1},"seq":4}', { kind: 'request', name: 'A', params: { x: 1 }, seq: 4 }],
  ['a request without params', '{"req":"A","seq":4}', { kind: 'request', name: 'A', params: {}, seq: 4 }],
  ['an event', '{"event":"A"}', { kind: 'event', name: 'A', params: {} }],
  ['an answer that is an empty string', '{"resp":"","seq":1}', { kind: 'response', seq: 1, resp: '' }],
  [
    'an error answer with a field nobody knows',
    '{"err":{"code":1,"msg":"m"},"seq":1,"x":0}',
    { kind: 'failure', seq: 1, err: { code: 1, msg: 'm' } },
  ],
  ['no JSON', '{"req"', { kind: 'malformed', why: 'not a JSON object' }],
  ['a list', '[]', { kind: 'malformed', why: 'not a JSON object' }],
  ['an object of no kind', '{"seq":1}', { kind: 'malformed', why: 'none of req, event, resp and err' }],
  ['an object of two kinds', '{"req":"A","event":"B","seq":1}', { kind: 'malformed', why: 'both req and event' }],
];

for (const [name, text, packet] of READINGS) {
  test(`the platform reads ${name}`, () => assert.deepEqual(readPacket(text), packet));
}

for (const text of [
  '{"req":"A"}',
  '{"req":"A","seq":1.5}',
  '{"req":"A","seq":"1"}',
  '{"req":1,"seq":1}',
  '{"req":"A","params":[],"seq":1}',
  '{"resp":{}}',
  '{"err":{"code":1},"seq":1}',
]) {
  test(`the platform calls ${text} malformed`, () => assert.equal(readPacket(text).kind, 'malformed'));
}

test('a request that breaks the contract is answered with the error of the contract, and noted', () => {
  const unknown = judge(DEFAULT_ANSWERS, 'OVD1', { name: 'constructor', params: {} });
  assert.deepEqual(unknown, {
    answer: { err: { code: 101, msg: 'method not supported' } },
    faults: ['no such method'],
  });
  const bad = judge(DEFAULT_ANSWERS, 'OVD1', { name: 'Bind', params: {} });
  assert.equal('err' in bad.answer && bad.answer.err.code, 12);
  assert.match(bad.faults[0] ?? '', /^params of Bind: bind_id: /);
});

function book(packets: number, bytes: number): PacketBook {
  return new PacketBook({ packets, bytes }, new FakeClock(), new Bell());
}

test('the record forgets the oldest packets beyond its count and keeps their numbers', () => {
  const record = book(3, 1000);
  for (const text of ['a', 'b', 'c', 'd', 'e']) record.add({ direction: 'up', text });
  assert.deepEqual(
    record.entries.map(({ number, text }) => `${number}${text}`),
    ['3c', '4d', '5e'],
  );
  assert.deepEqual(
    record.after(3).map(({ number }) => number),
    [4, 5],
  );
  assert.equal(record.after(0).length, 3);
  assert.equal(record.after(5).length, 0);
  assert.equal(record.after(6).length, 3);
  assert.equal(record.after(Number.NaN).length, 3);
});

test('the record forgets the oldest packets beyond its bytes', () => {
  const record = book(100, 100);
  for (const letter of ['a', 'b', 'c']) record.add({ direction: 'up', text: letter.repeat(20) });
  assert.deepEqual(
    record.entries.map(({ text }) => text[0]),
    ['b', 'c'],
  );
});

test('a device has the switches of everybody until it has its own', () => {
  const faults = new Faults();
  faults.set({ answerDelayMs: 5 });
  faults.set({ silent: true }, 'OVD1');
  assert.deepEqual([faults.link('OVD1').answerDelayMs, faults.link('OVD1').silent], [5, true]);
  assert.equal(faults.link('OVD2').silent, false);
  faults.clear();
  assert.deepEqual(faults.link('OVD1'), faults.link());
});

test('the API spells our names like the protocol and leaves packets alone', () => {
  assert.deepEqual(wireObject({ firstFrameMs: 1, video: { keyFrames: 2 }, list: [{ aB: 1 }] }), {
    first_frame_ms: 1,
    video: { key_frames: 2 },
    list: [{ a_b: 1 }],
  });
  assert.deepEqual(fromWire({ answer_delay_ms: 1, params: { stream_id: 'x' } }), {
    answerDelayMs: 1,
    params: { stream_id: 'x' },
  });
  const text = '{"req":"A","params":{"someKey":1},"seq":1}';
  const entry = book(1, 1000).add({ direction: 'up', text, packet: readPacket(text) });
  assert.deepEqual(
    [wireEntry(entry)['kind'], wireEntry(entry)['name'], wireEntry(entry)['text']],
    ['request', 'A', text],
  );
});
