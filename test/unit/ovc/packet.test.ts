import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parsePacket } from '../../../src/ovc/packet.ts';
import { isKind } from '../../../src/runtime/errors.ts';
import { createLog, scrubber } from '../../../src/runtime/log.ts';

const GOOD: ReadonlyArray<readonly [name: string, message: string, packet: object]> = [
  ['a request', '{"req":"A","params":{"x":1},"seq":7}', { kind: 'request', method: 'A', params: { x: 1 }, seq: 7 }],
  ['a request without params', '{"req":"A","seq":7}', { kind: 'request', method: 'A', params: {}, seq: 7 }],
  ['a seq written as a decimal', '{"req":"A","seq":7.0}', { kind: 'request', method: 'A', params: {}, seq: 7 }],
  ['an event', '{"event":"E","params":{"x":1}}', { kind: 'event', method: 'E', params: { x: 1 } }],
  ['an event without params', '{"event":"E"}', { kind: 'event', method: 'E', params: {} }],
  ['an event with a seq it does not need', '{"event":"E","seq":"x"}', { kind: 'event', method: 'E', params: {} }],
  ['a response', '{"seq":1,"resp":{"a":1}}', { kind: 'response', seq: 1, resp: { a: 1 } }],
  ['the empty text as a response', '{"seq":1,"resp":""}', { kind: 'response', seq: 1, resp: '' }],
  ['null as a response', '{"seq":1,"resp":null}', { kind: 'response', seq: 1, resp: null }],
  ['a list as a response', '{"seq":1,"resp":[1]}', { kind: 'response', seq: 1, resp: [1] }],
  ['a failure', '{"seq":1,"err":{"code":12,"msg":"no"}}', { kind: 'failure', seq: 1, code: 12, text: 'no' }],
  ['a failure of few words', '{"seq":1,"err":"no"}', { kind: 'failure', seq: 1, code: 1, text: '' }],
  ['unknown extra fields', '{"seq":1,"resp":1,"more":[]}', { kind: 'response', seq: 1, resp: 1 }],
];

for (const [name, message, packet] of GOOD) {
  test(`${name} is read`, () => assert.deepEqual(parsePacket(message), packet));
}

const BAD: ReadonlyArray<readonly [name: string, message: string, reason: string]> = [
  ['no JSON', '{"req":', 'not JSON'],
  ['an empty message', '', 'not JSON'],
  ['a bare number', '7', 'not a JSON object'],
  ['null', 'null', 'not a JSON object'],
  ['a list', '[{"event":"E"}]', 'not a JSON object'],
  ['an object of no kind', '{"seq":1}', 'none of req, event, resp and err'],
  ['a kind that is only inherited', '{"__proto__":{"event":"E"}}', 'none of req, event, resp and err'],
  ['two kinds', '{"req":"A","event":"E","seq":1}', 'both req and event'],
  ['a response that is also a failure', '{"seq":1,"resp":{},"err":{"code":1,"msg":""}}', 'both resp and err'],
  ['a request without seq', '{"req":"A"}', 'seq is not an integer'],
  ['a response without seq', '{"resp":{}}', 'seq is not an integer'],
  ['a failure without seq', '{"err":{"code":1,"msg":""}}', 'seq is not an integer'],
  ['a seq in quotes', '{"req":"A","seq":"1"}', 'seq is not an integer'],
  ['a broken seq', '{"req":"A","seq":1.5}', 'seq is not an integer'],
  ['a seq beyond exact numbers', '{"req":"A","seq":9007199254740993}', 'seq is not an integer'],
  ['params in a list', '{"req":"A","params":[1],"seq":1}', 'params is not an object'],
  ['params of null', '{"event":"E","params":null}', 'params is not an object'],
  ['a method that is no text', '{"req":7,"seq":1}', 'req is not a string'],
];

for (const [name, message, reason] of BAD) {
  test(`${name} is malformed`, () => {
    assert.throws(
      () => parsePacket(message),
      (err) => isKind(err, 'protocol-broken') && err.fields['reason'] === reason,
    );
  });
}

test('a malformed packet is shown with its first 200 characters', () => {
  assert.throws(
    () => parsePacket('x'.repeat(1000)),
    (err) => isKind(err, 'protocol-broken') && err.fields['packet'] === 'x'.repeat(200),
  );
});

test('a malformed packet with a stream key shows no key, however its slashes are written', () => {
  for (const slash of ['/', '\\/']) {
    const lines: string[] = [];
    const log = createLog({ level: 'info', scrub: scrubber([]) }, { write: (line) => lines.push(line) });
    const message = `{"req":"RTMPPublish","params":{"url":"rtmp:${slash}${slash}h${slash}app${slash}secret-key"}}`;
    assert.throws(
      () => parsePacket(message),
      (err) => {
        log.warn({ err });
        return true;
      },
    );
    assert.match(lines.join(), /rtmp:\/\/h\/app\/\*\*\*/);
    assert.doesNotMatch(lines.join(), /secret-key/);
  }
});
