import assert from 'node:assert/strict';
import { test } from 'node:test';
import { scrubber } from '../../../src/runtime/log.ts';
import { Secret } from '../../../src/runtime/secret.ts';
import { PacketLog } from '../../../src/service/memory/packet-log.ts';
import { FakeClock } from '../../peers/fake-clock.ts';

function log() {
  const clock = new FakeClock();
  return { clock, packets: new PacketLog({ clock, scrub: scrubber([new Secret('hunter2')]) }) };
}

test('an answer is paired with its request, with the time between them', async () => {
  const { clock, packets } = log();
  packets.note('from-platform', '{"req":"QueryTime","seq":7}');
  packets.note('to-platform', '{"req":"Keepalive","params":{},"seq":7}');
  await clock.advance(12);
  packets.note('to-platform', '{"seq":7,"resp":{"datetime":"x"}}');
  packets.note('from-platform', '{"seq":7,"err":{"code":1,"msg":"no"}}');
  packets.note('from-platform', '{"event":"CtrlPTZ","params":{"channel":0}}');
  packets.note('from-platform', 'nonsense');
  const seen = packets.packets.map(({ kind, method, afterMs }) => [kind, method, afterMs]);
  assert.deepEqual(seen, [
    ['request', 'QueryTime', undefined],
    ['request', 'Keepalive', undefined],
    ['answer', 'QueryTime', 12],
    ['refusal', 'Keepalive', 12],
    ['event', 'CtrlPTZ', undefined],
    ['broken', undefined, undefined],
  ]);
});

test('no stream key, callback secret or password is kept', () => {
  const { packets } = log();
  const params = {
    url: 'rtmp://user:pw@media.example/live/KEY1?token=KEY2',
    cbk_url: 'https://ovc.example/cb/KEY3',
    login_passwd: 'KEY4',
    nested: [{ stream_key: 'KEY5', note: 'said hunter2' }],
  };
  packets.note('from-platform', JSON.stringify({ req: 'RTMPPublish', params, seq: 1 }));
  const text = JSON.stringify(packets.packets);
  assert.doesNotMatch(text, /KEY\d|hunter2|user:pw/);
  assert.match(text, /rtmp:\/\/media\.example\/\*\*\*/);
});

test('what is kept is bounded, however much and however long the packets are', () => {
  const { packets } = log();
  for (let seq = 0; seq < 1_000; seq++)
    packets.note('to-platform', JSON.stringify({ req: 'X', seq, params: { a: 'x'.repeat(5_000) } }));
  packets.note('from-platform', `{"req":"${'y'.repeat(1_000_000)}`);
  assert.equal(packets.packets.length, 300);
  assert.ok(JSON.stringify(packets.packets).length < 300 * 800);
});
